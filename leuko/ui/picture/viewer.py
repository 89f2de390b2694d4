"""The picture and its heatmap: one zoom for both, everything but method and layer without a rerun.

Zoom, pan, class, opacity, colours, scale and layout live in the browser; the server is asked for
nothing when they change. All text reaches the page through ``textContent``, so that a
file name stays a text.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from leuko.imaging.preprocessing.steps import MaskCorner, Step
from leuko.imaging.rendering.colormaps import DEFAULT_MAP, colour_table
from leuko.imaging.rendering.data_url import data_url
from leuko.imaging.rendering.overlay import heat_rgba
from leuko.ui.picture.viewer_data import settings

COLOUR_STOPS = 9
_ASSETS = Path(__file__).parent / "assets"
_SCRIPTS = (
    "viewer_parts.js", "viewer_maps.js", "zoom.js", "viewer_save.js", "viewer.js",
)  # fmt: skip


def unread_areas(
    steps: Sequence[Step], read: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
) -> list[dict[str, float]]:
    """Rectangles that the model does not read, as fractions of width and height.

    Args:
        steps: preprocessing of the model; covered corners are among them.
        read: (left, top, right, bottom) of the part that a crop kept.
    """
    left, top, right, bottom = read
    around = [
        (0.0, 0.0, 1.0, top),
        (0.0, bottom, 1.0, 1.0),
        (0.0, top, left, bottom),
        (right, top, 1.0, bottom),
    ]
    masks = [(s.left, s.top, s.right, s.bottom) for s in steps if isinstance(s, MaskCorner)]
    names = ("left", "top", "right", "bottom")
    return [
        dict(zip(names, area, strict=True))
        for area in (*masks, *around)
        if area[0] < area[2] and area[1] < area[3]
    ]


def heat_layer(heat: NDArray[np.float32]) -> str:
    """A heatmap as a transparent PNG to lay above its picture.

    Args:
        heat: float32 (h, w) in [0, 1], covering exactly the picture.
    """
    return data_url(heat_rgba(heat), lossless=True)


def colour_stops() -> list[str]:
    """Colours of the heatmap's scale from 0 to 1, as CSS."""
    table = colour_table(DEFAULT_MAP)
    chosen = np.linspace(0, len(table) - 1, COLOUR_STOPS).round().astype(int)
    return [f"rgb({r} {g} {b})" for r, g, b in table[chosen]]


@st.cache_resource(show_spinner=False)
def _component() -> Any:  # noqa: ANN401  Streamlit's own renderer protocol
    return st.components.v2.component(
        "leuko_viewer",
        html=(_ASSETS / "viewer.html").read_text(encoding="utf-8"),
        css=(_ASSETS / "viewer.css").read_text(encoding="utf-8"),
        js="\n".join((_ASSETS / name).read_text(encoding="utf-8") for name in _SCRIPTS),
    )


def show_viewer(data: Mapping[str, object], key: str) -> None:
    """Draw the viewer.

    Args:
        data: ``id`` (zoom stays with it), ``choice`` (the chosen class stays with it),
            ``picture`` (URL), ``width``, ``height``, ``unread``, ``file_name`` (of a saved view),
            and all of :func:`leuko.ui.picture.viewer_data.heat_data`.
        key: identity of the viewer on the page.
    """
    _component()(data={**settings(), **data}, key=key)
