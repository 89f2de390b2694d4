"""Figures with their intervals as dots, one line a name: tells series apart by shape and colour."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.reporting.charts.style import letters, quiet
from leuko.reporting.text.cells import shown
from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PX = 30
ROOM_PX = 96
LEAST_HEIGHT_PX = 190
SPREAD = 0.5
"""Of the height of a line, over which its dots are spread."""
COLOURS = ("#4477AA", "#EE6677", "#228833")
SYMBOLS = ("circle", "diamond", "square")


@dataclass(frozen=True)
class Dots:
    """One series.

    Attributes:
        words: what it is, for the legend.
        estimates: one a line; what is not measurable has no dot.
    """

    words: str
    estimates: Sequence[Estimate]


def dots_figure(names: Sequence[str], series: Sequence[Dots], title: str) -> "go.Figure":
    """One line a name, one dot a series with its 95 % interval.

    Args:
        names: of the lines, from the top.
        series: three at the most.
        title: of the horizontal axis, which runs from 0 to 1.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    apart = SPREAD / max(len(series), 2)
    for place, one in enumerate(series):
        shift = (place - (len(series) - 1) / 2) * apart
        known = [
            (line + shift, estimate, estimate.value)
            for line, estimate in enumerate(one.estimates)
            if estimate.value is not None
        ]
        figure.add_scatter(
            x=[value for _, _, value in known],
            y=[line for line, _, _ in known],
            mode="markers",
            name=one.words,
            marker={"symbol": SYMBOLS[place], "size": 9, "color": COLOURS[place]},
            error_x={
                "type": "data", "symmetric": False, "thickness": 1.5, "width": 3,
                "color": COLOURS[place],
                "array": [0 if e.high is None else e.high - v for _, e, v in known],
                "arrayminus": [0 if e.low is None else v - e.low for _, e, v in known],
            },
            customdata=[shown(estimate) for _, estimate, _ in known],
            hovertemplate=f"{one.words}: %{{customdata}}<extra></extra>",
            cliponaxis=False,
        )  # fmt: skip
    figure.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=[letters(name) for name in names],
        range=[len(names) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
        automargin=True,
    )
    figure.update_xaxes(title=title, range=[0, 1], dtick=0.2, zeroline=False)
    figure.update_layout(
        showlegend=len(series) > 1,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    return quiet(figure, max(LEAST_HEIGHT_PX, ROOM_PX + ROW_PX * len(names)))
