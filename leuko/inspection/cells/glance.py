"""A glance at the leukocytes of a picture: how many, how large, where; for the kind of a picture.

The same network as the finder's on a coarser grid, and at most on the middle of a picture, so that
it costs a few milliseconds whatever the size.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from leuko.arrays import Pixels
from leuko.inspection.cells.contrast import stands_out
from leuko.inspection.cells.instances import GRID_NUCLEUS_PX, Found, divide
from leuko.inspection.cells.network import read_maps
from leuko.inspection.cells.scale import estimate_nucleus_px
from leuko.inspection.cells.stain import measure_densities

GLANCE_NUCLEUS_PX: Final = 15.0
LARGEST_SCALE: Final = 1.0
LARGEST_SIDE_PX: Final = 192
"""Of the window of the grid that is looked at."""


@dataclass(frozen=True)
class Glance:
    """What a glance at a picture shows.

    Attributes:
        cells: leukocytes in the window that was looked at.
        pictures: how many such windows make the picture; 1 when all of it was looked at.
        nucleus: usual diameter of a nucleus by the root of the picture's area; 0 without cells.
        off_middle: how far the largest cell's centre is from the middle of the picture, in sides;
            1 without cells.
        certainty: of the largest cell, in [0, 1].
        others: nuclei beside the largest, by its area.
    """

    cells: int
    pictures: float
    nucleus: float
    off_middle: float
    certainty: float
    others: float


NOTHING: Final = Glance(0, 1.0, 0.0, 1.0, 0.0, 0.0)


def glance_at(pixels: Pixels, small: Pixels) -> Glance:
    """Look at a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        small: a copy of it, on which the size of nuclei is guessed.
    """
    guessed = estimate_nucleus_px(small)
    if guessed is None:
        return NOTHING
    height, width = pixels.shape[:2]
    nucleus_px = guessed * max(height, width) / max(small.shape[:2])
    scale = min(GLANCE_NUCLEUS_PX / nucleus_px, LARGEST_SCALE)
    middle = _middle(pixels, scale)
    size = max(1, round(middle.shape[1] * scale)), max(1, round(middle.shape[0] * scale))
    densities = measure_densities(
        np.asarray(cv2.resize(middle, size, interpolation=cv2.INTER_AREA), np.uint8)
    )
    unit = nucleus_px * scale / GRID_NUCLEUS_PX
    found = [one for one in divide(read_maps(densities), unit) if stands_out(densities, one)]
    if not found:
        return NOTHING
    pictures = height * width / (middle.shape[0] * middle.shape[1])
    side = float(np.sqrt(height * width)) * scale
    return _summed(found, size, side, pictures)


def _middle(pixels: Pixels, scale: float) -> Pixels:
    """The picture, or as much of its middle as is looked at."""
    side = int(LARGEST_SIDE_PX / scale)
    height, width = pixels.shape[:2]
    top, left = max(0, (height - side) // 2), max(0, (width - side) // 2)
    return pixels[top : top + min(side, height), left : left + min(side, width)]


def _summed(found: list[Found], size: tuple[int, int], side_px: float, pictures: float) -> Glance:
    """Sums over cells of a window of ``size``; ``side_px`` is the picture's on the same grid."""
    largest = max(found, key=lambda one: one.nucleus_px)
    across = (largest.centre[0] + 0.5) / size[0] - 0.5
    down = (largest.centre[1] + 0.5) / size[1] - 0.5
    areas = sum(one.nucleus_px**2 for one in found) / largest.nucleus_px**2
    usual = float(np.median([one.nucleus_px for one in found]))
    return Glance(
        cells=len(found),
        pictures=pictures,
        nucleus=usual / side_px,
        off_middle=float(np.hypot(across, down)),
        certainty=largest.certainty,
        others=areas - 1,
    )
