"""How good a picture is: focus, light, contrast, clipping, colour cast, noise, compression.

Everything but the size and the blocks of JPEG is measured on a copy whose longer side has
``SIDE_PX`` pixels, about what a network reads, so that pictures of different sizes compare. On a
black ground only the inside of the cell is measured. What is good enough is for the training
pictures of a model to say, see :mod:`leuko.imaging.quality_ranges`.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.shrink import LONGEST_SIDE_PX, shrink
from leuko.imaging.stain import find_black_ground

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Region = NDArray[np.bool_]

SIDE_PX: Final = LONGEST_SIDE_PX
TILE_PX: Final = 16
BLOCK_PX: Final = 8
"""Side of the blocks of JPEG."""
WINDOW_PX: Final = 512
"""Blocks are looked for in the middle of a picture alone, so that a large one costs no more."""
LIGHT_PERCENTILE: Final = 90
CONTRAST_PERCENTILES: Final = (1, 99)
FOCUS_TILE_PERCENTILE: Final = 85
"""A burnt-in scale bar is always sharp; it covers fewer tiles than the rest of this."""
NOISE_TILE_PERCENTILE: Final = 25
CLIPPED_UP_TO, CLIPPED_FROM = 1, 254
STANDS_OUT: Final = 24
"""Of 255: a pixel belongs to what a picture shows when a channel differs from the ground by it."""
RIM_PX: Final = 3
LEAST_CONTRAST: Final = 1 / 255
BLANK_CONTRAST: Final = 0.06
"""Below, there is nothing to see, whatever a model was trained on."""


@dataclass(frozen=True)
class QualityMeasures:
    """What was measured on one picture.

    Attributes:
        focus: steepest change of brightness within one pixel of the normalised copy, as a share
            of the whole contrast, in [0, 1]; the blurrier, the lower.
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
    copy = _normalise(small if small is not None else shrink(pixels))
    ground = find_black_ground(copy)
    shown = _inside(ground) if ground is not None else np.ones(copy.shape[:2], np.bool_)
    if not shown.any():
        shown = np.ones(copy.shape[:2], np.bool_)
    inside = copy[shown]  # (n, 3)
    luminance = np.asarray(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), np.uint8)
    grey = luminance[shown]
    darkest, brightest = np.percentile(grey, CONTRAST_PERCENTILES)
    contrast = float(brightest - darkest) / 255
    light = float(np.percentile(grey, LIGHT_PERCENTILE))
    # What casts colour on a picture shows on the glass; on black, on the whole cell.
    glass = inside[grey >= light] if ground is None else inside
    red, green, blue = (glass.mean(axis=0, dtype=np.float64) + 1).tolist()
    away = np.abs(copy.astype(np.int16) - _ground_colour(glass, ground)).max(axis=2)
    return QualityMeasures(
        focus=_focus(luminance, shown, max(contrast, LEAST_CONTRAST)),
        brightness=light / 255,
        contrast=contrast,
        clipped_dark=float((inside <= CLIPPED_UP_TO).mean()),
        clipped_bright=float((inside >= CLIPPED_FROM).mean()),
        warmth=float(np.log(red / blue)),
        greenness=float(np.log(green * green / (red * blue)) / 2),
        noise=_noise(luminance, shown),
        blockiness=_blockiness(pixels, on_black=ground is not None),
        filled=float((away > STANDS_OUT).mean()),
        width_px=width,
        height_px=height,
        on_black=ground is not None,
    )


def _normalise(small: Pixels) -> Pixels:
    """Enlarge what is smaller than the copy that all are measured on."""
    height, width = small.shape[:2]
    scale = SIDE_PX / max(height, width)
    if scale <= 1:
        return small
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(small, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _inside(ground: Region) -> Region:
    """The cell without its rim, where it was cut out; all of it where nothing else is left."""
    cell = np.logical_not(ground).astype(np.uint8)
    inner = np.asarray(cv2.erode(cell, np.ones((2 * RIM_PX + 1, 2 * RIM_PX + 1), np.uint8)))
    return np.asarray((inner if inner.any() else cell) > 0)


def _ground_colour(glass: Pixels, ground: Region | None) -> NDArray[np.int16]:
    if ground is not None:
        return np.zeros(3, np.int16)
    middle: NDArray[np.int16] = np.median(glass[:: max(1, len(glass) // 1024)], axis=0)
    return middle.astype(np.int16)


def _focus(luminance: Pixels, shown: Region, contrast: float) -> float:
    """Steepest edges of the tiles, the 85th percentile of the tiles, by the contrast.

    Source: an edge blurred by a Gaussian of σ pixels has a slope of contrast / (σ √(2π)).
    """
    smooth = np.asarray(cv2.GaussianBlur(luminance, (3, 3), 0), np.float32)
    across = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 1, 0, scale=1 / 8))
    down = np.asarray(cv2.Sobel(smooth, cv2.CV_32F, 0, 1, scale=1 / 8))
    slope = np.asarray(cv2.magnitude(across, down), np.float32)
    slope[~shown] = 0
    steepest = _tiles(slope).max(axis=1)
    steepest = steepest[_tiles(shown.astype(np.float32)).any(axis=1)]
    if not steepest.size:
        return 0.0
    return float(np.percentile(steepest, FOCUS_TILE_PERCENTILE)) / (255 * contrast)


def _noise(luminance: Pixels, shown: Region) -> float:
    """Grain of the calmer tiles.

    Source: Immerkær (1996), Computer Vision and Image Understanding 64:300-302.
    """
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    grain = np.abs(np.asarray(cv2.filter2D(luminance, cv2.CV_32F, kernel), np.float32))
    grain[~shown] = 0
    weights = _tiles(shown.astype(np.float32)).mean(axis=1)
    means = _tiles(grain).mean(axis=1)[weights > 0] / weights[weights > 0]
    if not means.size:
        return 0.0
    sigma = float(np.percentile(means, NOISE_TILE_PERCENTILE)) * np.sqrt(np.pi / 2) / 6
    return float(min(1.0, sigma / 255))


def _tiles(plane: Plane) -> Plane:
    """(h, w) to (tiles, pixels of a tile); what fills no tile at the edges is left out."""
    tall, wide = (max(1, min(TILE_PX, side)) for side in plane.shape)
    rows, columns = plane.shape[0] // tall, plane.shape[1] // wide
    cut = plane[: rows * tall, : columns * wide].reshape(rows, tall, columns, wide)
    return cut.transpose(0, 2, 1, 3).reshape(rows * columns, tall * wide)


def _blockiness(pixels: Pixels, *, on_black: bool) -> float:
    """Mean step across block borders by the mean step elsewhere, on the picture's own pixels."""
    height, width = pixels.shape[:2]
    top, left = (max(0, (side - WINDOW_PX) // 2 // BLOCK_PX * BLOCK_PX) for side in (height, width))
    window = np.ascontiguousarray(pixels[top : top + WINDOW_PX, left : left + WINDOW_PX])
    grey = np.asarray(cv2.cvtColor(window, cv2.COLOR_RGB2GRAY), np.int16)
    counted = window.max(axis=2) > CLIPPED_UP_TO if on_black else None
    at_borders, between = [], []
    for axis in (0, 1):
        if grey.shape[axis] < 2 * BLOCK_PX:
            continue
        steps = np.abs(np.diff(grey, axis=axis)).astype(np.float32)
        if counted is None:
            means = steps.mean(axis=1 - axis)
        else:
            both = np.minimum(*_neighbours(counted, axis))
            means = (steps * both).sum(axis=1 - axis) / np.maximum(1, both.sum(axis=1 - axis))
        place = np.arange(len(means)) % BLOCK_PX
        at_borders.append(means[place == BLOCK_PX - 1].mean())
        between.append(means[place != BLOCK_PX - 1].mean())
    if not between or sum(between) <= 0:
        return 1.0
    return float(sum(at_borders) / sum(between))


def _neighbours(counted: Region, axis: int) -> tuple[Region, Region]:
    if axis == 0:
        return counted[:-1], counted[1:]
    return counted[:, :-1], counted[:, 1:]
