"""Shapes that tell the kinds of picture apart; see :mod:`leuko.inspection.kind.stain_features`.

Edges at several scales, and the number, size and place of the leukocytes.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.inspection.cells.mask import NUCLEUS, OUTSIDE, CellMask
from leuko.inspection.pyramid import halve

Features = dict[str, float]

SCALES: Final = (1, 2, 4)
LEAST_SPREAD: Final = 1e-3
STRAIGHT: Final = (3, 20)
"""An edge is straight along an axis when its change along that is below this share of all."""
CALM: Final = 0.25


OF_CELLS: Final = (
    "cells", "cells_share", "nuclei_share", "cell_largest", "cell_off_middle", "cell_fill",
    "cell_at_edge", "cell_length",
)  # fmt: skip


def measure_shapes(luminance: Pixels, tiny: Pixels, cells: CellMask) -> Features:
    """Features of the shapes in a picture by name; all finite.

    Args:
        luminance: uint8 (h, w).
        tiny: a smaller copy of it, uint8 (c, d).
        cells: its leukocytes, uint8 (h, w).
    """
    return _flat(luminance) | _edges(tiny) | _cells(cells, tiny.shape)


def deviation(plane: Pixels, shown: NDArray[np.uint8] | None = None) -> float:
    """Standard deviation of bytes (h, w); ``shown`` is 1 where they count, None for all."""
    return float(cv2.meanStdDev(plane, mask=shown)[1][0, 0])


def _flat(luminance: Pixels) -> Features:
    """Share of pixels that equal their neighbours, as only what was drawn by a machine does."""
    if min(luminance.shape) == 1:
        return {"flat": 0.0}
    across = cv2.absdiff(luminance[1:, 1:], luminance[1:, :-1])
    down = cv2.absdiff(luminance[1:, 1:], luminance[:-1, 1:])
    steps = cv2.bitwise_or(across, down)
    return {"flat": 1 - cv2.countNonZero(steps) / steps.size}


def _edges(grey: Pixels) -> Features:
    grey = _with_two_pixels(grey)
    spread = max(deviation(grey), LEAST_SPREAD * 255)
    found: Features = {}
    coarse = grey
    for scale in SCALES:
        if scale > 1 and min(coarse.shape) > 3:  # noqa: PLR2004  two pixels are left at least
            coarse = halve(coarse)
        tall, wide = coarse.shape
        across = cv2.norm(coarse[:, 1:], coarse[:, :-1], cv2.NORM_L1) / (tall * (wide - 1))
        down = cv2.norm(coarse[1:], coarse[:-1], cv2.NORM_L1) / ((tall - 1) * wide)
        found[f"edges_{scale}"] = (across + down) / spread
        if scale == 1:
            found["edges_across"] = across / (across + down + 1e-3)
    over, along = (np.abs(plane) for plane in cv2.spatialGradient(grey))
    strength = over + along
    total = cv2.sumElems(strength)[0]
    straight = np.minimum(over, along) * STRAIGHT[1] < strength * STRAIGHT[0]
    found["edges_straight"] = cv2.sumElems(strength * straight)[0] / (total + 1)
    found["calm"] = np.count_nonzero(strength < CALM * total / strength.size) / strength.size
    return found


def _with_two_pixels(grey: Pixels) -> Pixels:
    """At least two pixels either way, so that there are neighbours."""
    short = [max(0, 2 - side) for side in grey.shape]
    return np.pad(grey, [(0, more) for more in short], "edge") if any(short) else grey


def _cells(cells: CellMask, shape: tuple[int, ...]) -> Features:
    """Number, size and place of the leukocytes on a copy of ``shape``; sizes by its longer side."""
    height, width = shape
    cells = np.asarray(cv2.resize(cells, (width, height), interpolation=cv2.INTER_NEAREST))
    found = cells != OUTSIDE
    count, _, statistics, middles = cv2.connectedComponentsWithStats(
        found.view(np.uint8), ltype=cv2.CV_16U
    )
    if count < 2:  # noqa: PLR2004  the first is the background
        return dict.fromkeys(OF_CELLS, 0.0) | {"cell_off_middle": 1.0}
    largest = int(statistics[1:, cv2.CC_STAT_AREA].argmax()) + 1
    left, top, wide, tall, area = statistics[largest].tolist()
    x, y = middles[largest].tolist()
    edges = (left == 0) + (top == 0) + (left + wide == width) + (top + tall == height)
    values = (
        math.log(count),
        np.count_nonzero(found) / cells.size,
        np.count_nonzero(cells == NUCLEUS) / cells.size,
        math.sqrt(area) / max(height, width),
        math.hypot(x / width - 0.5, y / height - 0.5),
        area / (wide * tall),
        edges / 4,
        max(wide, tall) / max(height, width),
    )
    return dict(zip(OF_CELLS, values, strict=True))
