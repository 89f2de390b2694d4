"""Plotly charts of held-out results, without a background so that they fit both themes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.curves.precision_recall_and_bands import Band
from leuko.evaluation.curves.roc import RocCurve
from leuko.evaluation.summary import BinaryMetrics
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import CHART_HEIGHT_PX, add_band, quiet
from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

BAR_HEIGHT_PX = 380
CURVE_HEIGHT_PX = 340
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


def roc_figure(curve: RocCurve, style: ModelStyle, band: Band | None = None) -> "go.Figure":
    """ROC curve with the operating point at the decision threshold.

    Args:
        curve: of one model.
        style: colour of that model.
        band: 95 % band of the curve; None draws none.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 1},
        name="chance",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=curve.false_positive_rates,
        y=curve.true_positive_rates,
        customdata=curve.thresholds,
        mode="lines",
        line={"color": style.colour, "width": 2.5},
        name="this model",
        cliponaxis=False,
        hovertemplate="threshold %{customdata:.3f}<br>sensitivity %{y:.3f}<br>"
        "1 − specificity %{x:.3f}<extra></extra>",
    )
    figure.add_scatter(
        x=[curve.operating_point[0]],
        y=[curve.operating_point[1]],
        mode="markers",
        marker={"color": style.colour, "size": 13, "line": {"color": "white", "width": 2}},
        name=f"decision threshold {curve.threshold:.2f}",
        cliponaxis=False,
        hovertemplate="operating point<br>sensitivity %{y:.3f}<br>"
        "1 − specificity %{x:.3f}<extra></extra>",
    )
    if band is not None:
        add_band(figure, band, style.colour)
    figure.update_xaxes(
        title="1 − specificity: benign images suggested malignant",
        range=[0, 1],
        constrain="domain",
        dtick=0.2,
        zeroline=False,
    )
    figure.update_yaxes(
        title="Sensitivity: malignant images found",
        range=[0, 1],
        scaleanchor="x",
        scaleratio=1,
        constrain="domain",
        dtick=0.2,
        zeroline=False,
    )
    figure.update_layout(legend={"x": 0.98, "y": 0.03, "xanchor": "right", "yanchor": "bottom"})
    return quiet(figure, CHART_HEIGHT_PX)


def training_figure(
    history: "pd.DataFrame", best_epoch: int | None, style: ModelStyle
) -> "go.Figure | None":
    """Loss and accuracy by epoch, on training and on validation images.

    Args:
        history: as ``read_history`` returns it; any column but ``epoch`` may be missing.
        best_epoch: epoch whose weights were kept, marked by a line; None for no line.
        style: colour of the model.

    Returns:
        The chart, or None when there is neither a loss nor an accuracy.
    """
    from plotly.subplots import make_subplots

    panels = [
        (title, present)
        for title, columns in (
            ("Loss", ("train_loss", "validation_loss")),
            ("Accuracy", ("train_accuracy", "validation_accuracy")),
        )
        if (present := [c for c in columns if c in history and history[c].notna().any()])
    ]
    if not panels:
        return None
    figure = make_subplots(rows=1, cols=len(panels), horizontal_spacing=0.1)
    for position, (title, columns) in enumerate(panels, start=1):
        for column in columns:
            side = column.split("_")[0]
            figure.add_scatter(
                x=history["epoch"],
                y=history[column],
                mode="lines+markers",
                marker={"size": 5},
                line={"color": style.colour, "dash": "dot" if side == "train" else "solid"},
                name="training images" if side == "train" else "validation images",
                legendgroup=side,
                showlegend=position == 1,
                hovertemplate=f"epoch %{{x}}<br>{title.lower()} %{{y:.3f}}<extra>{side}</extra>",
                row=1,
                col=position,
            )
        figure.update_xaxes(title="Epoch", row=1, col=position, zeroline=False)
        figure.update_yaxes(title=title, row=1, col=position, zeroline=False)
        limits = {"range": [0, 1.02]} if title == "Accuracy" else {"rangemode": "tozero"}
        figure.update_yaxes(row=1, col=position, **limits)
    if best_epoch is not None:
        figure.add_vline(x=best_epoch, line={"color": NEUTRAL, "width": 1, "dash": "dash"})
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return quiet(figure, CURVE_HEIGHT_PX)


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
            name=model.title,
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
