"""ROC and precision-recall curves of held-out results."""

from typing import TYPE_CHECKING

from leuko.evaluation.curves.bands import Band
from leuko.evaluation.curves.precision_recall import PrecisionRecallCurve
from leuko.evaluation.curves.roc import RocCurve
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import CHART_HEIGHT_PX, add_band, quiet

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
        figure.add_scatter(
            x=[curve.operating_point[0]],
            y=[curve.operating_point[1]],
            mode="markers",
            marker={"color": style.colour, "size": 13, "line": {"color": "white", "width": 2}},
            name=f"decision threshold {curve.threshold:.2f}",
            cliponaxis=False,
            hovertemplate="operating point<br>precision %{y:.3f}<br>"
            "sensitivity %{x:.3f}<extra></extra>",
        )
    if band is not None:
        add_band(figure, band, style.colour, shape="vh")
    figure.update_xaxes(
        title="Sensitivity (recall): malignant images found",
        range=[0, 1],
        dtick=0.2,
        zeroline=False,
    )
    figure.update_yaxes(
        title="Precision: malignant suggestions that are right",
        range=[0, 1],
        dtick=0.2,
        zeroline=False,
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
