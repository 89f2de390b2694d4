"""The rows of the table over all models: plain values, no widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from leuko.evaluation.cells.stored import NO_TABLE
from leuko.evaluation.published.split_policies import signed
from leuko.evaluation.published.studies import published_row
from leuko.evaluation.summary import Summary
from leuko.inference.timing import Speed
from leuko.labels import SplitPolicy
from leuko.models.card import ModelCard
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.tables.metrics import NOTHING
from leuko.reporting.text.cells import laboratory_title
from leuko.statistics.estimate import Estimate
from leuko.ui.performance.overview.columns import BINARY_FIGURES, COLUMNS, LEFT_OUT
from leuko.ui.state.results import ModelResults

if TYPE_CHECKING:
    import pandas as pd

NO_RESULTS = "no results"
NOT_MEASURABLE = "not measurable"
TEN = 10
POLICY_WORDS = {SplitPolicy.PAPER: "paper", SplitPolicy.GROUPED: "grouped"}
POLICY_MEANING = {
    SplitPolicy.PAPER: "Pictures were divided at random; one group is a {}.",
    SplitPolicy.GROUPED: "Pictures of one group stand on one side; one group is a {}.",
}
Speeds = Mapping[str, Speed | str]


@dataclass(frozen=True)
class Cell:
    """What stands at one model in one column.

    Attributes:
        text: as shown.
        value: what is sorted and downloaded; None where there is none.
        low, high: limits of the 95 % interval.
        note: how the interval was computed, or why there is no value.
        lines: what is told on hover and on keyboard focus.
    """

    text: str
    value: float | str | None = None
    low: float | None = None
    high: float | None = None
    note: str = ""
    lines: tuple[str, ...] = ()


def figure_cell(estimate: Estimate, digits: int) -> Cell:
    """A figure in short, with everything behind it on hover.

    Args:
        estimate: the figure.
        digits: decimals that the test set supports.
    """
    full = estimate.text(digits)
    if estimate.value is None:
        return Cell(NOT_MEASURABLE, note=full, lines=(full,))
    lines = [full]
    if estimate.method:
        lines.append(f"95 % interval: {estimate.method}")
    if estimate.hits is not None and estimate.trials:
        lines.append(f"{estimate.hits:,} of {estimate.trials:,} images")
    if estimate.rests_on_few:
        lines.append(
            f"Only {estimate.units} groups stand behind it: the true uncertainty is larger."
        )
    return Cell(
        full.split(" (", maxsplit=1)[0],
        estimate.value,
        estimate.low,
        estimate.high,
        estimate.method or estimate.reason,
        tuple(lines),
    )


def left_out_cell(results: ModelResults) -> Cell:
    """The figure of a cell model in laboratories left out; nothing for other models."""
    found = results.left_out
    if not results.model.card.reads_cells:
        return Cell(NOTHING, note="reads no cells", lines=("This model reads no cut-out cells.",))
    if found is None:
        return Cell(NO_RESULTS, note=NO_RESULTS, lines=(NO_TABLE,))
    cell = figure_cell(found.balanced_accuracy, found.digits)
    each = tuple(
        f"{laboratory_title(one.laboratory)}: {one.balanced_accuracy.text(one.digits)}"
        for one in found.laboratories
    )
    return replace(cell, lines=cell.lines + each)


def speed_cell(speed: Speed | str | None, *, can_run: bool) -> Cell:
    """Milliseconds an image, or why there are none.

    Args:
        speed: what was measured, why that failed, or None before the button was pressed.
        can_run: whether the model has its weights.
    """
    if isinstance(speed, Speed):
        lines = (
            f"Median of {speed.runs} pictures one by one; "
            f"{two_figures(speed.fastest_ms)} to {two_figures(speed.slowest_ms)} ms",
            f"On {speed.device}",
        )
        note = f"median of {speed.runs} on {speed.device}"
        return Cell(two_figures(speed.median_ms), speed.median_ms, note=note, lines=lines)
    if speed is not None:
        return Cell("failed", note=speed, lines=(speed,))
    why = "Not measured yet: press the button above." if can_run else "No weights in this folder."
    return Cell(NOTHING, note="not measured" if can_run else "no weights", lines=(why,))


def two_figures(value: float) -> str:
    """A positive number with two figures, or all those before the point."""
    return f"{value:,.0f}" if value >= TEN else f"{value:.2g}"


@dataclass(frozen=True)
class OverviewRow:
    """One model.

    Attributes:
        id: of the model.
        title: of the model.
        style: how it is drawn everywhere.
        measured: whether it has figures, so that it can be picked for a chart.
        cells: by the id of the column.
        reads_cells: whether it reads cells cut out of fields.
    """

    id: str
    title: str
    style: ModelStyle
    measured: bool
    cells: Mapping[str, Cell]
    reads_cells: bool = False


def overview_rows(
    results: Sequence[ModelResults], speeds: Speeds | None = None
) -> list[OverviewRow]:
    """One row a model, in the order given.

    Args:
        results: figures of models.
        speeds: by the id of the model, what was measured on this machine, or why it could not be.
    """
    return [_row(each, (speeds or {}).get(each.model.id)) for each in results]


def _row(results: ModelResults, speed: Speed | str | None) -> OverviewRow:
    card, summary = results.model.card, results.summary
    cells = (
        _fact_cells(card)
        | _test_cells(card, summary)
        | {LEFT_OUT.id: left_out_cell(results)}
        | _figure_cells(summary, results.problem)
        | _published_cells(card, summary)
        | {"milliseconds_an_image": speed_cell(speed, can_run=results.model.has_weights)}
    )
    return OverviewRow(
        results.model.id, card.title, results.style, summary is not None, cells, card.reads_cells
    )


def _fact_cells(card: ModelCard) -> dict[str, Cell]:
    millions = card.architecture.parameters / 1e6
    return {
        "study_row": _text(card.study_row),
        "data": _text(card.dataset.title),
        "reads": _text("cells cut from fields" if card.reads_cells else card.input.kind.plural),
        "classes": _text(", ".join(card.classes)),
        "initialisation": _text(card.training.initialisation),
        "parameters_million": Cell(
            two_figures(millions), millions, lines=(f"{card.architecture.parameters:,}",)
        ),
        "file_megabytes": _file_cell(card),
    }


def _file_cell(card: ModelCard) -> Cell:
    if card.weights is None:
        return Cell(NOTHING, note="results only", lines=("This folder holds results only.",))
    megabytes = card.weights.bytes / 1e6
    lines = (f"{card.weights.bytes:,} bytes, kernels stored as {card.weights.precision}",)
    return Cell(two_figures(megabytes), megabytes, lines=lines)


def _test_cells(card: ModelCard, summary: Summary | None) -> dict[str, Cell]:
    split = POLICY_WORDS[card.split.policy]
    meaning = POLICY_MEANING[card.split.policy].format(card.split.group_meaning)
    cells = {"split": Cell(split, split, lines=(meaning,))}
    for name, count in (
        ("images", summary.n if summary else None),
        ("groups", summary.n_groups if summary else None),
    ):
        cells[name] = Cell(NOTHING) if count is None else Cell(f"{count:,}", count)
    return cells


def _figure_cells(summary: Summary | None, problem: str) -> dict[str, Cell]:
    names = [column.id for column in BINARY_FIGURES]
    if summary is None:
        missing = Cell(NO_RESULTS, note=NO_RESULTS, lines=(problem,))
        return dict.fromkeys((*names, "all_classes_accuracy", "balanced_accuracy"), missing)
    cells = {name: figure_cell(getattr(summary.binary, name), summary.digits) for name in names}
    cells["all_classes_accuracy"] = figure_cell(summary.overall.accuracy, summary.digits)
    cells["balanced_accuracy"] = figure_cell(summary.overall.balanced_accuracy, summary.digits)
    return cells


def _published_cells(card: ModelCard, summary: Summary | None) -> dict[str, Cell]:
    printed = _published_accuracy(card)
    if printed is None:
        why = (
            "The study prints no accuracy for this row."
            if card.study_row
            else "The model follows no study."
        )
        nothing = Cell(NOTHING, note=why, lines=(why,))
        return {"published_accuracy": nothing, "published_difference": nothing}
    study = f"The study printed {printed} %, without an interval, on a random split."
    published = Cell(printed, float(printed), lines=(study,))
    ours = summary.overall.accuracy if summary else None
    if summary is None or ours is None or ours.value is None:
        return {
            "published_accuracy": published,
            "published_difference": Cell(NOTHING, note=NO_RESULTS, lines=(NO_RESULTS,)),
        }
    points = 100 * ours.value - float(printed)
    lines = [f"Ours, all classes: {ours.text(summary.digits)}", study]
    if ours.low is not None and ours.high is not None:
        inside = ours.low <= float(printed) / 100 <= ours.high
        lines.append(f"The published value lies {'in' if inside else 'out'}side our interval.")
    if card.split.policy is SplitPolicy.GROUPED:
        lines.append("Ours was measured on a grouped split, which is harder.")
    text = signed(points, max(summary.digits - 2, 0))
    return {
        "published_accuracy": published,
        "published_difference": Cell(text, points, lines=tuple(lines)),
    }


def _published_accuracy(card: ModelCard) -> str | None:
    if card.study_row is None:
        return None
    try:
        printed = published_row(card.study_row).accuracy
    except KeyError:
        return None
    return printed if printed is not None and printed.replace(".", "", 1).isdigit() else None


def _text(value: str | None) -> Cell:
    return Cell(value, value, lines=(value,)) if value else Cell(NOTHING)


def overview_frame(rows: Sequence[OverviewRow]) -> "pd.DataFrame":
    """The table as it is downloaded: every value, limit and note in a column of its own."""
    import pandas as pd

    return pd.DataFrame([_record(row) for row in rows])


def _record(row: OverviewRow) -> dict[str, object]:
    record: dict[str, object] = {"model": row.id, "title": row.title}
    for column in COLUMNS:
        cell = row.cells[column.id]
        record[column.id] = cell.value
        if column.kind == "figure":
            record[f"{column.id}_low"] = cell.low
            record[f"{column.id}_high"] = cell.high
        if column.kind == "figure" or column.id == "milliseconds_an_image":
            record[f"{column.id}_note"] = cell.note
    return record
