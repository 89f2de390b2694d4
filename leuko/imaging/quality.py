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

from leuko.imaging.fine_structure import (
    measure_blockiness,
    measure_detail,
    measure_focus,
    measure_noise,
)
from leuko.imaging.shrink import LONGEST_SIDE_PX, shrink
from leuko.imaging.stain import find_black_ground
from leuko.imaging.tiles import counts_of_values, percentiles

Pixels = NDArray[np.uint8]
Region = NDArray[np.bool_]

SIDE_PX: Final = LONGEST_SIDE_PX
PERCENTILES: Final = (1, 90, 99)
"""Of luminance: the dark end, the glass and the bright end."""
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
    darkest, light, brightest = percentiles(counts_of_values(calm, shown), PERCENTILES)
    contrast = (brightest - darkest) / 255
    # What casts colour on a picture shows on the glass; on black, on the whole cell.
    lit = luminance >= light if shown is None else shown
    mean = cv2.mean(copy, mask=lit.view(np.uint8))[:3]
    red, green, blue = (value + 1 for value in mean)
    clipped_dark, clipped_bright = _clipped(copy, shown)
    large, large_shown = _enlarge(luminance, shown)
    return QualityMeasures(
        focus=measure_focus(large, large_shown, max(contrast, LEAST_CONTRAST)),
        detail=measure_detail(large, large_shown),
        brightness=light / 255,
        contrast=contrast,
        clipped_dark=clipped_dark,
        clipped_bright=clipped_bright,
        warmth=math.log(red / blue),
        greenness=math.log(green * green / (red * blue)) / 2,
        noise=measure_noise(luminance, shown),
        blockiness=measure_blockiness(pixels, on_black=ground is not None),
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
    wide = cv2.resize(shown.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)
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


def _clipped(copy: Pixels, shown: Region | None) -> tuple[float, float]:
    """Shares of channel values at the lower and at the upper end."""
    low, high = copy <= CLIPPED_UP_TO, copy >= CLIPPED_FROM
    number: int = copy.size
    if shown is not None:
        low &= shown[..., None]
        high &= shown[..., None]
        number = 3 * int(np.count_nonzero(shown))
    return int(np.count_nonzero(low)) / number, int(np.count_nonzero(high)) / number


def _filled(copy: Pixels, ground: Sequence[float]) -> float:
    lowest, highest = (
        tuple(round(one) + step for one in ground) for step in (-STANDS_OUT, STANDS_OUT)
    )
    like_ground = cv2.countNonZero(cv2.inRange(copy, lowest, highest))
    return 1.0 - like_ground / int(copy.shape[0] * copy.shape[1])
