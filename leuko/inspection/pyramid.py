"""Small copies of a picture, on which cells, kind and quality are measured."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from leuko.arrays import Pixels

LONGEST_SIDE_PX: Final = 256
TINY_SIDE_PX: Final = 64
LEAST_HALVED_PX: Final = 32
"""What has a shorter side is not halved."""


def shrink(pixels: Pixels, longest_px: int = LONGEST_SIDE_PX) -> Pixels:
    """The same picture with no side above ``longest_px``; itself when it is that small already.

    Args:
        pixels: uint8 (H, W, 3) or (H, W).
        longest_px: of the copy.
    """
    height, width = pixels.shape[:2]
    scale = longest_px / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    if scale < 0.5:  # noqa: PLR2004  twice the size first: averaging 2 x 2 is far faster than any
        doubled = size[0] * 2, size[1] * 2
        pixels = np.asarray(cv2.resize(pixels, doubled, interpolation=cv2.INTER_LINEAR), np.uint8)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def halve(pixels: Pixels) -> Pixels:
    """Means of squares of 2 x 2 pixels; an odd row or column at the end is left out.

    Args:
        pixels: uint8 (h, w, 3) or (h, w), both sides of 2 pixels or more.
    """
    height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
    even = pixels[: 2 * height, : 2 * width]
    return np.asarray(cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, eq=False, slots=True)
class Copies:
    """What is measured on a picture, made once for all measures.

    Attributes:
        picture: as it came, uint8 (H, W, 3), RGB.
        small: by :func:`shrink`, uint8 (h, w, 3).
        luminance: of ``small``, uint8 (h, w).
        half: of ``small``, or itself where that has few pixels, uint8 (a, b, 3).
        tiny: no side above ``TINY_SIDE_PX``, uint8 (c, d, 3).
    """

    picture: Pixels
    small: Pixels
    luminance: Pixels
    half: Pixels
    tiny: Pixels

    @classmethod
    def of(cls, picture: Pixels, small: Pixels | None = None) -> "Copies":
        """Copies of a picture of any size; ``small`` where the caller has it."""
        if small is None:
            small = shrink(picture)
        half = _halve_if_large(small)
        return cls(picture, small, grey(small), half, _tiny(half))


def grey(pixels: Pixels) -> Pixels:
    """Luminance of uint8 (h, w, 3), (h, w)."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def _halve_if_large(pixels: Pixels) -> Pixels:
    sides = pixels.shape[:2]
    return halve(pixels) if max(sides) > TINY_SIDE_PX and min(sides) >= LEAST_HALVED_PX else pixels


def _tiny(half: Pixels) -> Pixels:
    height, width = half.shape[:2]
    scale = TINY_SIDE_PX / max(height, width)
    if scale >= 1:
        return half
    size = max(1, round(width * scale)), max(1, round(height * scale))
    # Of at most twice the size: between pixels is as good as their average, in a fifth of the time.
    return np.asarray(cv2.resize(half, size, interpolation=cv2.INTER_LINEAR), np.uint8)
