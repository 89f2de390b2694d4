"""How sharp, how detailed, how grainy a picture is, and whether JPEG's blocks show.

Sharpness and grain are statistics of tiles, so that a scale bar or an empty corner decides nothing.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels, Plane
from leuko.inspection.tile_statistics import TILE_PX, percentile_between, tile_maxima, tile_means

Mask = NDArray[np.uint8]
"""What counts, (h, w): 1 where it does and 0 elsewhere."""

BLOCK_PX: Final = 8
"""Side of the blocks of JPEG."""
LEAST_BLOCKS: Final = 6
"""In a smaller picture too few borders lie for their steps to mean anything."""
WINDOW_PX: Final = 256
"""Blocks are looked for in the middle of a picture alone, so that a large one costs no more."""
FOCUS_TILE_PERCENTILE: Final = 85
"""A burnt-in scale bar is always sharp; it covers fewer tiles than the rest of this."""
NOISE_TILE_PERCENTILE: Final = 25
FINE, COARSE = 2, 8
"""Sides of squares, pixels, whose means are compared with those of the squares around them."""
LEAST_STRUCTURE: Final = 0.05
LEAST_TILE: Final = 0.3
LEAST_WEIGHT: Final = 1e-3
ROWS_OF_TILE: Final = (TILE_PX // 2, TILE_PX)
"""Of a tile of which every other row is looked at."""
SLOPE_PX: Final = 2
"""Over which a slope is measured: from the pixel before to the pixel after."""
GRAIN: Final = np.array([1, -2, 1], np.float32)
GRAIN_NORM: Final = 6
"""Of the kernel of 3 x 3 pixels: by so much it magnifies the standard deviation of white noise."""


def measure_focus(luminance: Pixels, shown: Mask | None, contrast: float) -> float:
    """Steepest edges of the tiles along an axis, the 85th percentile of the tiles, by the contrast.

    Every other row is looked at: no edge is shorter than two pixels once grain is smoothed away.

    Source: an edge blurred by a Gaussian of σ pixels has a slope of contrast / (σ √(2π)).

    Args:
        luminance: uint8 (h, w).
        shown: what counts; None for all.
        contrast: of the picture, in (0, 1].

    Returns:
        In [0, 1], about; 0 where nothing counts.
    """
    smooth = cv2.GaussianBlur(luminance, (3, 3), 0)
    wide = cv2.copyMakeBorder(smooth, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    across = cv2.absdiff(wide[1:-1:2, 2:], wide[1:-1:2, :-2])
    down = cv2.absdiff(wide[2::2, 1:-1], wide[:-2:2, 1:-1])
    slope = np.asarray(cv2.max(across, down), np.uint8)
    if shown is not None:
        shown = shown[::2]
        slope *= shown
    steepest = tile_maxima(slope, ROWS_OF_TILE)
    if shown is not None:
        steepest = steepest[tile_maxima(shown, ROWS_OF_TILE) > 0]
    if not steepest.size:
        return 0.0
    typical = percentile_between(steepest, FOCUS_TILE_PERCENTILE)
    return typical / (SLOPE_PX * 255 * contrast)


def measure_detail(luminance: Pixels, shown: Mask | None) -> float:
    """Logarithm of fine by coarse structure, the median of the tiles.

    Args:
        luminance: uint8 (h, w).
        shown: what counts; None for all.
    """
    counted: NDArray[np.bool_] | None = None
    structure: list[Plane] = []
    below: Plane = luminance.astype(np.float32)  # means of a blurred picture differ by less than 1
    within = shown.astype(np.float32) if shown is not None else None
    for side, times in ((FINE, FINE), (COARSE, COARSE // FINE)):
        below = _averaged(below, times)
        around = np.asarray(cv2.boxFilter(below, cv2.CV_32F, (3, 3)), np.float32)
        strength = np.asarray(cv2.absdiff(below, around), np.float32)
        tile_px = TILE_PX // side
        if within is None:
            structure.append(tile_means(strength, tile_px))
            continue
        within = _averaged(within, times)
        weights = tile_means(within, tile_px)
        enough = weights >= max(LEAST_TILE * float(weights.max()), LEAST_WEIGHT)
        counted = enough if counted is None else counted & enough
        means = tile_means(strength * within, tile_px) / np.maximum(weights, LEAST_WEIGHT)
        structure.append(means.astype(np.float32))
    fine, coarse = structure if counted is None else (one[counted] for one in structure)
    if not fine.size:
        return 0.0
    ratios = (fine + LEAST_STRUCTURE) / (coarse + LEAST_STRUCTURE)
    return float(np.log(percentile_between(ratios, 50)))


def measure_noise(luminance: Pixels, shown: Mask | None) -> float:
    """Grain of the calmer tiles, standard deviation by the full scale, in [0, 1].

    Source: Immerkær (1996), Computer Vision and Image Understanding 64:300-302. Here a change of
    more than 255 counts as 255, which no calm place has.

    Args:
        luminance: uint8 (h, w).
        shown: what counts; None for all.
    """
    grain = cv2.sepFilter2D(luminance, cv2.CV_16S, GRAIN, GRAIN)
    strength: Plane = np.asarray(cv2.convertScaleAbs(grain), np.uint8).astype(np.float32)
    if shown is None:
        means = tile_means(strength)
    else:
        weights = tile_means(shown.astype(np.float32))
        means = tile_means(strength * shown)[weights > 0] / weights[weights > 0]
    if not means.size:
        return 0.0
    sigma = percentile_between(means, NOISE_TILE_PERCENTILE) * math.sqrt(math.pi / 2) / GRAIN_NORM
    return min(1.0, sigma / 255)


def measure_blockiness(pixels: Pixels, *, on_black: bool) -> float:
    """Mean step across block borders by the mean step elsewhere, on the picture's own pixels.

    Args:
        pixels: uint8 (H, W, 3), RGB, not resized; or (H, W), its luminance.
        on_black: whether black was put around what it shows.
    """
    height, width = pixels.shape[:2]
    top, left = (max(0, (side - WINDOW_PX) // 2 // BLOCK_PX * BLOCK_PX) for side in (height, width))
    window = pixels[top : top + WINDOW_PX, left : left + WINDOW_PX]
    if window.ndim == 3:  # noqa: PLR2004  colours
        window = np.asarray(cv2.cvtColor(window, cv2.COLOR_RGB2GRAY), np.uint8)
    at_borders, between = 0.0, 0.0
    for axis in (0, 1):
        if window.shape[axis] < LEAST_BLOCKS * BLOCK_PX:
            continue
        before, after = (window[:-1], window[1:]) if axis == 0 else (window[:, :-1], window[:, 1:])
        steps = np.asarray(cv2.absdiff(after, before), np.uint8)
        if on_black:
            # Where a cell was cut out, the step to the black ground says nothing.
            steps[np.minimum(after, before) <= 1] = 0
        every = slice(BLOCK_PX - 1, None, BLOCK_PX)
        of_borders = np.ascontiguousarray(steps[every] if axis == 0 else steps[:, every])
        total, theirs = cv2.sumElems(steps)[0], cv2.sumElems(of_borders)[0]
        at_borders += theirs / of_borders.size
        between += (total - theirs) / max(1, steps.size - of_borders.size)
    return at_borders / between if between > 0 else 1.0


def _averaged(plane: Plane, side: int) -> Plane:
    """Means of squares of so many pixels; what fills no square at the edges is left out."""
    tall, wide = (max(1, one // side) for one in plane.shape)
    cut = plane[: tall * side, : wide * side]
    return np.asarray(cv2.resize(cut, (wide, tall), interpolation=cv2.INTER_AREA), np.float32)
