"""Find leukocytes in a picture by colour, and in them the nucleus; no network is asked.

A cell is what surrounds a purple nucleus that is large enough. The rules in words:

1. Nuclei are what is purple, by Otsu's threshold between bounds, and has an edge. Specks are
   dropped: platelets, dirt, stain.
2. What lies far from all nuclei is background and red cells. Cytoplasm near a nucleus must be more
   purple than nearly all of that or, where red cells are hardly stained, darker.
3. Holes are filled, thin bridges cut, and what is too far from a nucleus is dropped.
4. In each cell, the nucleus is what is more than about half as purple as its core.

On a black ground (cells cut out beforehand, as in C-NMC) the cell is all that is not black.
Measured against hand-drawn masks by ``python -m leuko measure-cells``, see docs/CELLS.md.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import BytePlane, Pixels
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE, CellMask
from leuko.inspection.cells.stain import DENSEST, SAMPLED_PIXELS, Stain, measure_stain
from leuko.inspection.pyramid import shrink
from leuko.inspection.tile_statistics import percentile_between, percentiles

__all__ = ["CYTOPLASM", "NUCLEUS", "OUTSIDE", "find_cells"]


# Optical densities in hundredths, as the planes of a stain.
SURELY_STAINED: Final = 15
NUCLEUS_BOUNDS: Final = (20, 42)
CYTOPLASM_PURPLE_BOUNDS: Final = (9, 35)
CYTOPLASM_DARK_BOUNDS: Final = (18, 60)
RED_CELLS_STAINED: Final = 12
LEAST_EDGE_STEP: Final = 5
"""Within three pixels; the most blurred of the public pictures have 7, shading has 3."""

# Shares and multiples.
LEAST_NUCLEUS_AREA: Final = 0.0012
LEAST_OF_LARGEST: Final = 0.12
FAR_FROM_PERCENTILE: Final = 85
"""Of the distances from nuclei: so much lies nearer than what is far, at most."""
FAR_RADII: Final = 1.25
REACH_RADII: Final = 1.5
FAR_PERCENTILE: Final = 90
FAR_MARGIN: Final = 1.15
NUCLEUS_OF_CORE: Final = 0.5
OPEN_LINES_RADII: Final = 0.1
CLOSE_GAPS_RADII: Final = 0.2
CUT_BRIDGES_RADII: Final = 0.5
SMOOTH_NUCLEUS_RADII: Final = 0.12
NUCLEUS_HOLE_AREA: Final = 0.1

LARGE_DISK_PX: Final = 5
"""From this radius on, a distance transform is faster than a dilation."""


def find_cells(pixels: Pixels) -> CellMask:
    """Where the leukocytes of a picture lie.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.

    Returns:
        uint8 (h, w) with the values OUTSIDE, CYTOPLASM and NUCLEUS, in the picture's proportions,
        of the size of :func:`shrink`; OUTSIDE everywhere where none is found.
    """
    small = shrink(pixels)
    stain = measure_stain(small)
    mask = np.full(small.shape[:2], OUTSIDE, np.uint8)
    level = _nucleus_level(stain.purple)
    if level is None:
        return mask
    seeds, radius = _seeds(stain.purple, level)
    if radius == 0:
        return mask
    cells = _cells_around(seeds, radius, stain)
    nuclei = _nuclei_within(cells, stain.purple, level, radius)
    mask[cells > 0] = CYTOPLASM
    mask[nuclei > 0] = NUCLEUS
    return mask


def _nucleus_level(purple: BytePlane) -> int | None:
    """Purple above which a pixel belongs to a nucleus; None when too few pixels are stained."""
    stained = purple[purple > SURELY_STAINED]
    if stained.size < max(1.0, LEAST_NUCLEUS_AREA * purple.size):
        return None
    return int(np.clip(_otsu(stained), *NUCLEUS_BOUNDS))


def _seeds(purple: BytePlane, level: int) -> tuple[BytePlane, float]:
    """Nuclei that are large enough, as 0 and 1, and their typical radius; 0 when there is none."""
    above = _open((purple > level).astype(np.uint8), 1)
    count, labels = cv2.connectedComponents(above)
    areas = np.bincount(labels.reshape(-1), minlength=count)
    least = LEAST_NUCLEUS_AREA * purple.size
    if count < 2 or areas[1:].max() < least:  # noqa: PLR2004  the first is the background
        return np.zeros_like(above), 0.0
    kept = areas >= max(least, LEAST_OF_LARGEST * areas[1:].max())
    kept[0] = False
    seeds: BytePlane = kept.astype(np.uint8).take(labels)
    if not _has_edges(seeds, purple):
        return seeds, 0.0
    radii = np.sqrt(areas[kept] / np.pi)
    return seeds, float((radii.max() + np.median(radii)) / 2)


def _has_edges(seeds: BytePlane, purple: BytePlane) -> bool:
    """Whether purple drops steeply at the rim of the seeds, as at nuclei and at no mere shading."""
    square = np.ones((3, 3), np.uint8)
    steps = np.asarray(cv2.morphologyEx(purple, cv2.MORPH_GRADIENT, square))
    rim = steps[seeds > np.asarray(cv2.erode(seeds, square))]
    return rim.size > 0 and float(np.median(rim)) >= LEAST_EDGE_STEP


def _cells_around(seeds: BytePlane, radius: float, stain: Stain) -> BytePlane:
    """Nuclei with the cytoplasm around them, as 0 and 1."""
    if stain.ground is not None:
        return _touching(np.logical_not(stain.ground).astype(np.uint8), seeds)
    away = np.asarray(cv2.distanceTransform(1 - seeds, cv2.DIST_L2, 3), np.float32)
    purple_above, dark_above = _cytoplasm_levels(stain, _far(away, radius))
    cells = (stain.purple > purple_above).astype(np.uint8) | seeds
    if dark_above is not None:
        cells |= (stain.dark > dark_above).astype(np.uint8)
    cells = _open(cells, OPEN_LINES_RADII * radius)
    cells = _close(cells, CLOSE_GAPS_RADII * radius)
    cells = _fill_holes(cells, np.pi * radius**2)
    cells = _open(cells, CUT_BRIDGES_RADII * radius) | seeds
    cells[away > REACH_RADII * radius] = 0
    return _touching(cells, seeds)


def _far(away: NDArray[np.float32], radius: float) -> NDArray[np.bool_]:
    """What lies far from all nuclei; where they fill the picture, what lies farthest."""
    farthest = percentile_between(away[::2, ::2].reshape(-1), FAR_FROM_PERCENTILE)
    far: NDArray[np.bool_] = away >= max(1.0, min(FAR_RADII * radius, farthest))
    return far


def _cytoplasm_levels(stain: Stain, far: NDArray[np.bool_]) -> tuple[float, float | None]:
    """Purple and darkness above which a pixel near a nucleus belongs to the cell.

    The second is None where red cells are stained, for they are as dark as cytoplasm.
    """
    if not far.any():
        return CYTOPLASM_PURPLE_BOUNDS[0], None
    sampled = slice(None, None, max(1, int(far.sum()) // SAMPLED_PIXELS))
    far_purple, far_dark = stain.purple[far][sampled], stain.dark[far][sampled]
    (upper,) = percentiles(np.bincount(far_purple, minlength=256), [FAR_PERCENTILE])
    purple_above = float(np.clip(upper * FAR_MARGIN, *CYTOPLASM_PURPLE_BOUNDS))
    middle, upper = percentiles(np.bincount(far_dark, minlength=256), (75, FAR_PERCENTILE))
    if middle > RED_CELLS_STAINED:
        return purple_above, None
    return purple_above, float(np.clip(upper * FAR_MARGIN, *CYTOPLASM_DARK_BOUNDS))


def _nuclei_within(cells: BytePlane, purple: BytePlane, level: int, radius: float) -> BytePlane:
    """Nuclei of the cells, by a threshold for each cell, as 0 and 1."""
    count, labels = cv2.connectedComponents(cells)
    core = (purple > level) & (cells > 0)
    cell_of, values = np.asarray(labels[core], np.int32), purple[core]
    above_mean = values >= _means(cell_of, values, count)[cell_of]
    core_purple = _means(cell_of[above_mean], values[above_mean], count)
    threshold = (NUCLEUS_OF_CORE * core_purple).astype(np.uint8)
    threshold[0] = DENSEST
    nuclei = (purple > threshold.take(np.asarray(labels))).astype(np.uint8)
    nuclei = _open(nuclei, max(1.0, SMOOTH_NUCLEUS_RADII * radius))
    return _fill_holes(nuclei, NUCLEUS_HOLE_AREA * np.pi * radius**2) & cells


def _means(groups: NDArray[np.generic], values: BytePlane, count: int) -> NDArray[np.float64]:
    """Mean of the values of each of ``count`` groups; 0 for one without values."""
    sums = np.bincount(groups, values, count)
    means: NDArray[np.float64] = sums / np.maximum(np.bincount(groups, minlength=count), 1)
    return means


def _otsu(values: BytePlane) -> float:
    column = np.ascontiguousarray(values).reshape(-1, 1)
    return float(cv2.threshold(column, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0])


def _open(region: BytePlane, radius: float) -> BytePlane:
    """Drop what a disk does not fit into."""
    return _grow(1 - _grow(1 - region, radius), radius)


def _close(region: BytePlane, radius: float) -> BytePlane:
    """Fill what a disk does not fit into."""
    return 1 - _open(1 - region, radius)


def _grow(region: BytePlane, radius: float) -> BytePlane:
    """Add what lies within so many pixels, rounded."""
    reach = round(radius)
    if reach < LARGE_DISK_PX:
        disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        return np.asarray(cv2.dilate(region, disk), np.uint8)
    if not region.any():
        return region
    near = cv2.distanceTransform(1 - region, cv2.DIST_L2, 3) <= reach
    return near.astype(np.uint8)


def _fill_holes(region: BytePlane, largest: float) -> BytePlane:
    """Fill holes of up to so many pixels."""
    if not region.any():
        return region
    contours, tree = cv2.findContours(region, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    filled = region.copy()
    for contour, (_, _, _, parent) in zip(contours, tree[0], strict=True):
        if parent >= 0 and cv2.contourArea(contour) <= largest:
            cv2.drawContours(filled, [contour], -1, 1, cv2.FILLED)
    return filled


def _touching(regions: BytePlane, seeds: BytePlane) -> BytePlane:
    """Those connected regions that hold a seed."""
    count, labels = cv2.connectedComponents(regions)
    held = np.zeros(count, np.uint8)
    held[labels[seeds > 0]] = 1
    held[0] = 0
    kept: BytePlane = held.take(np.asarray(labels))
    return kept
