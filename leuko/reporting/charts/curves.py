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

    from leuko.arrays import Floats


def precision_recall_figure(
    curve: PrecisionRecallCurve, style: ModelStyle, band: Band | None = None
) -> "go.Figure":
    """Precision-recall curve with the operating point at the decision threshold.

    Args:
        curve: of one model; drawn by steps, as its area is counted.
        style: colour of that model.
        band: 95 % band of the curve; None draws none.
    """
    hover = "precision %{y:.3f}<br>sensitivity %{x:.3f}"
    figure = _beside_chance((curve.share_malignant,) * 2, "chance: share of malignant images")
    line = {"color": style.colour, "shape": "vh"}
    _add_curve(figure, curve.recalls, curve.precisions, curve.thresholds, line, hover)
    if curve.operating_point is not None:
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
    hover = "sensitivity %{y:.3f}<br>1 − specificity %{x:.3f}"
    figure = _beside_chance((0, 1), "chance")
    rates = curve.false_positive_rates, curve.true_positive_rates
    _add_curve(figure, *rates, curve.thresholds, {"color": style.colour}, hover)
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


def _beside_chance(heights: tuple[float, float], name: str) -> "go.Figure":
    """A figure with the line of a model that guesses, from the left edge to the right one."""
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=list(heights),
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 1},
        name=name,
        hoverinfo="skip",
    )
    return figure


def _add_curve(
    figure: "go.Figure",
    x: "Floats",
    y: "Floats",
    thresholds: "Floats",
    line: dict[str, str],
    hover: str,
) -> None:
    figure.add_scatter(
        x=x,
        y=y,
        customdata=thresholds,
        mode="lines",
        line={**line, "width": 2.5},
        name="this model",
        cliponaxis=False,
        hovertemplate=f"threshold %{{customdata:.3f}}<br>{hover}<extra></extra>",
    )
