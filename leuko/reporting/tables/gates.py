"""The gates of a model as rows of text: sets, other data sets, quality, numbers deferred."""

from collections.abc import Iterable, Mapping

from leuko.evaluation.curves.risk_coverage import RiskCoverage
from leuko.inspection.quality.reference_ranges import Limit, QualityRanges
from leuko.labels import class_title
from leuko.models.gates.measurements import GateTally
from leuko.models.gates.thresholds import Gates, NoveltyGate, SetLevel
from leuko.reporting.tables.metrics import NOTHING
from leuko.statistics.intervals import wilson_interval

RISKS = (0.1, 0.05, 0.02, 0.01)
ALL_PICTURES = "all test pictures"
QUALITY_NAMES: Mapping[str, str] = {
    "focus": "Focus (steepest edge, share of the contrast)",
    "detail": "Detail (ln of fine by coarse structure)",
    "brightness": "Brightness (0 to 1)",
    "contrast": "Contrast (0 to 1)",
    "clipped_dark": "Pixels without any light (share)",
    "clipped_bright": "Overexposed pixels (share)",
    "warmth": "Colour: red against blue (ln)",
    "greenness": "Colour: green against magenta (ln)",
    "noise": "Noise (share of full scale)",
    "blockiness": "Compression blocks (1 is none)",
    "filled": "Filled (share)",
    "short_side_px": "Shorter side (px)",
}


def set_rows(gates: Gates) -> list[dict[str, str]]:
    """One row a stated coverage: what was measured, and how large the sets were."""
    return [_set_row(level, in_force=level.coverage == gates.coverage) for level in gates.levels]


def _set_row(level: SetLevel, *, in_force: bool) -> dict[str, str]:
    measured = level.measured
    interval = ""
    if measured.low is not None and measured.high is not None:
        interval = f" ({100 * measured.low:.0f}–{100 * measured.high:.0f} %)"
    return {
        "Stated coverage": f"{100 * level.coverage:g} %{' (in force)' if in_force else ''}",
        "Measured coverage": f"{_percent(measured.covered)}{interval}",
        "Images": f"{measured.covered.hits} of {measured.covered.images}",
        "Class enters at P ≥": NOTHING if level.limit is None else f"{level.limit:.3f}",
        "One class": str(measured.single.images),
        "of these right": _percent(measured.single),
        "Several": str(measured.several),
        "None": str(measured.none),
    }


def coverage_parts(level: SetLevel) -> list[tuple[str, GateTally]]:
    """All test pictures, each class, then each group that is large enough, the worst first."""
    measured = level.measured
    classes = [(class_title(name), one) for name, one in measured.by_class.items()]
    groups = sorted(measured.by_group.items(), key=lambda item: (item[1].share or 0, item[0]))
    return [(ALL_PICTURES, measured.covered), *classes, *groups]


def coverage_rows(level: SetLevel) -> list[dict[str, str]]:
    """Coverage of the level in force: of all, by class and by group, with intervals."""
    rows = []
    for name, one in coverage_parts(level):
        low, high = limits_of(level, name, one)
        rows.append(
            {
                "Pictures": name,
                "Measured coverage": f"{_percent(one)} ({100 * low:.0f}–{100 * high:.0f} %)",
                "Images": f"{one.hits} of {one.images}",
            }
        )
    return rows


def limits_of(level: SetLevel, name: str, one: GateTally) -> tuple[float, float]:
    """95 % interval of a share of :func:`coverage_parts`.

    That of all pictures as the card holds it, resampled by group; the others Wilson's, as if
    pictures were independent.
    """
    measured = level.measured
    if name == ALL_PICTURES and measured.low is not None and measured.high is not None:
        return measured.low, measured.high
    return wilson_interval(one.hits, one.images) if one.images else (0.0, 1.0)


def out_of_distribution_rows(gate: NoveltyGate) -> list[dict[str, str]]:
    """The model's own test pictures, then each other data set."""
    own = {
        "Pictures": "the model's own test pictures",
        "Images": str(gate.accepted.images),
        "Accepted": _of(gate.accepted),
        "AUROC": NOTHING,
    }
    others = [
        {
            "Pictures": one.title,
            "Images": str(one.images),
            "Accepted": _of(GateTally(hits=one.images - one.refused, images=one.images)),
            "AUROC": f"{one.auroc:.3f}",
        }
        for one in gate.out_of_distribution
    ]
    return [own, *others]


def quality_rows(ranges: QualityRanges) -> list[dict[str, str]]:
    """One row a measure: from where on a picture is remarked on, and from where on deferred."""
    return [
        {
            "Measure": QUALITY_NAMES.get(name, name),
            "Severe below": _limit(one.severe_low),
            "Mild below": _limit(one.mild_low),
            "Mild above": _limit(one.mild_high),
            "Severe above": _limit(one.severe_high),
        }
        for name, one in ranges.by_measure.items()
    ]


def risk_rows(curve: RiskCoverage, risks: Iterable[float] = RISKS) -> list[dict[str, str]]:
    """How many pictures have to be deferred so that no more than a share of the others is wrong."""
    rows = []
    for risk in risks:
        number = curve.deferred_for(risk)
        rows.append(
            {
                "Wrong among the answered, at most": f"{100 * risk:g} %",
                "Deferred": "not reached"
                if number is None
                else f"{number} of {curve.n} ({100 * number / curve.n:.0f} %)",
            }
        )
    return rows


def _limit(value: Limit | None) -> str:
    return NOTHING if value is None else f"{value:.3g}"


def _of(tally: GateTally) -> str:
    return f"{tally.hits} of {tally.images} ({_percent(tally)})"


def _percent(tally: GateTally) -> str:
    return NOTHING if tally.share is None else f"{100 * tally.share:.0f} %"
