"""Published figures beside ours, one line a row of the studies."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from leuko.evaluation.published.reproduction import Comparison, Measured, printed_range
from leuko.reporting.charts.palette import NEUTRAL
from leuko.reporting.charts.style import CLEAR
from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import plotly.graph_objects as go

ROW_PX = 30
ROOM_PX = 90
RANDOM_COLOUR, GROUPED_COLOUR = "#4477AA", "#EE6677"
APART = 0.17


def reproduction_figure(compared: Sequence[Comparison], name: str, title: str) -> "go.Figure":
    """Published value as a diamond, ours with intervals, random split above grouped split.

    Args:
        compared: rows in drawing order, from the top.
        name: one of :data:`leuko.evaluation.published.reproduction.FIGURES`.
        title: of the horizontal axis.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    _add_published(figure, compared, name)
    for words, colour, symbol, shift, chosen in (
        ("ours, random split", RANDOM_COLOUR, "circle", -APART, [c.paper for c in compared]),
        ("ours, grouped split", GROUPED_COLOUR, "square", APART, [c.grouped for c in compared]),
    ):
        _add_ours(figure, chosen, name, words, colour, symbol, shift)
    labels = [f"{one.published.row} {one.published.network}" for one in compared]
    figure.update_yaxes(
        tickvals=list(range(len(compared))),
        ticktext=labels,
        range=[len(compared) - 0.4, -0.6],
        showgrid=False,
        zeroline=False,
    )
    figure.update_xaxes(title=title, range=[-0.01, 1.02], dtick=0.1, zeroline=False)
    figure.update_layout(
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        height=ROOM_PX + ROW_PX * len(compared),
        margin={"l": 10, "r": 16, "t": 36, "b": 10},
        dragmode=False,
        legend={"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom"},
        shapes=[
            {
                "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": k + 0.5, "y1": k + 0.5,
                "line": {"color": NEUTRAL, "width": 0.4}, "layer": "below",
            }
            for k in range(len(compared) - 1)
        ],
    )  # fmt: skip
    return figure


def _add_published(figure: "go.Figure", compared: Sequence[Comparison], name: str) -> None:
    points = [
        (position, limits, one.published.row)
        for position, one in enumerate(compared)
        if (limits := printed_range(getattr(one.published, name))) is not None
    ]
    middles = [(low + high) / 2 for _, (low, high), _ in points]
    figure.add_scatter(
        x=middles,
        y=[position for position, _, _ in points],
        mode="markers",
        name="published",
        marker={
            "symbol": "diamond-open", "size": 11, "color": NEUTRAL, "line": {"width": 2},
        },
        error_x={
            "type": "data", "thickness": 4, "width": 0, "color": NEUTRAL,
            "array": [high - middle for middle, (_, (_, high), _)
                      in zip(middles, points, strict=True)],
        },
        customdata=[row for _, _, row in points],
        hovertemplate="%{customdata} published: %{x:.3f}<extra></extra>",
    )  # fmt: skip


def _add_ours(
    figure: "go.Figure",
    chosen: Sequence[Measured | None],
    name: str,
    words: str,
    colour: str,
    symbol: str,
    shift: float,
) -> None:
    known: list[tuple[int, float, Estimate, str]] = []
    for position, one in enumerate(chosen):
        estimate = one.figure(name) if one is not None else None
        if one is None or one.summary is None or estimate is None or estimate.value is None:
            continue
        known.append((position, estimate.value, estimate, estimate.text(one.summary.digits)))
    figure.add_scatter(
        x=[value for _, value, _, _ in known],
        y=[position + shift for position, _, _, _ in known],
        mode="markers",
        name=words,
        marker={"symbol": symbol, "size": 8, "color": colour},
        error_x={
            "type": "data", "symmetric": False, "thickness": 1.5, "width": 3, "color": colour,
            "array": [0 if e.high is None else e.high - v for _, v, e, _ in known],
            "arrayminus": [0 if e.low is None else v - e.low for _, v, e, _ in known],
        },
        customdata=[text for _, _, _, text in known],
        hovertemplate=f"{words}: %{{customdata}}<extra></extra>",
    )  # fmt: skip
