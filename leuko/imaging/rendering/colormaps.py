"""Perceptually uniform colour maps as exact tables: inferno, viridis, magma, cividis.

OpenCV's tables are Matplotlib's, rounded to bytes: ``rint(255 * colour)``; so drawing a heatmap
does not need Matplotlib.
"""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

DEFAULT_MAP = "inferno"

_OPENCV_MAPS = {
    "inferno": cv2.COLORMAP_INFERNO,
    "viridis": cv2.COLORMAP_VIRIDIS,
    "magma": cv2.COLORMAP_MAGMA,
    "cividis": cv2.COLORMAP_CIVIDIS,
}

COLOUR_MAPS = tuple(_OPENCV_MAPS)
"""Names of the maps, the default one first."""


@cache
def colour_table(colour_map: str = DEFAULT_MAP) -> NDArray[np.uint8]:
    """Table of a colour map.

    Args:
        colour_map: one of ``COLOUR_MAPS``.

    Returns:
        uint8 (256, 3), RGB, read-only; the last row is the hot end.

    Raises:
        ValueError: for an unknown name.
    """
    if colour_map not in _OPENCV_MAPS:
        raise ValueError(f"unknown colour map {colour_map!r}; known: {', '.join(COLOUR_MAPS)}")
    steps = np.arange(256, dtype=np.uint8)[None]
    table = np.ascontiguousarray(cv2.applyColorMap(steps, _OPENCV_MAPS[colour_map])[0, :, ::-1])
    table.flags.writeable = False
    return table.astype(np.uint8, copy=False)
