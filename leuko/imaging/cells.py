"""Find leukocytes in a picture by colour, and in them the nucleus; no network is asked.

Romanowsky stains (Wright, Giemsa, Leishman, May-Grünwald) colour nuclei purple: they absorb green
light far more than blue light. Red cells absorb both alike, and glass absorbs nothing. The
difference of the two optical densities, with the background's colour as white, is therefore high
in nuclei, lower in the cytoplasm around them and near zero elsewhere, whatever the colour of the
lamp. A cell is what surrounds a nucleus that is large enough.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.cell_mask import CYTOPLASM, LONGEST_SIDE_PX, NUCLEUS, OUTSIDE, CellMask

Pixels = NDArray[np.uint8]
Density = NDArray[np.float32]

__all__ = ["CYTOPLASM", "NUCLEUS", "OUTSIDE", "find_cells"]


def find_cells(pixels: Pixels) -> CellMask:
    """Where the leukocytes of a picture lie.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.

    Returns:
        uint8 (h, w) with the values OUTSIDE, CYTOPLASM and NUCLEUS, in the picture's proportions,
        longest side ``LONGEST_SIDE_PX`` at most; OUTSIDE everywhere when no cell is found.
    """
    small = _shrink(pixels)
    density = _optical_density(small)
    purple = density[..., 1] - density[..., 2]
    threshold, _ = cv2.threshold(
        (purple.clip(0, 2) * 127).astype(np.uint8), 0, 1, cv2.THRESH_BINARY + cv2.THRESH_OTSU
    )
    level = max(float(threshold) / 127, 0.2)
    nucleus = (purple > level).astype(np.uint8)
    near = cv2.dilate(nucleus, np.ones((9, 9), np.uint8))
    cell = (near > 0) & (purple > level / 3)
    mask = np.zeros(small.shape[:2], np.uint8)
    mask[cell] = CYTOPLASM
    mask[nucleus > 0] = NUCLEUS
    return mask


def _shrink(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    scale = LONGEST_SIDE_PX / max(height, width)
    if scale >= 1:
        return pixels
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _optical_density(pixels: Pixels) -> Density:
    white = np.maximum(np.percentile(pixels.reshape(-1, 3), 90, axis=0), 1)
    table = -np.log(np.maximum(np.arange(256), 1)[:, None] / white)
    density: Density = np.stack([table[:, c][pixels[..., c]] for c in range(3)], axis=-1)
    return density.astype(np.float32)
