"""Plotly charts of models on the same test images, without a background."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.comparison.agreement import RaterAgreement
from leuko.evaluation.curves.roc import RocCurve
from leuko.labels import class_title
from leuko.reporting.charts.bars import LEGEND_ROW_PX
from leuko.reporting.charts.palette import CELL_SCALE, NEUTRAL, ModelStyle
from leuko.reporting.charts.style import CHART_HEIGHT_PX, CLEAR, letters, unit_axes
from leuko.statistics.paired_intervals import Signed

if TYPE_CHECKING:
    import plotly.graph_objects as go

INTERVAL_COLOUR = "#4477AA"
ROW_PX = 30
FRAME_PX = 110
AXIS_PX = 54
LEAST_REACH = 0.01
MARGIN = 1.08
DASHES = {"": "solid", "/": "dash", "x": "dot", ".": "dashdot"}


@dataclass(frozen=True)
class ForestRow:
    """One pair of models.

    Attributes:
        name: short, such as "A − B".
        title: both models in full.
        differences: by the title of the panel.
        digits: decimals that the test set supports.
    """

    name: str
    title: str
    differences: Mapping[str, Signed]
    digits: int


@dataclass(frozen=True)
class RocLine:
    """One model's curve in a chart of several."""

    name: str
    curve: RocCurve
    style: ModelStyle


def forest_figure(rows: Sequence[ForestRow], panels: Sequence[str]) -> "go.Figure":
    """Differences with their intervals, one panel a measure, a line at no difference.

    Args:
        rows: pairs, the first on top. What is not measurable has no mark.
        panels: titles of the measures, keys of ``ForestRow.differences``. All panels have the
            same scale, so that widths can be compared across them.
    """
    from plotly.subplots import make_subplots

    figure = make_subplots(
        cols=len(panels), shared_yaxes=True, horizontal_spacing=0.02, subplot_titles=list(panels)
    )
    names = [row.name for row in rows]
    reach = _reach(rows, panels)
    for position, panel in enumerate(panels, start=1):
        shown = [(row, row.differences[panel]) for row in rows]
        figure.add_scatter(
            x=[one.value for _, one in shown],
            y=names,
            mode="markers",
            marker={"color": INTERVAL_COLOUR, "size": 9, "symbol": "square"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [_arm(one, one.high) for _, one in shown],
                "arrayminus": [_arm(one, one.low) for _, one in shown],
                "thickness": 2,
                "width": 5,
                "color": INTERVAL_COLOUR,
            },
            customdata=[
                [letters(row.title), one.text(row.digits), one.method] for row, one in shown
            ],
            hovertemplate="%{customdata[0]}<br>%{customdata[1]}<br>%{customdata[2]}"
            f"<extra>{panel}</extra>",
            showlegend=False,
            cliponaxis=False,
            row=1,
            col=position,
        )
        figure.add_vline(x=0, line={"color": NEUTRAL, "width": 1}, row=1, col=position)
        figure.update_xaxes(
            title="Difference",
            range=[-reach, reach],
            zeroline=False,
            nticks=6,
            row=1,
            col=position,
        )
    figure.update_yaxes(
        autorange="reversed", type="category", showgrid=True, zeroline=False, automargin=True
    )
    figure.update_annotations(font={"size": 14})
    return _quiet(figure, FRAME_PX + ROW_PX * len(rows), top_px=30)


def _reach(rows: Sequence[ForestRow], panels: Sequence[str]) -> float:
    ends = [
        abs(end)
        for row in rows
        for panel in panels
        for one in (row.differences[panel],)
        for end in (one.value, one.low, one.high)
        if end is not None
    ]
    return max([LEAST_REACH, *ends]) * MARGIN


def _arm(one: Signed, limit: float | None) -> float | None:
    return None if one.value is None or limit is None else abs(limit - one.value)


def rocs_figure(lines: Sequence[RocLine]) -> "go.Figure":
    """ROC curves of several models, each with its operating point.

    Args:
        lines: models tested on the same images, in drawing order.
    """
    import plotly.graph_objects as go

    figure = go.Figure()
    figure.add_scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        line={"color": NEUTRAL, "dash": "dot", "width": 1},
        showlegend=False,
        hoverinfo="skip",
    )
    for line in lines:
        curve, colour = line.curve, line.style.colour
        figure.add_scatter(
            x=curve.false_positive_rates,
            y=curve.true_positive_rates,
            customdata=curve.thresholds,
            mode="lines",
            line={"color": colour, "width": 2, "dash": DASHES.get(line.style.pattern, "solid")},
            name=letters(line.name),
            legendgroup=line.name,
            cliponaxis=False,
            hovertemplate="threshold %{customdata:.3f}<br>sensitivity %{y:.3f}<br>"
            f"1 − specificity %{{x:.3f}}<extra>{letters(line.name)}</extra>",
        )
        figure.add_scatter(
            x=[curve.operating_point[0]],
            y=[curve.operating_point[1]],
            mode="markers",
            marker={"color": colour, "size": 11, "line": {"color": "white", "width": 2}},
            legendgroup=line.name,
            showlegend=False,
            cliponaxis=False,
            hovertemplate=f"decision threshold {curve.threshold:.2f}<br>sensitivity %{{y:.3f}}<br>"
            f"1 − specificity %{{x:.3f}}<extra>{letters(line.name)}</extra>",
        )
    unit_axes(
        figure,
        "1 − specificity: benign images suggested malignant",
        "Sensitivity: malignant images found",
        square=True,
    )
    figure.update_layout(
        showlegend=True,
        legend={"x": 0, "y": 0, "yref": "container", "yanchor": "bottom"},
    )
    keys_px = LEGEND_ROW_PX * len(lines)
    return _quiet(figure, CHART_HEIGHT_PX + keys_px, bottom_px=AXIS_PX + keys_px)


def agreement_figure(agreed: RaterAgreement, first: str, second: str) -> "go.Figure":
    """What two models suggest for the same images, as counts.

    Args:
        agreed: the counts.
        first: name of the model in the rows.
        second: name of the model in the columns.
    """
    import plotly.graph_objects as go

    names = [letters(class_title(name)).replace(" ", "<br>", 1) for name in agreed.names]
    total = sum(map(sum, agreed.counts))
    figure = go.Figure(
        go.Heatmap(
            z=[[count / total for count in row] for row in agreed.counts],
            x=names,
            y=names,
            text=[[str(count) for count in row] for row in agreed.counts],
            texttemplate="%{text}",
            textfont={"size": 15},
            hovertemplate=f"{first}: %{{y}}<br>{second}: %{{x}}<br>%{{text}} images<extra></extra>",
            colorscale=[list(stop) for stop in CELL_SCALE],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    figure.update_xaxes(title=f"{second} suggests", showgrid=False, automargin=True)
    figure.update_yaxes(
        title=f"{first} suggests", showgrid=False, autorange="reversed", automargin=True
    )
    return _quiet(figure, CHART_HEIGHT_PX)


def _quiet(
    figure: "go.Figure", height_px: int, top_px: int = 16, bottom_px: int = 10
) -> "go.Figure":
    figure.update_layout(
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        height=height_px,
        margin={"l": 10, "r": 16, "t": top_px, "b": bottom_px},
        dragmode=False,
    )
    return figure
