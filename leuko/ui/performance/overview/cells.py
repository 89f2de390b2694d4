"""What stands at one model in one column of the table over all models."""

from dataclasses import dataclass

from leuko.inference.timing import Speed
from leuko.reporting.tables.metrics import NOTHING
from leuko.statistics.estimate import Estimate

NO_RESULTS = "no results"
NOT_MEASURABLE = "not measurable"
TEN = 10


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
