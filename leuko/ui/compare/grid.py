"""The picture and the heatmaps of several models in one grid: one zoom and opacity for all.

Zoom, pan, opacity and enlarging live in the browser; the server is asked for nothing when they
change. All text reaches the page through ``textContent``, so that a file name stays a text.
"""

from pathlib import Path
from typing import Any, TypedDict

import streamlit as st

from leuko.imaging.rendering.overlay import DEFAULT_OPACITY

_ASSETS = Path(__file__).parent / "assets"
_ZOOM = Path(__file__).parents[1] / "picture" / "assets" / "zoom.js"
_SCRIPTS = (_ZOOM, _ASSETS / "compare_grid.js")


class BarData(TypedDict):
    """A probability: its name, as text, in [0, 1], and the colour of its bar as CSS."""

    title: str
    text: str
    share: float
    colour: str


class ModelData(TypedDict):
    """One model's cell.

    Attributes:
        title: of the model.
        figures: lines on its held-out results.
        suggestion: class and probability in words.
        decision: that a person has to decide; empty where the model answers by itself.
        reasons: why, one sentence each.
        bars: probabilities.
        heat: data URL of its heatmap, or None.
        caption: what the heatmap shows.
        notice: said in place of a heatmap.
        peak: strength of the heatmap's hot end in words.
        unread: rectangles the model does not read, fractions of the picture.
    """

    title: str
    figures: list[str]
    suggestion: str
    decision: str
    reasons: list[str]
    bars: list[BarData]
    heat: str | None
    caption: str
    notice: str
    peak: str
    unread: list[dict[str, float]]


class GridData(TypedDict):
    """The whole grid: the picture as a data URL with its size in pixels, and the models."""

    id: str
    picture: str
    width: int
    height: int
    stops: list[str]
    models: list[ModelData]


@st.cache_resource(show_spinner=False)
def _component() -> Any:  # noqa: ANN401  Streamlit's own renderer protocol
    return st.components.v2.component(
        "leuko_compare_grid",
        html=(_ASSETS / "compare_grid.html").read_text(encoding="utf-8"),
        css=(_ASSETS / "compare_grid.css").read_text(encoding="utf-8"),
        js="\n".join(script.read_text(encoding="utf-8") for script in _SCRIPTS),
    )


def show_grid(data: GridData, key: str) -> None:
    """Draw the grid.

    Args:
        data: what to draw.
        key: identity of the grid on the page.
    """
    _component()(data={"opacity": round(100 * DEFAULT_OPACITY), **data}, key=key)
