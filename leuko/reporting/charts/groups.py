"""Plotly chart of one model's results group by group."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leuko.evaluation.by_group import DRAWN_GROUPS, GroupResult
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.charts.style import faded, letters, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

GROUPS_HEIGHT_PX = 340
NAMED_GROUPS = 40  # more names than that cannot be read below the bars
RIGHT_OPACITY = 0.3
SINGLE_TICKS = 6  # up to so many images, Plotly would write half images on the axis


def groups_figure(groups: Sequence[GroupResult], style: ModelStyle) -> "go.Figure":
    """One bar a group, as high as it has images: wrong ones from the base, right ones above.

    Args:
        groups: in drawing order; the first 500 of them are drawn.
        style: colour of the model.
    """
    import plotly.graph_objects as go

    in_all, groups = len(groups), groups[:DRAWN_GROUPS]
    names = [letters(one.group_id) for one in groups]
    words = [
        [
            f"{one.right} of {one.n} right",
            _of("malignant", one.malignant_found, one.malignant),
            _of("benign", one.benign_found, one.benign),
        ]
        for one in groups
    ]
    figure = go.Figure()
    for name, counts, colour in (
        ("wrong side", [one.n - one.right for one in groups], style.colour),
        ("right side", [one.right for one in groups], faded(style.colour, RIGHT_OPACITY)),
    ):
        figure.add_bar(
            x=names,
            y=counts,
            name=name,
            marker={"color": colour, "line": {"width": 0}},
            customdata=words,
            hovertemplate="%{x}: %{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}"
            "<extra></extra>",
        )
    figure.update_xaxes(
        title=f"Groups ({in_all})" if in_all == len(groups) else f"The first {len(groups)} groups",
        type="category",
        showticklabels=len(groups) <= NAMED_GROUPS,
        showgrid=False,
        automargin=True,
    )
    largest = max((one.n for one in groups), default=0)
    figure.update_yaxes(
        title="Images",
        rangemode="tozero",
        zeroline=False,
        dtick=1 if largest <= SINGLE_TICKS else None,
    )
    figure.update_layout(
        barmode="stack",
        bargap=0.15,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
    )
    return quiet(figure, GROUPS_HEIGHT_PX)


def _of(side: str, found: int, cases: int) -> str:
    return f"{found} of {cases} {side} right" if cases else f"no {side} image"
