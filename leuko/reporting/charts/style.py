"""What all charts of held-out results share."""

from typing import TYPE_CHECKING

from leuko.evaluation.curves.bands import Band

if TYPE_CHECKING:
    import plotly.graph_objects as go

CLEAR = "rgba(0,0,0,0)"
CHART_HEIGHT_PX = 440
BAND_OPACITY = 0.22


def letters(text: str) -> str:
    """A text of a card or table as Plotly shows it letter by letter: it reads some HTML.

    Args:
        text: anything, such as the name of a class.
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quiet(figure: "go.Figure", height_px: int) -> "go.Figure":
    """No background, so that a chart fits both themes, and narrow margins."""
    figure.update_layout(
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        height=height_px,
        margin={"l": 10, "r": 16, "t": 16, "b": 10},
        dragmode=False,
    )
    return figure


def faded(colour: str, opacity: float) -> str:
    """A colour that lets what lies below it show through.

    Args:
        colour: hexadecimal RGB.
        opacity: in [0, 1].
    """
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity:g})"


def add_band(figure: "go.Figure", band: Band, colour: str, shape: str = "linear") -> None:
    """Draw a 95 % band below the curve that it belongs to.

    Args:
        figure: gets two more traces.
        band: limits along the x axis.
        colour: of the curve, hexadecimal RGB.
        shape: Plotly's name of how points are joined.
    """
    shared = {
        "x": band.x,
        "mode": "lines",
        "hoverinfo": "skip",
        "legendgroup": "band",
        "zorder": -1,
    }
    figure.add_scatter(y=band.low, line={"width": 0, "shape": shape}, showlegend=False, **shared)
    figure.add_scatter(
        y=band.high,
        line={"width": 0, "shape": shape},
        fill="tonexty",
        fillcolor=faded(colour, BAND_OPACITY),
        name="95 % band, point by point",
        **shared,
    )


def unit_axes(figure: "go.Figure", x_title: str, y_title: str, *, square: bool = False) -> None:
    """Axes from 0 to 1.

    Args:
        figure: a chart with one pair of axes.
        x_title: of the horizontal axis.
        y_title: of the vertical one.
        square: whether both have one scale, as for a ROC curve.
    """
    shared = {"range": [0, 1], "dtick": 0.2, "zeroline": False}
    same = {"constrain": "domain"} if square else {}
    figure.update_xaxes(title=x_title, **shared, **same)
    scale = {"scaleanchor": "x", "scaleratio": 1} if square else {}
    figure.update_yaxes(title=y_title, **shared, **same, **scale)


def add_operating_point(
    figure: "go.Figure", point: tuple[float, float], colour: str, threshold: float, hover: str
) -> None:
    """Mark the point of a curve at which the model decides.

    Args:
        figure: gets one more trace.
        point: (x, y).
        colour: of the curve, hexadecimal RGB.
        threshold: decision threshold, in [0, 1].
        hover: what the point says when it is pointed at, in Plotly's template.
    """
    figure.add_scatter(
        x=[point[0]],
        y=[point[1]],
        mode="markers",
        marker={"color": colour, "size": 13, "line": {"color": "white", "width": 2}},
        name=f"decision threshold {threshold:.2f}",
        cliponaxis=False,
        hovertemplate=f"operating point<br>{hover}<extra></extra>",
    )
