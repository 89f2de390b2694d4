"""The figures of a report on heatmaps as rows and sentences, for the page, the report and print."""

from leuko.evaluation.comparison.resampling import LEAST_UNITS
from leuko.models.heatmap_report import ExplainReport
from leuko.reporting.text.heatmaps import CHANGED_BELOW, STABLE_FROM, interval_text
from leuko.statistics.estimate import FEW_UNITS


def sample_sentence(report: ExplainReport) -> str:
    """What was measured, and how far it reaches."""
    groups = ""
    if report.are_groups:
        groups = f" in {report.groups} group{'' if report.groups == 1 else 's'}, {_few(report)}"
    chosen = (
        f"all {report.images} test pictures"
        if report.images == report.test_images
        else f"{report.images} of {report.test_images} test pictures, drawn in proportion to the "
        "classes"
    )
    return (
        f"Measured on {chosen}{groups}. Heatmaps: Grad-CAM of the layer {report.layer} for the "
        f"suggested class; {report.with_evidence} pictures have positive evidence. Score: "
        f"P(suggested class). Made on {report.made}, seed {report.seed}."
    )


def _few(report: ExplainReport) -> str:
    if report.groups < LEAST_UNITS:
        return "too few for intervals"
    if report.groups < FEW_UNITS:
        return (
            "which were resampled whole; they are so few that the true uncertainty is larger than "
            "the intervals show"
        )
    return "which were resampled whole"


def method_sentences(report: ExplainReport) -> tuple[str, ...]:
    """How each part was measured, and from which publication it is."""
    sentences = []
    if report.removal is not None:
        sentences.append(
            "Removal and return (Petsiuk et al. 2018): removed pixels take the colour of the "
            "picture's border; returning pixels come back to a copy blurred by "
            f"{100 * report.removal.blur_sigma:.0f} % of the side. Random regions: "
            f"{report.removal.draws} random maps a picture, as smooth as the heatmap."
        )
    if report.randomisation is not None:
        sentences.append(
            "Shuffled weights (Adebayo et al. 2018): Spearman correlation of the maps, mean of "
            f"{report.randomisation.draws} shuffles; a correlation below {CHANGED_BELOW:g} counts "
            "as changed."
        )
    sentences.append(
        f"Moved pictures: Pearson correlation of the maps, brought back in place; {STABLE_FROM:g} "
        "and more counts as the same."
    )
    return tuple(sentences)


def figure_rows(report: ExplainReport) -> list[dict[str, str]]:
    """Every figure with its interval, as text, one row a figure."""
    rows: list[tuple[str, str, int]] = []
    if report.removal is not None:
        for name, curve in (
            ("Removal", report.removal.deletion),
            ("Return", report.removal.insertion),
        ):
            images = report.removal.images
            rows += [
                (f"{name}: area under the score, heatmap", f"{curve.heatmap_area:.2f}", images),
                (f"{name}: area under the score, random", f"{curve.random_area:.2f}", images),
                (f"{name}: advantage of the heatmap", interval_text(curve.advantage), images),
            ]
    if report.randomisation is not None:
        found = report.randomisation
        rows += [
            (
                "Last layer shuffled: rank correlation",
                interval_text(found.last_layer),
                found.images,
            ),
            (
                "All weights shuffled: rank correlation",
                interval_text(found.whole_network),
                found.images,
            ),
        ]
    cells = report.cells
    for part, share in (
        ("nuclei", cells.nucleus),
        ("cytoplasm", cells.cytoplasm),
        ("other places", cells.outside),
    ):
        if share is not None:
            words = f"{share.mean:.2f} (area {share.area:.2f})"
            rows.append((f"Evidence on {part}: mean share", words, cells.images))
    if cells.advantage is not None:
        rows.append(
            ("Evidence on cells beyond their area", interval_text(cells.advantage), cells.images)
        )
    moved = report.stability
    for name, one in (("Shifted", moved.shifts), ("Mirrored", moved.flips)):
        if one.correlation is not None:
            known = moved.images_with_evidence
            rows.append((f"{name}: correlation of the maps", interval_text(one.correlation), known))
        rows.append((f"{name}: share of other suggestions", f"{one.changed:.2f}", moved.images))
    return [
        {"Figure": name, "Value": value, "Images": f"{images:,}"} for name, value, images in rows
    ]
