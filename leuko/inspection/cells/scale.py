"""How large nuclei are in a picture, before the network is asked, by their colour alone."""

from typing import Final

import cv2
import numpy as np

from leuko.arrays import BytePlane, Pixels
from leuko.inspection.cells.stain import measure_stain
from leuko.inspection.pyramid import shrink

LOOKED_AT_PX: Final = 256
LOOKED_CLOSER_PX: Final = 2048
FEW_PX: Final = 8.0
"""Nuclei of fewer pixels across are looked at in a larger copy."""
SURELY_STAINED: Final = 15
LEVEL_BOUNDS: Final = (18.0, 42.0)
LEAST_AREA_PX: Final = 9
GAP: Final = 0.15
"""Of the diameter: lobes nearer than twice this are one nucleus."""


def estimate_nucleus_px(pixels: Pixels) -> float | None:
    """Diameter of a usual nucleus, in pixels of the picture; None where nothing is purple.

    Half of all that is purple lies in spots of this size or larger, so that many platelets count
    for little.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
    """
    found = None
    for longest_px in (LOOKED_AT_PX, LOOKED_CLOSER_PX):
        small = shrink(pixels, longest_px)
        found = _usual_spot_px(small)
        if (found is not None and found >= FEW_PX) or small.shape == pixels.shape:
            break
    if found is None:
        return None
    return found * float(max(pixels.shape[:2]) / max(small.shape[:2]))


def _usual_spot_px(small: Pixels) -> float | None:
    purple = measure_stain(small).purple
    stained = purple[purple > SURELY_STAINED]
    if stained.size < LEAST_AREA_PX:
        return None
    column = np.ascontiguousarray(stained).reshape(-1, 1)
    level = cv2.threshold(column, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
    spots = (purple > np.clip(level, *LEVEL_BOUNDS)).astype(np.uint8)
    spots = np.asarray(cv2.morphologyEx(spots, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    found = _half_lies_in_px(spots)
    if found is None:
        return None
    # Lobes of one nucleus belong together; where that joins nuclei, the finder looks once more.
    side = 2 * round(GAP * found) + 1
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return _half_lies_in_px(np.asarray(cv2.morphologyEx(spots, cv2.MORPH_CLOSE, disk)))


def _half_lies_in_px(spots: BytePlane) -> float | None:
    """Diameter of the spot in which, from the smallest on, half of their area is reached."""
    _, _, statistics, _ = cv2.connectedComponentsWithStats(spots)
    areas = np.sort(statistics[1:, cv2.CC_STAT_AREA])
    areas = areas[areas >= LEAST_AREA_PX]
    if not areas.size:
        return None
    half = int(np.searchsorted(np.cumsum(areas), areas.sum() / 2))
    return float(2 * np.sqrt(areas[half] / np.pi))
