"""The confusion matrix as a chart: counts, shares of the true class, or both."""

from enum import StrEnum
from typing import TYPE_CHECKING

from leuko.evaluation.summary import Summary
from leuko.labels import class_title
from leuko.reporting.charts.palette import CELL_SCALE
from leuko.reporting.charts.style import CHART_HEIGHT_PX, letters, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

WHOLE_PERCENT_DIGITS = 2
MANY_CLASSES = 7
"""From so many on, the chart needs the whole width, and grows with them."""
ROOM_PX, ROW_PX = 150, 42


class CellText(StrEnum):
    """What the cells of a confusion matrix say."""

    BOTH = "Both"
    COUNTS = "Counts"
    SHARES = "Share of true class"


def confusion_figure(summary: Summary, cells: CellText = CellText.BOTH) -> "go.Figure":
    """Confusion matrix; rows are true classes, columns the suggested ones.

    Args:
        summary: figures of one model.
        cells: what a cell says. Counts alone are shaded by count, all else by the share of the
            true class, so that a rare class is as dark as a common one where it is recognised.

    Returns:
        The chart. Shares are percentages of their row, with no more digits than the test set
        supports; a row without images says "no cases".
    """
    import plotly.graph_objects as go

    many = len(summary.classes.names) >= MANY_CLASSES
    titles = [class_title(name) for name in summary.classes.names]
    names = [letters(title) if many else _two_lines(title) for title in titles]
    shades: list[list[float]] = []
    texts: list[list[str]] = []
    largest = max(max(row) for row in summary.confusion)
    for row in summary.confusion:
        whole = largest if cells is CellText.COUNTS else sum(row)
        shades.append([count / max(whole, 1) for count in row])
        texts.append([_cell_text(count, sum(row), cells, summary.digits) for count in row])
    figure = go.Figure(
        go.Heatmap(
            z=shades,
            x=names,
            y=names,
            text=texts,
            texttemplate="%{text}",
            textfont={"size": 12 if many else 14},
            hovertemplate="true: %{y}<br>suggested: %{x}<br>%{text}<extra></extra>",
            colorscale=[list(stop) for stop in CELL_SCALE],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_xaxes(title="Suggested class", showgrid=False, side="bottom", automargin=True)
    figure.update_yaxes(title="True class", showgrid=False, autorange="reversed", automargin=True)
    if not many:
        return quiet(figure, CHART_HEIGHT_PX)
    figure.update_xaxes(tickangle=-40)
    return quiet(figure, ROOM_PX + ROW_PX * len(names))


def share_text(count: int, cases: int, digits: int) -> str:
    """A share of a class in percent, such as "75 %".

    Args:
        count: images in the cell.
        cases: images of the true class.
        digits: decimals that a fraction of this test set supports; a percentage has two fewer.
    """
    return f"{100 * count / cases:.{max(digits - WHOLE_PERCENT_DIGITS, 0)}f} %"


def _cell_text(count: int, cases: int, cells: CellText, digits: int) -> str:
    share = share_text(count, cases, digits) if cases else "no cases"
    return {
        CellText.COUNTS: f"{count}",
        CellText.SHARES: share,
        CellText.BOTH: f"{count}<br>{share}",
    }[cells]


def _two_lines(title: str) -> str:
    return letters(title).replace(" ", "<br>", 1)
