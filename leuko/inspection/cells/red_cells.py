"""How large the red cells of a picture are: the yardstick that every smear brings along."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import BytePlane, Pixels

LEAST_CELLS: Final = 4
LEVEL_BOUNDS: Final = (8.0, 60.0)
LEAST_ROUND: Final = 0.75
"""Area by that of the circle around the same outline length, squared: a disk has 1."""
LEAST_SOLID: Final = 0.92
SIZES: Final = (0.4, 8.0)
"""Diameter of a red cell in diameters of what was taken for a nucleus, at least and at most: far
larger where that was a platelet."""
LARGEST_SPREAD: Final = 0.3
"""Distance of the quartiles by the median; beyond, what was measured is not one kind of thing."""


def measure_red_cells(
    densities: Pixels, taken: NDArray[np.bool_], nucleus_px: float
) -> float | None:
    """Diameter of the red cells that lie free.

    Args:
        densities: uint8 (h, w, 3), hundredths.
        taken: where leukocytes lie, (h, w).
        nucleus_px: usual diameter of a leukocyte's nucleus here.

    Returns:
        The median in pixels; None where fewer than ``LEAST_CELLS`` lie free or sizes disagree.
    """
    green = np.asarray(cv2.GaussianBlur(densities[..., 1], (3, 3), 0), np.uint8)
    sample = np.ascontiguousarray(green[~taken]).reshape(-1, 1)
    if sample.size == 0:
        return None
    level = cv2.threshold(sample, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
    if not LEVEL_BOUNDS[0] <= level <= LEVEL_BOUNDS[1]:
        return None
    stained = ((green > level) & ~taken).astype(np.uint8)
    sizes = [
        size
        for size in _free_disks(stained, taken)
        if SIZES[0] * nucleus_px <= size <= SIZES[1] * nucleus_px
    ]
    if len(sizes) < LEAST_CELLS:
        return None
    low, middle, high = np.percentile(sizes, (25, 50, 75))
    return float(middle) if high - low <= LARGEST_SPREAD * middle else None


def _free_disks(stained: BytePlane, taken: NDArray[np.bool_]) -> list[float]:
    """Diameters of what is round, whole and touches neither the border nor a leukocyte."""
    height, width = stained.shape
    near = np.asarray(cv2.dilate(taken.astype(np.uint8), np.ones((3, 3), np.uint8)))
    outlines, _ = cv2.findContours(stained, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    sizes = []
    for outline in outlines:
        left, top, wide, tall = cv2.boundingRect(outline)
        if left == 0 or top == 0 or left + wide == width or top + tall == height:
            continue
        area, around = cv2.contourArea(outline), cv2.arcLength(outline, closed=True)
        if around == 0 or 4 * np.pi * area / around**2 < LEAST_ROUND:
            continue
        if area < LEAST_SOLID * cv2.contourArea(cv2.convexHull(outline)):
            continue
        if near[outline[:, 0, 1], outline[:, 0, 0]].any():
            continue
        # The outline runs through the middles of the outermost pixels: half a pixel is missing.
        sizes.append(float(2 * np.sqrt(area / np.pi) + 1))
    return sizes
