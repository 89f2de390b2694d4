"""Charts of a cell model: laboratories side by side, shares right, what cells are taken for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leuko.evaluation.cells.figures import CellFigures, Share
from leuko.labels import ClassSet
from leuko.reporting.charts.cells.dots import Dots, dots_figure
from leuko.reporting.charts.palette import CELL_SCALE
from leuko.reporting.charts.style import letters, quiet
from leuko.reporting.text.cells import laboratory_title

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PX = 30
ROOM_PX = 150


def laboratories_figure(figures: Sequence[CellFigures]) -> "go.Figure":
    """AUROC of blasts and balanced accuracies of each laboratory, with their intervals.

    Args:
        figures: one a laboratory, in drawing order from the top.
    """
    return dots_figure(
        [laboratory_title(one.laboratory) for one in figures],
        [
            Dots("balanced accuracy", [one.balanced_accuracy for one in figures]),
            Dots("AUROC of blasts", [one.auroc for one in figures]),
            Dots("groups of classes", [one.group_balanced_accuracy for one in figures]),
        ],
        "Figure on the laboratory, 95 % interval",
    )


def recall_figure(shares: Sequence[Share]) -> "go.Figure":
    """Share right of each class or label, with its interval.

    Args:
        shares: in drawing order, from the top.
    """
    return dots_figure(
        [f"{one.name} ({one.cells:,})" for one in shares],
        [Dots("share right", [one.right for one in shares])],
        "Share of the cells given a class that fits, 95 % interval",
    )


def label_confusion_figure(figures: CellFigures, classes: ClassSet) -> "go.Figure":
    """Which classes the model suggests for the cells of each label.

    Args:
        figures: of one set of cells.
        classes: of the model.

    Returns:
        Rows are labels, columns classes; a cell holds the number of cells and is shaded by their
        share of the row.
    """
    import plotly.graph_objects as go

    figure = go.Figure(
        go.Heatmap(
            z=[[count / sum(row) for count in row] for row in figures.confusion],
            x=[letters(name) for name in classes.names],
            y=[letters(f"{one.name} ({one.cells:,})") for one in figures.labels],
            text=[[f"{count:,}" if count else "" for count in row] for row in figures.confusion],
            texttemplate="%{text}",
            textfont={"size": 13},
            hovertemplate="%{y}<br>suggested: %{x}<br>%{z:.0%} of the row<extra></extra>",
            colorscale=[list(stop) for stop in CELL_SCALE],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_xaxes(
        title="Suggested class", showgrid=False, side="bottom", automargin=True, tickangle=-40
    )
    figure.update_yaxes(title="Label", showgrid=False, autorange="reversed", automargin=True)
    return quiet(figure, ROOM_PX + ROW_PX * max(len(figures.labels), 2))
