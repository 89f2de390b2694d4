"""A small copy of a picture, on which cells, kind and quality are measured."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

LONGEST_SIDE_PX: Final = 256


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
