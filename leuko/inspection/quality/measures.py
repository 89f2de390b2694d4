"""How good a picture is: focus, light, contrast, clipping, colour cast, noise, compression.

Everything but the size and the blocks of JPEG is measured on a copy of at most ``SIDE_PX`` pixels,
about what a network reads; for the sharpness, much smaller pictures are enlarged to that size, so
that pictures of different sizes compare. On a black ground only the inside of the cell is measured.
What is good enough is for the training pictures of a model to say, see
:mod:`leuko.inspection.quality.reference_ranges`.
"""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.inspection.cells.stain import find_black_ground
from leuko.inspection.pyramid import LONGEST_SIDE_PX, Copies
from leuko.inspection.quality.illumination import measure_light
from leuko.inspection.quality.sharpness_and_noise import (
    Mask,
    measure_blockiness,
    measure_detail,
    measure_focus,
    measure_noise,
)

Region = NDArray[np.bool_]

SIDE_PX: Final = LONGEST_SIDE_PX
LEAST_ENLARGED: Final = 4 / 3
"""Smaller pictures are enlarged only where that makes so much of a difference."""
RIM_PX: Final = 3
"""Of a copy of ``SIDE_PX``; less of a smaller one."""
LUMINANCE: Final = (0.299, 0.587, 0.114)
"""Of red, green and blue, after ITU-R BT.601."""
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
    def ground_colour(self) -> tuple[float, float, float]:
        """Red, green and blue of the glass or, on black, of the cell, about 0 to 255."""
        red, blue = (
            math.exp(half - self.greenness) for half in (self.warmth / 2, -self.warmth / 2)
        )
        weight = sum(share * one for share, one in zip(LUMINANCE, (red, 1.0, blue), strict=True))
        green = 255 * self.brightness / weight
        return red * green, green, blue * green

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to see, so that nothing else about the picture means much."""
        return self.contrast < BLANK_CONTRAST


def measure_quality(pixels: Pixels, copies: Copies | None = None) -> QualityMeasures:
    """Measure the quality of a picture; no network is asked.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        copies: of it, where the caller has them.
    """
    height, width = pixels.shape[:2]
    copies = copies if copies is not None else Copies.of(pixels)
    luminance = copies.luminance
    ground = find_black_ground(copies.small)
    shown = _inside(ground) if ground is not None else None
    light = measure_light(copies, shown)
    large, large_shown = _enlarge(luminance, shown)
    own = luminance if copies.small is pixels else pixels
    return QualityMeasures(
        focus=measure_focus(large, large_shown, max(light.contrast, LEAST_CONTRAST)),
        detail=measure_detail(large, large_shown),
        brightness=light.brightness,
        contrast=light.contrast,
        clipped_dark=light.clipped_dark,
        clipped_bright=light.clipped_bright,
        warmth=light.warmth,
        greenness=light.greenness,
        noise=measure_noise(luminance, shown),
        blockiness=measure_blockiness(own, on_black=ground is not None),
        filled=light.filled,
        width_px=width,
        height_px=height,
        on_black=ground is not None,
    )


def _enlarge(luminance: Pixels, shown: Mask | None) -> tuple[Pixels, Mask | None]:
    """Luminance, and where it counts, at about the size at which sharpness is measured."""
    height, width = luminance.shape
    scale = SIDE_PX / max(height, width)
    if scale <= LEAST_ENLARGED:
        return luminance, shown
    size = max(1, round(width * scale)), max(1, round(height * scale))
    large = np.asarray(cv2.resize(luminance, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    if shown is None:
        return large, None
    return large, np.asarray(cv2.resize(shown, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _inside(ground: Region) -> Mask | None:
    """The cell without its rim, where it was cut out; all of it where nothing else is left.

    None where there is no cell: then the blackness is what is measured.
    """
    if ground.all():
        return None
    cell = np.logical_not(ground).view(np.uint8)
    width = 2 * max(1, round(RIM_PX * max(ground.shape) / SIDE_PX)) + 1
    inner = np.asarray(cv2.erode(cell, np.ones((width, width), np.uint8)), np.uint8)
    return inner if inner.any() else cell
