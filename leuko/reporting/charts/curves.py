"""ROC and precision-recall curves of held-out results."""

from typing import TYPE_CHECKING

from leuko.evaluation.curves.bands import Band
from leuko.evaluation.curves.precision_recall import PrecisionRecallCurve
from leuko.evaluation.curves.roc import RocCurve
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import (
    CHART_HEIGHT_PX,
    add_band,
    add_operating_point,
    quiet,
    unit_axes,
)

if TYPE_CHECKING:
    import plotly.graph_objects as go
if TYPE_CHECKING:
    import plotly.graph_objects as go


def precision_recall_figure(
    curve: PrecisionRecallCurve, style: ModelStyle, band: Band | None = None
) -> "go.Figure":
    """Precision-recall curve with the operating point at the decision threshold.

    Args:
        curve: of one model; drawn by steps, as its area is counted.
        style: colour of that model.
        band: 95 % band of the curve; None draws none.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[curve.share_malignant] * 2,
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 1},
        name="chance: share of malignant images",
        hoverinfo="skip",
    )
    figure.add_scatter(
        x=curve.recalls,
        y=curve.precisions,
        customdata=curve.thresholds,
        mode="lines",
        line={"color": style.colour, "width": 2.5, "shape": "vh"},
        name="this model",
        cliponaxis=False,
        hovertemplate="threshold %{customdata:.3f}<br>precision %{y:.3f}<br>"
        "sensitivity %{x:.3f}<extra></extra>",
    )
    if curve.operating_point is not None:
        hover = "precision %{y:.3f}<br>sensitivity %{x:.3f}"
        add_operating_point(figure, curve.operating_point, style.colour, curve.threshold, hover)
    if band is not None:
        add_band(figure, band, style.colour, shape="vh")
    unit_axes(
        figure,
        "Sensitivity (recall): malignant images found",
        "Precision: malignant suggestions that are right",
    )
    figure.update_layout(legend={"x": 0.02, "y": 0.03, "xanchor": "left", "yanchor": "bottom"})
    return quiet(figure, CHART_HEIGHT_PX)


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
    hover = "sensitivity %{y:.3f}<br>1 − specificity %{x:.3f}"
    add_operating_point(figure, curve.operating_point, style.colour, curve.threshold, hover)
    if band is not None:
        add_band(figure, band, style.colour)
    unit_axes(
        figure,
        "1 − specificity: benign images suggested malignant",
        "Sensitivity: malignant images found",
        square=True,
    )
    figure.update_layout(legend={"x": 0.98, "y": 0.03, "xanchor": "right", "yanchor": "bottom"})
    return quiet(figure, CHART_HEIGHT_PX)
