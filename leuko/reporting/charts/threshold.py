"""Sensitivity and specificity against the threshold, above the scores that they come from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.threshold.curve import ThresholdCurve, ThresholdHistogram
from leuko.reporting.charts.palette import BLUE_GREEN, NEUTRAL, VERMILION
from leuko.reporting.charts.style import CLEAR
from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT_PX = 540
TOP_PX = 84
BAND_OPACITY = 0.18
BAR_OPACITY = 0.75
CURVE_SHARE = (0.4, 1.0)
SCORES_SHARE = (0.0, 0.27)
LABEL_RISE = 0.055
LABEL_LEFT_OF = 0.8  # a label further right than this is written to the left of its line
COUNT_TICKS = (1, 10, 100, 1000, 10000)


@dataclass(frozen=True)
class Mark:
    """A vertical line at a threshold.

    Attributes:
        words: such as "slider 0.37".
        threshold: where it stands, in [0, 1].
        colour: hexadecimal RGB.
        dash: Plotly's name of the line's pattern.
        width_px: of the line.
    """

    words: str
    threshold: float
    colour: str = NEUTRAL
    dash: str = "dash"
    width_px: float = 1.5


def threshold_figure(
    curve: ThresholdCurve, histogram: ThresholdHistogram, marks: Sequence[Mark]
) -> "go.Figure":
    """Both rates with their 95 % bands, and below them the scores of both sides.

    Args:
        curve: of one model.
        histogram: scores of the same images; heights are square roots of counts (Tukey's
            rootogram), so that a single image is seen beside hundreds.
        marks: lines through both parts; at most three keep their labels apart.
    """
    import plotly.graph_objects as go

    traces = [
        *_rate(curve, curve.sensitivity, "Sensitivity: malignant images found", VERMILION, "solid"),
        *_rate(curve, curve.specificity, "Specificity: benign images cleared", BLUE_GREEN, "dash"),
        _bars(histogram, histogram.malignant, 1, "malignant", VERMILION),
        _bars(histogram, histogram.benign, -1, "benign", BLUE_GREEN),
    ]
    values, texts = _count_ticks(histogram)
    axis = {"zeroline": False, "automargin": True}
    layout = {
        "xaxis": {
            "title": {"text": "Threshold on P(malignant), and P(malignant) of the images"},
            "range": [-0.005, 1.005], "dtick": 0.1, "anchor": "y2", **axis,
        },
        "yaxis": {
            "title": {"text": "Share of images"}, "range": [0, 1.02], "dtick": 0.2,
            "domain": list(CURVE_SHARE), **axis,
        },
        "yaxis2": {
            "title": {"text": "Images (√ scale)"}, "domain": list(SCORES_SHARE), "anchor": "x",
            "tickvals": values, "ticktext": texts, **axis,
        },
        "barmode": "overlay",
        "bargap": 0.08,
        "shapes": [
            _line(mark, share) for mark in marks for share in (CURVE_SHARE, SCORES_SHARE)
        ],
        "annotations": [_label(mark, row) for row, mark in enumerate(marks)],
        "legend": {
            "orientation": "h", "x": 0.5, "xanchor": "center", "y": 0.335, "yanchor": "middle",
        },
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "height": HEIGHT_PX,
        "margin": {"l": 10, "r": 16, "t": TOP_PX, "b": 10},
        "dragmode": False,
        "hovermode": "closest",
    }  # fmt: skip
    return go.Figure({"data": traces, "layout": layout})


def _rate(
    curve: ThresholdCurve, estimates: Sequence[Estimate], name: str, colour: str, dash: str
) -> list[dict[str, object]]:
    """A line with its band; nothing where the rate is not measurable."""
    if not estimates or estimates[0].value is None:
        return []
    x = list(curve.thresholds)
    traces: list[dict[str, object]] = []
    banded = [
        (t, e.low, e.high)
        for t, e in zip(x, estimates, strict=True)
        if e.low is not None and e.high is not None
    ]
    if banded:
        there = [t for t, _, _ in banded]
        traces.append(
            {
                "type": "scatter", "mode": "lines", "line": {"width": 0}, "fill": "toself",
                "x": there + there[::-1],
                "y": [low for _, low, _ in banded] + [high for _, _, high in banded[::-1]],
                "fillcolor": _see_through(colour), "hoverinfo": "skip", "showlegend": False,
            }
        )  # fmt: skip
    traces.append(
        {
            "type": "scatter", "mode": "lines", "name": name,
            "line": {"color": colour, "width": 2.5, "dash": dash},
            "x": x, "y": [estimate.value for estimate in estimates],
            "customdata": [estimate.text() for estimate in estimates],
            "hovertemplate": "threshold %{x:.2f}<br>%{customdata}<extra>%{fullData.name}</extra>",
        }
    )  # fmt: skip
    return traces


def _bars(
    histogram: ThresholdHistogram, counts: Sequence[int], sign: int, side: str, colour: str
) -> dict[str, object]:
    low, high = histogram.edges[:-1], histogram.edges[1:]
    return {
        "type": "bar", "yaxis": "y2", "showlegend": False,
        "x": [(a + b) / 2 for a, b in zip(low, high, strict=True)],
        "y": [sign * math.sqrt(count) for count in counts],
        "width": [0.92 * (b - a) for a, b in zip(low, high, strict=True)],
        "customdata": [
            f"{count} {side} images<br>P(malignant) {a:.2f} to {b:.2f}"
            for count, a, b in zip(counts, low, high, strict=True)
        ],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {"color": colour, "opacity": BAR_OPACITY, "line": {"width": 0}},
    }  # fmt: skip


def _count_ticks(histogram: ThresholdHistogram) -> tuple[list[float], list[str]]:
    """Ticks of the square-root scale, true counts on either side of 0."""
    values, texts = [0.0], ["0"]
    for sign, counts in ((1, histogram.malignant), (-1, histogram.benign)):
        highest = max(counts)
        # a tick too close to 0 or to the next would be written over it
        shown = [tick for tick in COUNT_TICKS if highest >= tick >= highest / 12]
        values += [sign * math.sqrt(tick) for tick in shown]
        texts += [f"{tick}" for tick in shown]
    return values, texts


def _line(mark: Mark, share: tuple[float, float]) -> dict[str, object]:
    return {
        "type": "line", "xref": "x", "yref": "paper", "y0": share[0], "y1": share[1],
        "x0": mark.threshold, "x1": mark.threshold,
        "line": {"color": mark.colour, "dash": mark.dash, "width": mark.width_px},
    }  # fmt: skip


def _label(mark: Mark, row: int) -> dict[str, object]:
    left = mark.threshold > LABEL_LEFT_OF
    return {
        "text": mark.words, "xref": "x", "yref": "paper", "x": mark.threshold,
        "y": 1 + LABEL_RISE * row, "yanchor": "bottom", "xanchor": "right" if left else "left",
        "showarrow": False, "font": {"size": 13},
    }  # fmt: skip


def _see_through(colour: str) -> str:
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{BAND_OPACITY})"
