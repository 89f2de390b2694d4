"""Plotly charts of a report on heatmaps."""

from typing import TYPE_CHECKING

from leuko.models.heatmap_report import OnCells, Removal
from leuko.reporting.charts.palette import NEUTRAL, ModelStyle
from leuko.reporting.charts.style import faded, quiet

if TYPE_CHECKING:
    import plotly.graph_objects as go

HEIGHT_PX = 320
BOX_OPACITY = 0.3
PARTS = ("nucleus", "cytoplasm", "outside cells")


def removal_figure(removal: Removal, style: ModelStyle) -> "go.Figure":
    """Mean score while pixels go, and while they come back, beside random maps.

    Args:
        removal: of one model.
        style: colour of that model.
    """
    from plotly.subplots import make_subplots

    panels = (("removed", removal.deletion), ("brought back", removal.insertion))
    figure = make_subplots(rows=1, cols=2, shared_yaxes=True, horizontal_spacing=0.07)
    for column, (word, curves) in enumerate(panels, start=1):
        for name, scores, line in (
            ("random regions first", curves.random, {"color": NEUTRAL, "dash": "dash", "width": 2}),
            ("most evidence first", curves.heatmap, {"color": style.colour, "width": 2.5}),
        ):
            figure.add_scatter(
                x=removal.shares,
                y=scores,
                mode="lines",
                line=line,
                name=name,
                legendgroup=name,
                showlegend=column == 1,
                cliponaxis=False,
                hovertemplate=f"%{{x:.0%}} of the pixels {word}<br>mean score %{{y:.2f}}"
                f"<extra>{name}</extra>",
                row=1,
                col=column,
            )
        figure.update_xaxes(
            title=f"Share of pixels {word}",
            range=[0, 1],
            dtick=0.2,
            zeroline=False,
            row=1,
            col=column,
        )
    figure.update_yaxes(range=[0, 1], dtick=0.2, zeroline=False)
    figure.update_yaxes(title="Mean P(suggested class)", row=1, col=1)
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return quiet(figure, HEIGHT_PX)


def cells_figure(cells: OnCells, style: ModelStyle) -> "go.Figure | None":
    """How the evidence is spread over nucleus, cytoplasm and the rest, beside their areas.

    Args:
        cells: of one model.
        style: colour of that model.

    Returns:
        One box a part: 5th, 25th, 50th, 75th and 95th percentile of the pictures; a diamond at
        the part's mean share of the area. None where no cell was found.
    """
    import plotly.graph_objects as go

    if cells.nucleus is None or cells.cytoplasm is None or cells.outside is None:
        return None
    shares = dict(zip(PARTS, (cells.nucleus, cells.cytoplasm, cells.outside), strict=True))
    figure = go.Figure()
    columns = list(zip(*(share.quantiles for share in shares.values()), strict=True))
    figure.add_box(
        y=list(shares),
        **dict(zip(("lowerfence", "q1", "median", "q3", "upperfence"), columns, strict=True)),
        orientation="h",
        line={"color": style.colour, "width": 2},
        fillcolor=faded(style.colour, BOX_OPACITY),
        width=0.5,
        name="evidence, picture by picture",
        hoverinfo="x",
    )
    figure.add_scatter(
        y=list(shares),
        x=[share.area for share in shares.values()],
        mode="markers",
        marker={"symbol": "diamond", "size": 10, "color": NEUTRAL},
        name="share of the area, mean",
        hovertemplate="%{y}: %{x:.0%} of the area<extra></extra>",
    )
    figure.update_xaxes(
        title="Share of the positive evidence",
        range=[0, 1],
        dtick=0.2,
        zeroline=False,
    )
    figure.update_yaxes(autorange="reversed", automargin=True, showgrid=False)
    figure.update_layout(legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"})
    return quiet(figure, HEIGHT_PX)
