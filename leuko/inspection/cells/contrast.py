"""Whether a nucleus stands out from what surrounds it, as a stained one does and noise does not."""

from typing import Final

import cv2
import numpy as np

from leuko.arrays import Pixels
from leuko.inspection.cells.instances import PART_FROM, Found

LEAST_STEP: Final = 4.0
"""Hundredths of density in green, within three pixels of the rim of the nucleus; half of the rim
has as much. Shading has less."""
STEP_OF_DIFFERENCE: Final = 0.2
"""The same by the difference of nucleus and surroundings."""
LEAST_DIFFERENCE: Final = 1.0
"""Of nucleus and surroundings, by the deviation within the nucleus. Noise has less."""
AROUND_PX: Final = 6


def stands_out(densities: Pixels, one: Found) -> bool:
    """Whether the nucleus of a found cell is darker than its surroundings and has an edge.

    Args:
        densities: of the grid that it was found on, uint8 (h, w, 3), hundredths.
        one: the cell.
    """
    height, width = one.nucleus.shape
    top, left = max(one.top - AROUND_PX, 0), max(one.left - AROUND_PX, 0)
    window = densities[top : one.top + height + AROUND_PX, left : one.left + width + AROUND_PX, 1]
    green = np.asarray(cv2.blur(window, (3, 3)), np.uint8)
    nucleus = np.zeros(green.shape, np.uint8)
    part = nucleus[one.top - top :, one.left - left :][:height, :width]
    part[:] = (one.nucleus > PART_FROM)[: part.shape[0], : part.shape[1]]
    square = np.ones((3, 3), np.uint8)
    around = np.asarray(cv2.dilate(nucleus, square, iterations=AROUND_PX)) > np.asarray(
        cv2.dilate(nucleus, square)
    )
    if not around.any():
        return True  # the nucleus fills the picture
    rim = np.asarray(cv2.dilate(nucleus, square)) > np.asarray(cv2.erode(nucleus, square))
    steps = np.asarray(cv2.morphologyEx(green, cv2.MORPH_GRADIENT, square))
    inside = green[nucleus > 0]
    difference = float(inside.mean()) - float(green[around].mean())
    step = float(np.median(steps[rim]))
    return step >= max(
        LEAST_STEP, STEP_OF_DIFFERENCE * difference
    ) and difference >= LEAST_DIFFERENCE * float(inside.std())
