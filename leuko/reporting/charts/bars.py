"""Figures of several models as grouped bars with intervals."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.summary import BinaryMetrics
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import letters, quiet
from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import plotly.graph_objects as go

BAR_HEIGHT_PX = 380


LEGEND_ROW_PX = 24


BAR_OPACITY = 0.6  # the interval must stand out from its bar in both themes


BAR_METRICS = {
    "Accuracy": "accuracy",
    "Sensitivity": "sensitivity",
    "Specificity": "specificity",
    "Precision": "precision",
}


@dataclass(frozen=True)
class Bars:
    """One model in the grouped bar chart.

    Attributes:
        title: in the legend.
        metrics: its figures.
        style: how it is drawn.
        digits: decimals that its test set supports.
    """

    title: str
    metrics: BinaryMetrics
    style: ModelStyle
    digits: int = 2


def bars_figure(models: Sequence[Bars]) -> "go.Figure":
    """Accuracy, sensitivity, specificity and precision of several models, with intervals.

    Args:
        models: in drawing order. A metric that is not measurable has no bar.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    for model in models:
        estimates: list[Estimate] = [getattr(model.metrics, name) for name in BAR_METRICS.values()]
        figure.add_bar(
            x=list(BAR_METRICS),
            y=[estimate.value for estimate in estimates],
            name=letters(model.title),
            marker={
                "color": model.style.colour,
                "opacity": BAR_OPACITY,
                "pattern": {"shape": model.style.pattern},
            },
            customdata=[estimate.text(model.digits) for estimate in estimates],
            hovertemplate="%{x}: %{customdata}<extra>%{fullData.name}</extra>",
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [_reach(estimate, estimate.high) for estimate in estimates],
                "arrayminus": [_reach(estimate, estimate.low) for estimate in estimates],
                "thickness": 2,
                "width": 4,
                "color": NEUTRAL,
            },
        )
    figure.update_yaxes(range=[0, 1], dtick=0.2, title="Share of images", zeroline=False)
    figure.update_layout(
        barmode="group",
        bargap=0.25,
        showlegend=True,
        legend={"orientation": "h", "x": 0, "y": -0.12, "yanchor": "top"},
    )
    return quiet(figure, BAR_HEIGHT_PX + LEGEND_ROW_PX * len(models))


def _reach(estimate: Estimate, limit: float | None) -> float | None:
    return None if estimate.value is None or limit is None else abs(limit - estimate.value)
