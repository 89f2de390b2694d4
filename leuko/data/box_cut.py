"""The part of a picture that a sample means."""

import numpy as np

from leuko.arrays import Pixels
from leuko.inspection.cells.found import Box


def cut_box(pixels: Pixels, box: Box | None) -> Pixels:
    """What lies in a box.

    Args:
        pixels: uint8 (H, W, 3).
        box: in pixels of the picture; None for the whole picture.

    Returns:
        uint8 (h, w, 3), contiguous; what a box says beyond the border is left away.

    Raises:
        ValueError: when nothing of the box lies in the picture.
    """
    if box is None:
        return pixels
    height, width = pixels.shape[:2]
    rows = slice(max(box.top, 0), min(box.top + box.height, height))
    columns = slice(max(box.left, 0), min(box.left + box.width, width))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        raise ValueError(f"{box} lies outside a picture of {width} x {height} pixels")
    return np.ascontiguousarray(pixels[rows, columns])
