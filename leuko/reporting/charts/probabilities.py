"""Plotly charts of P(malignant): is it reliable, and how well does it part the classes?"""

from typing import TYPE_CHECKING

from leuko.evaluation.curves.reliability import Reliability, ScoreHistogram
from leuko.labels import class_title
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle, class_colours
from leuko.reporting.charts.style import CHART_HEIGHT_PX, letters, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

COUNTS_SHARE = 0.2  # of the height, for the counts below the reliability diagram
SCALE_TITLE = "P(malignant)"
SIDES = ("malignant", "benign")
HEADROOM = 1.25  # room for the numbers above the bars


def reliability_figure(reliability: Reliability, style: ModelStyle) -> "go.Figure":
    """Observed share of malignant images against stated probability; images a bin below.

    Args:
        reliability: of one model; empty bins have no point.
        style: colour of that model.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.05,
        row_heights=[1 - COUNTS_SHARE, COUNTS_SHARE],
    )  # fmt: skip
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 1},
        name="share as stated",
        hoverinfo="skip",
        row=1,
        col=1,
    )
    filled = [one for one in reliability.bins if one.share.value is not None]
    figure.add_scatter(
        x=[one.mean_probability for one in filled],
        y=[one.share.value for one in filled],
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [_reach(one.share.value, one.share.high) for one in filled],
            "arrayminus": [_reach(one.share.value, one.share.low) for one in filled],
            "thickness": 1.5,
            "width": 4,
            "color": style.colour,
        },
        customdata=[
            [f"{one.start:.1f} to {one.end:.1f}", one.malignant, one.n, one.share.text()]
            for one in filled
        ],
        mode="markers",
        marker={"color": style.colour, "size": 9},
        name="this model, 95 % interval",
        cliponaxis=False,
        hovertemplate=f"{SCALE_TITLE} %{{customdata[0]}}, mean %{{x:.3f}}<br>"
        "malignant: %{customdata[1]} of %{customdata[2]}, %{customdata[3]}<extra></extra>",
        row=1,
        col=1,
    )
    width = 1 / len(reliability.bins)
    figure.add_bar(
        x=[(one.start + one.end) / 2 for one in reliability.bins],
        y=[one.n for one in reliability.bins],
        width=width * 0.9,
        marker={"color": style.colour, "opacity": 0.6, "line": {"width": 0}},
        text=[one.n or "" for one in reliability.bins],
        textposition="outside",
        textfont={"size": 11},
        cliponaxis=False,
        showlegend=False,
        hovertemplate="%{y} images<extra></extra>",
        row=2,
        col=1,
    )
    figure.update_xaxes(range=[0, 1], dtick=0.2, zeroline=False)
    figure.update_xaxes(title=f"Stated {SCALE_TITLE}", row=2, col=1)
    figure.update_yaxes(
        title="Observed share malignant", range=[0, 1], dtick=0.2, zeroline=False, row=1, col=1
    )
    most = max(one.n for one in reliability.bins)
    figure.update_yaxes(
        title="Images", range=[0, most * 1.6], nticks=3, zeroline=False, row=2, col=1
    )
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return quiet(figure, CHART_HEIGHT_PX)


def _reach(value: float | None, limit: float | None) -> float | None:
    return None if value is None or limit is None else abs(limit - value)


def score_figure(histogram: ScoreHistogram, threshold: float) -> "go.Figure":
    """Where truly malignant and truly benign images lie on P(malignant), in two panels.

    Args:
        histogram: of one model; each class in its own colour, with the number of images above
            each bar.
        threshold: the decision threshold, drawn as a line. Malignant images left of it and
            benign images right of it are errors.
    """
    from plotly.subplots import make_subplots

    classes = histogram.classes
    colours = class_colours(classes)
    figure = make_subplots(
        rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.08,
        row_titles=[f"truly {side}" for side in SIDES],
    )  # fmt: skip
    starts, ends = histogram.edges[:-1], histogram.edges[1:]
    middles = [(start + end) / 2 for start, end in zip(starts, ends, strict=True)]
    spans = [f"{start:.2f} to {end:.2f}" for start, end in zip(starts, ends, strict=True)]
    for row, side in enumerate(SIDES, start=1):
        members = [
            (name, counts)
            for name, counts in zip(classes.names, histogram.counts, strict=True)
            if (name in classes.malignant) == (side == "malignant")
        ]
        for name, counts in members:
            figure.add_bar(
                x=middles,
                y=counts,
                width=0.9 / len(middles),
                name=letters(class_title(name)),
                marker={"color": colours[name], "line": {"width": 0}},
                customdata=spans,
                hovertemplate=f"{SCALE_TITLE} %{{customdata}}: %{{y}} images"
                f"<extra>{letters(class_title(name))}</extra>",
                row=row,
                col=1,
            )
        totals = [sum(column) for column in zip(*(counts for _, counts in members), strict=True)]
        figure.add_scatter(
            x=middles,
            y=totals,
            mode="text",
            text=[str(total) if total else "" for total in totals],
            textposition="top center",
            textfont={"size": 11},
            cliponaxis=False,
            showlegend=False,
            hoverinfo="skip",
            row=row,
            col=1,
        )
        figure.update_yaxes(
            title="Images", range=[0, max(*totals, 1) * HEADROOM], zeroline=False, row=row, col=1
        )
    figure.add_vline(x=threshold, line={"color": NEUTRAL, "width": 1.5, "dash": "dash"})
    figure.add_annotation(
        x=threshold,
        y=1,
        yref="paper",
        yanchor="bottom",
        showarrow=False,
        text=f"decision threshold {threshold:.2f}",
        font={"size": 11},
    )
    figure.update_xaxes(range=[0, 1], dtick=0.1, zeroline=False)
    figure.update_xaxes(title=SCALE_TITLE, row=2, col=1)
    figure.update_annotations(font={"size": 12})
    figure.update_layout(
        barmode="stack",
        legend={"orientation": "h", "x": 0, "y": -0.18, "yanchor": "top", "traceorder": "normal"},
    )
    return quiet(figure, CHART_HEIGHT_PX).update_layout(margin={"t": 24})
