"""How sharp, how detailed, how grainy a picture is, and whether JPEG's blocks show.

Sharpness and grain are statistics of tiles, so that a scale bar or an empty corner decides nothing.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.tiles import TILE_PX, of_tiles, percentile_between, tile_means

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Region = NDArray[np.bool_]

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
SOBEL_SUM: Final = 8
"""By which the kernel of 3 x 3 pixels exceeds the change within one pixel."""
GRAIN: Final = np.array([1, -2, 1], np.float32)


def measure_focus(luminance: Pixels, shown: Region | None, contrast: float) -> float:
    """Steepest edges of the tiles along an axis, the 85th percentile of the tiles, by the contrast.

    Source: an edge blurred by a Gaussian of σ pixels has a slope of contrast / (σ √(2π)).

    Args:
        luminance: uint8 (h, w).
        shown: what counts, (h, w); None for all.
        contrast: of the picture, in (0, 1].

    Returns:
        In [0, 1], about; 0 where nothing counts.
    """
    across, down = cv2.spatialGradient(cv2.GaussianBlur(luminance, (3, 3), 0))
    slope: NDArray[np.int16] = np.maximum(np.abs(across), np.abs(down))
    if shown is not None:
        slope[~shown] = 0
    steepest = of_tiles(slope, np.maximum)
    if shown is not None:
        steepest = steepest[of_tiles(shown, np.logical_or)]
    if not steepest.size:
        return 0.0
    typical = percentile_between(steepest.astype(np.float32), FOCUS_TILE_PERCENTILE)
    return typical / (SOBEL_SUM * 255 * contrast)


def measure_detail(luminance: Pixels, shown: Region | None) -> float:
    """Logarithm of fine by coarse structure, the median of the tiles.

    Args:
        luminance: uint8 (h, w).
        shown: what counts, (h, w); None for all.
    """
    counted: Region | None = None
    structure: list[Plane] = []
    below: Plane = luminance.astype(np.float32)  # means of a blurred picture differ by less than 1
    for side in (FINE, COARSE):
        below = _averaged(below, luminance.shape, side)
        around = np.asarray(cv2.boxFilter(below, cv2.CV_32F, (3, 3)), np.float32)
        strength = np.asarray(cv2.absdiff(below, around), np.float32)
        if shown is None:
            structure.append(tile_means(strength, TILE_PX // side))
            continue
        within = _averaged(shown.astype(np.float32), luminance.shape, side)
        weights = tile_means(within, TILE_PX // side)
        enough = weights >= max(LEAST_TILE * float(weights.max()), LEAST_WEIGHT)
        counted = enough if counted is None else counted & enough
        sums = tile_means(strength * within, TILE_PX // side)
        structure.append(np.asarray(sums / np.maximum(weights, LEAST_WEIGHT), np.float32))
    fine, coarse = structure if counted is None else (one[counted] for one in structure)
    if not fine.size:
        return 0.0
    ratios = (fine + LEAST_STRUCTURE) / (coarse + LEAST_STRUCTURE)
    return float(np.log(percentile_between(ratios, 50)))


def measure_noise(luminance: Pixels, shown: Region | None) -> float:
    """Grain of the calmer tiles, standard deviation by the full scale, in [0, 1].

    Source: Immerkær (1996), Computer Vision and Image Understanding 64:300-302.

    Args:
        luminance: uint8 (h, w).
        shown: what counts, (h, w); None for all.
    """
    grain = cv2.sepFilter2D(luminance, cv2.CV_16S, GRAIN, GRAIN)
    strength: Plane = np.abs(np.asarray(grain, np.int16)).astype(np.float32)
    if shown is None:
        means = tile_means(strength)
    else:
        weights = tile_means(shown.astype(np.float32))
        means = tile_means(strength * shown)[weights > 0] / weights[weights > 0]
    if not means.size:
        return 0.0
    sigma = percentile_between(means, NOISE_TILE_PERCENTILE) * np.sqrt(np.pi / 2) / 6
    return float(min(1.0, sigma / 255))


def measure_blockiness(pixels: Pixels, *, on_black: bool) -> float:
    """Mean step across block borders by the mean step elsewhere, on the picture's own pixels.

    Args:
        pixels: uint8 (H, W, 3), RGB, not resized.
        on_black: whether black was put around what it shows.
    """
    height, width = pixels.shape[:2]
    top, left = (max(0, (side - WINDOW_PX) // 2 // BLOCK_PX * BLOCK_PX) for side in (height, width))
    window = pixels[top : top + WINDOW_PX, left : left + WINDOW_PX]
    grey = np.asarray(cv2.cvtColor(window, cv2.COLOR_RGB2GRAY), np.uint8)
    at_borders, between = 0.0, 0.0
    for axis in (0, 1):
        if grey.shape[axis] < LEAST_BLOCKS * BLOCK_PX:
            continue
        before, after = (grey[:-1], grey[1:]) if axis == 0 else (grey[:, :-1], grey[:, 1:])
        steps = np.asarray(cv2.absdiff(after, before), np.uint8)
        if on_black:
            # Where a cell was cut out, the step to the black ground says nothing.
            steps[np.minimum(after, before) <= 1] = 0
        sums = np.asarray(cv2.reduce(steps, 1 - axis, cv2.REDUCE_SUM, dtype=cv2.CV_32S)).reshape(-1)
        of_borders = sums[BLOCK_PX - 1 :: BLOCK_PX]
        others = max(1, len(sums) - len(of_borders)) * steps.shape[1 - axis]
        at_borders += float(of_borders.mean()) / steps.shape[1 - axis]
        between += float(sums.sum() - of_borders.sum()) / others
    return at_borders / between if between > 0 else 1.0


def _averaged(plane: Plane, shape: tuple[int, ...], side: int) -> Plane:
    """Means of squares of so many pixels of a picture of ``shape``."""
    size = max(1, shape[1] // side), max(1, shape[0] // side)
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.float32)
