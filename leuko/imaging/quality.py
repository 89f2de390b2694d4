"""How good a picture is: focus, light, contrast, clipping, colour cast, noise, compression.

Everything but the size and the blocks of JPEG is measured on a copy of at most ``SIDE_PX`` pixels,
about what a network reads; for the sharpness, smaller pictures are enlarged to that size, so that
pictures of different sizes compare. On a black ground only the inside of the cell is measured. What
is good enough is for the training pictures of a model to say, see
:mod:`leuko.imaging.quality_ranges`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.shrink import LONGEST_SIDE_PX, shrink
from leuko.imaging.stain import find_black_ground
from leuko.imaging.tiles import of_tiles, percentiles, tile_means

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Region = NDArray[np.bool_]

SIDE_PX: Final = LONGEST_SIDE_PX
BLOCK_PX: Final = 8
"""Side of the blocks of JPEG."""
LEAST_BLOCKS: Final = 6
"""In a smaller picture too few borders lie for their steps to mean anything."""
WINDOW_PX: Final = 512
"""Blocks are looked for in the middle of a picture alone, so that a large one costs no more."""
PERCENTILES: Final = (1, 90, 99)
"""Of luminance: the dark end, the glass and the bright end."""
FOCUS_TILE_PERCENTILE: Final = 85
"""A burnt-in scale bar is always sharp; it covers fewer tiles than the rest of this."""
NOISE_TILE_PERCENTILE: Final = 25
DETAIL_PX: Final = (3, 7, 13, 27)
"""Sides of the averages whose differences are fine and coarse structure."""
LEAST_STRUCTURE: Final = 0.05
LEAST_TILE: Final = 0.3
CLIPPED_UP_TO, CLIPPED_FROM = 1, 254
STANDS_OUT: Final = 24
"""Of 255: a pixel belongs to what a picture shows when a channel differs from the ground by it."""
RIM_PX: Final = 3
"""Of a copy of ``SIDE_PX``; less of a smaller one."""
LEAST_CONTRAST: Final = 1 / 255
BLANK_CONTRAST: Final = 0.03
"""Below, there is nothing to see, whatever a model was trained on."""


@dataclass(frozen=True, slots=True)
class QualityMeasures:
    """What was measured on one picture.

    Attributes:
        focus: steepest change of brightness within one pixel of the normalised copy, as a share
            of the whole contrast, in [0, 1]; the blurrier, the lower.
        detail: ln(fine structure / coarse structure), about -2 to 0; what blurs a picture takes
            the fine structure first, also inside a cell that shows no edge.
        brightness: luminance of the glass or, on black, of the cell's bright tenth, in [0, 1].
        contrast: luminance between the darkest and the brightest hundredth, in [0, 1].
        clipped_dark: share of channel values at the lower end of the scale, in [0, 1].
        clipped_bright: share of channel values at the upper end, in [0, 1].
        warmth: ln(red / blue) of the glass or, on black, of the cell; above 0 is yellowish or
            reddish, below 0 bluish.
        greenness: ln(green² / (red · blue)) / 2 of the same; below 0 is magenta.
        noise: standard deviation of the grain in calm places, of the full scale, in [0, 1].
        blockiness: steps across the borders of 8 x 8 blocks by steps within them; 1 without
            visible compression, above 1 the stronger it is.
        filled: share of the picture that stands out from its ground, in [0, 1].
        width_px, height_px: of the picture as it came.
        on_black: whether it was measured inside a cell on black ground alone.
    """

    focus: float
    detail: float
    brightness: float
    contrast: float
    clipped_dark: float
    clipped_bright: float
    warmth: float
    greenness: float
    noise: float
    blockiness: float
    filled: float
    width_px: int
    height_px: int
    on_black: bool

    @property
    def short_side_px(self) -> int:
        """The shorter side of the picture, pixels."""
        return min(self.width_px, self.height_px)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to see, so that nothing else about the picture means much."""
        return self.contrast < BLANK_CONTRAST


def measure_quality(pixels: Pixels, small: Pixels | None = None) -> QualityMeasures:
    """Measure the quality of a picture; no network is asked.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        small: its copy by :func:`leuko.imaging.shrink.shrink`, where the caller has one.
    """
    height, width = pixels.shape[:2]
    copy = small if small is not None else shrink(pixels)
    ground = find_black_ground(copy)
    shown = _inside(ground) if ground is not None else None
    luminance = np.asarray(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), np.uint8)
    calm = np.asarray(cv2.blur(luminance, (3, 3)), np.uint8)  # grain is no contrast
    grey = calm[shown] if shown is not None else calm.reshape(-1)
    inside = copy[shown] if shown is not None else copy.reshape(-1, 3)
    darkest, light, brightest = percentiles(grey, PERCENTILES)
    contrast = (brightest - darkest) / 255
    # What casts colour on a picture shows on the glass; on black, on the whole cell.
    lit = luminance >= light if shown is None else shown
    mean = cv2.mean(copy, mask=lit.astype(np.uint8))[:3]
    red, green, blue = (value + 1 for value in mean)
    large, large_shown = _enlarge(luminance, shown)
    return QualityMeasures(
        focus=_focus(large, large_shown, max(contrast, LEAST_CONTRAST)),
        detail=_detail(large, large_shown),
        brightness=light / 255,
        contrast=contrast,
        clipped_dark=float(np.count_nonzero(inside <= CLIPPED_UP_TO) / inside.size),
        clipped_bright=float(np.count_nonzero(inside >= CLIPPED_FROM) / inside.size),
        warmth=math.log(red / blue),
        greenness=math.log(green * green / (red * blue)) / 2,
        noise=_noise(luminance, shown),
        blockiness=_blockiness(pixels, on_black=ground is not None),
        filled=_filled(copy, mean if ground is None else (0.0, 0.0, 0.0)),
        width_px=width,
        height_px=height,
        on_black=ground is not None,
    )


def _enlarge(luminance: Pixels, shown: Region | None) -> tuple[Pixels, Region | None]:
    """Luminance, and where it counts, at the size at which sharpness is measured."""
    height, width = luminance.shape
    scale = SIDE_PX / max(height, width)
    if scale <= 1:
        return luminance, shown
    size = max(1, round(width * scale)), max(1, round(height * scale))
    large = np.asarray(cv2.resize(luminance, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    if shown is None:
        return large, None
    wide = cv2.resize(shown.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST)
    return large, np.asarray(wide) > 0


def _inside(ground: Region) -> Region | None:
    """The cell without its rim, where it was cut out; all of it where nothing else is left.

    None where there is no cell: then the blackness is what is measured.
    """
    if ground.all():
        return None
    cell = np.logical_not(ground).astype(np.uint8)
    width = 2 * max(1, round(RIM_PX * max(ground.shape) / SIDE_PX)) + 1
    inner = np.asarray(cv2.erode(cell, np.ones((width, width), np.uint8)))
    return np.asarray((inner if inner.any() else cell) > 0)


def _filled(copy: Pixels, ground: Sequence[float]) -> float:
    level = np.rint(ground).astype(np.uint8)
    planes = cv2.split(copy)
    away = [
        cv2.absdiff(plane, np.full_like(plane, one))
        for plane, one in zip(planes, level, strict=True)
    ]
    farthest = cv2.max(cv2.max(away[0], away[1]), away[2])
    return float(np.count_nonzero(np.asarray(farthest) > STANDS_OUT) / farthest.size)


def _focus(luminance: Pixels, shown: Region | None, contrast: float) -> float:
    """Steepest edges of the tiles, the 85th percentile of the tiles, by the contrast.

    Source: an edge blurred by a Gaussian of σ pixels has a slope of contrast / (σ √(2π)).
    """
    smooth = np.asarray(cv2.GaussianBlur(luminance, (3, 3), 0), np.float32)
    across = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8))
    down = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8))
    slope = np.asarray(cv2.magnitude(across, down), np.float32)
    if shown is not None:
        slope[~shown] = 0
    steepest = of_tiles(slope, np.maximum)
    if shown is not None:
        steepest = steepest[of_tiles(shown, np.logical_or)]
    if not steepest.size:
        return 0.0
    return float(np.percentile(steepest, FOCUS_TILE_PERCENTILE)) / (255 * contrast)


def _detail(luminance: Pixels, shown: Region | None) -> float:
    """Logarithm of fine by coarse structure, the median of the tiles."""
    fine, less_fine, coarse, coarsest = (
        np.asarray(cv2.boxFilter(luminance, cv2.CV_32F, (side, side)), np.float32)
        for side in DETAIL_PX
    )
    bands: list[Plane] = [np.abs(fine - less_fine), np.abs(coarse - coarsest)]
    if shown is None:
        shares = [tile_means(band) for band in bands]
    else:
        weights = tile_means(shown.astype(np.float32))
        counted = weights >= LEAST_TILE * weights.max()
        shares = [tile_means(band * shown)[counted] / weights[counted] for band in bands]
    ratios = np.log((shares[0] + LEAST_STRUCTURE) / (shares[1] + LEAST_STRUCTURE))
    return float(np.median(ratios))


def _noise(luminance: Pixels, shown: Region | None) -> float:
    """Grain of the calmer tiles.

    Source: Immerkær (1996), Computer Vision and Image Understanding 64:300-302.
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    grain: Plane = np.abs(np.asarray(cv2.filter2D(luminance, cv2.CV_32F, kernel), np.float32))
    if shown is None:
        means = tile_means(grain)
    else:
        weights = tile_means(shown.astype(np.float32))
        means = tile_means(grain * shown)[weights > 0] / weights[weights > 0]
    if not means.size:
        return 0.0
    sigma = float(np.percentile(means, NOISE_TILE_PERCENTILE)) * np.sqrt(np.pi / 2) / 6
    return float(min(1.0, sigma / 255))


def _blockiness(pixels: Pixels, *, on_black: bool) -> float:
    """Mean step across block borders by the mean step elsewhere, on the picture's own pixels."""
    height, width = pixels.shape[:2]
    top, left = (max(0, (side - WINDOW_PX) // 2 // BLOCK_PX * BLOCK_PX) for side in (height, width))
    window = np.ascontiguousarray(pixels[top : top + WINDOW_PX, left : left + WINDOW_PX])
    grey = np.asarray(cv2.cvtColor(window, cv2.COLOR_RGB2GRAY), np.uint8)
    at_borders, between = 0.0, 0.0
    for plane in (grey, np.ascontiguousarray(grey.T)):
        if len(plane) < LEAST_BLOCKS * BLOCK_PX:
            continue
        steps = np.asarray(cv2.absdiff(plane[1:], plane[:-1]), np.uint8)
        if on_black:
            # Where a cell was cut out, the step to the black ground says nothing.
            steps[cv2.min(plane[1:], plane[:-1]) <= CLIPPED_UP_TO] = 0
        sums = np.asarray(cv2.reduce(steps, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32S)).reshape(-1)
        borders = np.arange(len(sums)) % BLOCK_PX == BLOCK_PX - 1
        at_borders += float(sums[borders].mean()) / plane.shape[1]
        between += float(sums[~borders].mean()) / plane.shape[1]
    return at_borders / between if between > 0 else 1.0
