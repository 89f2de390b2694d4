"""Plotly charts of the gates of a model."""

from typing import TYPE_CHECKING

from leuko.evaluation.curves.risk_coverage import RiskCoverage
from leuko.models.gates.measurements import Deferral
from leuko.models.gates.thresholds import SetLevel
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import letters, quiet
from leuko.reporting.tables.gates import coverage_parts, limits_of

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT_PX = 340
ROW_PX = 26
AXES_PX = 90
PARTS_SHOWN = 24
LEAST_RISK_SHOWN = 0.05


def risk_figure(curve: RiskCoverage, style: ModelStyle, deferral: Deferral | None) -> "go.Figure":
    """Wrong answers among the pictures that are kept, by the share that is deferred.

    Args:
        curve: of the suggested classes, the least certain deferred first.
        style: colour of the model.
        deferral: what all gates together do; drawn as a point where it is of as many pictures.
    """
    import plotly.graph_objects as go

    errors = 1 - curve.accuracy
    figure = go.Figure()
    figure.add_scatter(
        x=curve.deferred_share,
        y=errors,
        mode="lines",
        line={"color": style.colour, "width": 2.5, "shape": "hv"},
        name="least certain deferred first",
        cliponaxis=False,
        hovertemplate="%{x:.0%} deferred<br>%{y:.1%} of the others wrong<extra></extra>",
    )
    top = max(float(errors.max()), LEAST_RISK_SHOWN)
    if deferral is not None and deferral.right.images == curve.n and deferral.kept.images:
        kept = deferral.kept
        wrong = 1 - kept.hits / kept.images
        top = max(top, wrong)
        figure.add_scatter(
            x=[deferral.deferred / curve.n],
            y=[wrong],
            mode="markers",
            marker={"symbol": "diamond", "size": 11, "color": NEUTRAL},
            name="all gates together",
            cliponaxis=False,
            hovertemplate="all gates: %{x:.0%} deferred<br>%{y:.1%} of the others wrong"
            "<extra></extra>",
        )
    figure.update_xaxes(
        title="Share of test pictures deferred", range=[0, 1], dtick=0.2, tickformat=".0%",
        zeroline=False,
    )  # fmt: skip
    figure.update_yaxes(
        title="Wrong among the others", range=[0, 1.08 * top], tickformat=".0%", zeroline=False
    )
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return quiet(figure, HEIGHT_PX)


def coverage_figure(level: SetLevel, style: ModelStyle) -> "go.Figure":
    """Measured coverage of all pictures, each class and each group, beside the stated one.

    Args:
        level: prediction sets of one stated coverage; of many groups the worst are drawn.
        style: colour of the model.
    """
    import plotly.graph_objects as go

    parts = coverage_parts(level)[:PARTS_SHOWN]
    names = [f"{letters(name)} ({one.images})" for name, one in parts]
    shares = [one.share or 0.0 for _, one in parts]
    limits = [limits_of(level, name, one) for name, one in parts]
    figure = go.Figure()
    figure.add_scatter(
        x=shares,
        y=names,
        mode="markers",
        marker={"color": style.colour, "size": 9},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [max(0.0, high - x) for x, (_, high) in zip(shares, limits, strict=True)],
            "arrayminus": [max(0.0, x - low) for x, (low, _) in zip(shares, limits, strict=True)],
            "thickness": 1.5,
            "width": 4,
            "color": style.colour,
        },
        customdata=[f"{one.hits} of {one.images}" for _, one in parts],
        name="measured, 95 % interval",
        cliponaxis=False,
        hovertemplate="%{y}<br>%{customdata}, %{x:.0%}<extra></extra>",
    )
    figure.add_scatter(
        x=[level.coverage, level.coverage],
        y=[names[0], names[-1]],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 2},
        name=f"stated, {100 * level.coverage:g} %",
        hoverinfo="skip",
    )
    figure.update_xaxes(
        title="True class in the set", range=[0, 1], dtick=0.2, tickformat=".0%", zeroline=False
    )
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False)
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return quiet(figure, max(HEIGHT_PX, ROW_PX * len(parts) + AXES_PX))
