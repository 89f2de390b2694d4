"""The light in a picture: how bright, how strong, of what colour, and how much is lost at the ends.

Measured on means of 2 x 2 pixels, so that half of the grain and single lost pixels do not count.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.inspection.pyramid import Copies, grey
from leuko.inspection.tile_statistics import counts_of_values, lower_percentiles

Mask = NDArray[np.uint8]

PERCENTILES: Final = (1, 90, 99)
"""Of luminance: the dark end, the glass and the bright end."""
CLIPPED_UP_TO, CLIPPED_FROM = 1, 254
STANDS_OUT: Final = 24
"""Of 255: a pixel belongs to what a picture shows when a channel differs from the ground by it."""


@dataclass(frozen=True, slots=True)
class Light:
    """See :class:`leuko.inspection.quality.measures.QualityMeasures`."""

    brightness: float
    contrast: float
    clipped_dark: float
    clipped_bright: float
    warmth: float
    greenness: float
    filled: float


def measure_light(copies: Copies, shown: Mask | None) -> Light:
    """Measure the light.

    Args:
        copies: of the picture.
        shown: inside of a cell on black ground, 1 there and 0 elsewhere, of the size of
            ``copies.small``; None for all.
    """
    calm, shown_calm = copies.half, shown
    if shown is not None and calm is not copies.small:
        shown_calm = np.ascontiguousarray(shown[::2, ::2][: calm.shape[0], : calm.shape[1]])
    luminance = grey(calm)
    counts = counts_of_values(luminance, shown_calm)
    darkest, light, brightest = lower_percentiles(counts, PERCENTILES)
    # What casts colour on a picture shows on the glass; on black, on the whole cell.
    lit = shown_calm if shown_calm is not None else luminance >= light
    mean = cv2.mean(calm, mask=lit.view(np.uint8))[:3]
    red, green, blue = (value + 1 for value in mean)
    clipped_dark, clipped_bright = _clipped(calm, shown_calm)
    return Light(
        brightness=light / 255,
        contrast=(brightest - darkest) / 255,
        clipped_dark=clipped_dark,
        clipped_bright=clipped_bright,
        warmth=math.log(red / blue),
        greenness=math.log(green * green / (red * blue)) / 2,
        filled=_filled(calm, mean if shown is None else (0.0, 0.0, 0.0)),
    )


def _clipped(calm: Pixels, shown: Mask | None) -> tuple[float, float]:
    """Shares of channel values at the lower and at the upper end."""
    low, high = calm <= CLIPPED_UP_TO, calm >= CLIPPED_FROM
    number: int = calm.size
    if shown is not None:
        inside = shown.view(np.bool_)
        low &= inside[..., None]
        high &= inside[..., None]
        number = max(1, 3 * int(np.count_nonzero(inside)))
    return int(np.count_nonzero(low)) / number, int(np.count_nonzero(high)) / number


def _filled(calm: Pixels, ground: Sequence[float]) -> float:
    lowest, highest = (
        tuple(round(one) + step for one in ground) for step in (-STANDS_OUT, STANDS_OUT)
    )
    like_ground = cv2.countNonZero(cv2.inRange(calm, lowest, highest))
    return 1.0 - like_ground / int(calm.shape[0] * calm.shape[1])
