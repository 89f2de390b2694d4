"""Slope chart: each network's figure on a random split against that on a grouped split."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.published.split_policies import change_between, signed
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import CLEAR, letters
from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import plotly.graph_objects as go

PLOT_HEIGHT_PX = 330
LABEL_ROW_PX = 17
TITLE_ROOM_PX = 34
AXIS_ROOM_PX = 34
MOST_PANELS_A_ROW = 3
LABEL_X = 1.24
LEADER_X = 1.2
RIGHT_EDGE = {1: 1.9, 2: 2.0, 3: 2.45}
LEFT_EDGE = -0.22
FAN = 0.2
"""Width over which the ends of the lines stand side by side, so that no interval hides another;
the distance between the two split policies is 1."""
AXIS_STEP = 0.1
COARSE_STEP = 0.2
COARSE_FROM = 0.6
POLICY_TICKS = ("random split", "grouped split")


@dataclass(frozen=True)
class Slope:
    """One network under both split policies.

    Attributes:
        name: label at the end of its line.
        panel: what it shares a panel with: the data set, because figures of different data sets
            cannot be ranked against each other.
        paper, grouped: the figure on a random and on a grouped split, both measurable.
        paper_style, grouped_style: how the two models are drawn everywhere.
        digits: decimals that the test sets support.
        strong: whether the reader picked it.
    """

    name: str
    panel: str
    paper: Estimate
    grouped: Estimate
    paper_style: ModelStyle
    grouped_style: ModelStyle
    digits: int = 2
    strong: bool = False


def slope_figure(slopes: Sequence[Slope], title: str) -> "go.Figure":
    """One panel a data set, one line a network, its name and its change at the end of the line.

    Args:
        slopes: at least one, in drawing order; all values measurable.
        title: of the vertical axis, such as "Accuracy, all classes".

    Raises:
        ValueError: when there is nothing to draw or a value is missing.
    """
    from plotly.subplots import make_subplots

    if not slopes or any(one.paper.value is None or one.grouped.value is None for one in slopes):
        raise ValueError("a slope chart needs networks with a value under both split policies")
    panels = list(dict.fromkeys(one.panel for one in slopes))
    columns = min(len(panels), MOST_PANELS_A_ROW)
    rows = math.ceil(len(panels) / columns)
    fullest = max(sum(one.panel == panel for one in slopes) for panel in panels)
    plot_px = max(PLOT_HEIGHT_PX, LABEL_ROW_PX * (fullest + 2))
    row_px = plot_px + TITLE_ROOM_PX + AXIS_ROOM_PX
    figure = make_subplots(
        rows=rows,
        cols=columns,
        subplot_titles=panels,
        shared_yaxes=True,
        horizontal_spacing=0.02,
        vertical_spacing=(TITLE_ROOM_PX + AXIS_ROOM_PX) / (rows * row_px),
    )
    low, high = axis_range(slopes)
    gap = LABEL_ROW_PX / plot_px * (high - low)
    for position, panel in enumerate(panels):
        row, column = position // columns + 1, position % columns + 1
        inside = [one for one in slopes if one.panel == panel]
        _draw_panel(figure, inside, (row, column), (low, high, gap))
        figure.update_xaxes(
            range=[LEFT_EDGE, RIGHT_EDGE[columns]],
            tickvals=[0, 1],
            ticktext=list(POLICY_TICKS),
            showgrid=False,
            zeroline=False,
            row=row,
            col=column,
        )
        figure.update_yaxes(
            range=[low, high],
            dtick=COARSE_STEP if high - low > COARSE_FROM else AXIS_STEP,
            zeroline=False,
            row=row,
            col=column,
        )
        if column == 1:
            figure.update_yaxes(title=title, tickformat=".1f", row=row, col=column)
    figure.update_layout(
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        height=rows * row_px,
        margin={"l": 10, "r": 10, "t": TITLE_ROOM_PX, "b": AXIS_ROOM_PX},
        showlegend=False,
        dragmode=False,
        hovermode="closest",
    )
    return figure


def axis_range(slopes: Sequence[Slope]) -> tuple[float, float]:
    """Whole tenths that hold all values and intervals, at most (0, 1) with a little air above."""
    ends = [end for one in slopes for end in (one.paper, one.grouped)]
    lows = [end.value if end.low is None else end.low for end in ends]
    lowest = min(low for low in lows if low is not None)
    return max(0.0, math.floor(lowest / AXIS_STEP - 1e-9) * AXIS_STEP), 1.02


def spread(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels as near as possible to where they are wanted, none on top of another.

    Args:
        wanted: where each label belongs, in any order.
        gap: least distance of two labels.
        low: lower limit of the axis.
        high: upper limit; it holds as long as there is room for all labels.

    Returns:
        Places in the order of ``wanted``; the sum of squared shifts is as small as can be.

    Source: pool adjacent violators, Barlow et al. (1972), after taking the gaps away.
    """
    order = sorted(range(len(wanted)), key=lambda index: wanted[index])
    pools: list[list[float]] = []  # sum and number of the places that were pushed together
    for rank, index in enumerate(order):
        pools.append([wanted[index] - rank * gap, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] >= pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    level = [total / count for total, count in pools for _ in range(int(count))]
    ceiling = high - (len(wanted) - 1) * gap
    places = [0.0] * len(wanted)
    for rank, index in enumerate(order):
        places[index] = max(min(level[rank], ceiling), low) + rank * gap
    return places


def _draw_panel(
    figure: "go.Figure",
    slopes: Sequence[Slope],
    cell: tuple[int, int],
    axis: tuple[float, float, float],
) -> None:
    low, high, gap = axis
    ends = [one.grouped.value or 0.0 for one in slopes]
    labels = spread(ends, gap, low + gap / 2, high - gap / 2)
    by_height = sorted(range(len(slopes)), key=lambda index: ends[index])
    step = FAN / max(len(slopes) - 1, 1)
    row, column = cell
    for index, one in enumerate(slopes):
        shift = (by_height.index(index) * step - FAN / 2) if len(slopes) > 1 else 0.0
        x, y = [shift, 1 + shift], [one.paper.value, one.grouped.value]
        width = 3 if one.strong else 1.5
        colour = one.grouped_style.colour
        figure.add_scatter(
            x=x, y=y, mode="lines", line={"color": colour, "width": width}, hoverinfo="skip",
            row=row, col=column,
        )  # fmt: skip
        for place, end, style in (
            (x[0], one.paper, one.paper_style),
            (x[1], one.grouped, one.grouped_style),
        ):
            figure.add_scatter(
                x=[place],
                y=[end.value],
                mode="markers",
                marker={"color": style.colour, "size": 10 if one.strong else 7},
                error_y={
                    "type": "data",
                    "symmetric": False,
                    "array": [_reach(end, end.high)],
                    "arrayminus": [_reach(end, end.low)],
                    "thickness": 1,
                    "width": 0,
                    "color": style.colour,
                },
                text=[_hover(one)],
                hovertemplate="%{text}<extra></extra>",
                cliponaxis=False,
                row=row,
                col=column,
            )
        figure.add_scatter(
            x=[x[1], LEADER_X],
            y=[one.grouped.value, labels[index]],
            mode="lines",
            line={"color": NEUTRAL, "width": 0.7},
            hoverinfo="skip",
            row=row,
            col=column,
        )
        figure.add_scatter(
            x=[LABEL_X],
            y=[labels[index]],
            mode="text",
            text=[_label(one)],
            textposition="middle right",
            hovertext=[_hover(one)],
            hovertemplate="%{hovertext}<extra></extra>",
            cliponaxis=False,
            row=row,
            col=column,
        )


def _label(one: Slope) -> str:
    words = f"{letters(one.name)} {_moved(one)}"
    return f"<b>{words}</b>" if one.strong else words


def _moved(one: Slope) -> str:
    return signed((one.grouped.value or 0.0) - (one.paper.value or 0.0), one.digits)


def _hover(one: Slope) -> str:
    change = change_between(one.grouped, one.paper)
    return (
        f"<b>{letters(one.name)}</b><br>{POLICY_TICKS[0]}: {one.paper.text(one.digits)}"
        f"<br>{POLICY_TICKS[1]}: {one.grouped.text(one.digits)}"
        f"<br>change: {change.text(one.digits) if change else _moved(one)}"
    )


def _reach(estimate: Estimate, limit: float | None) -> float | None:
    return None if estimate.value is None or limit is None else abs(limit - estimate.value)
