"""Find every leukocyte of a picture as an instance of its own."""

from typing import Final

import cv2
import numpy as np

from leuko.arrays import BytePlane, Pixels
from leuko.inspection.cells.found import Box, Cell, FoundCells, Polygon
from leuko.inspection.cells.mask import NUCLEUS, OUTSIDE
from leuko.inspection.cells.segmentation import find_cells

LEAST_CORNERS: Final = 3


def find_leukocytes(pixels: Pixels) -> FoundCells:
    """Every leukocyte of a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
    """
    height, width = pixels.shape[:2]
    mask = find_cells(pixels)
    count, labels = cv2.connectedComponents((mask != OUTSIDE).astype(np.uint8))
    scale = width / mask.shape[1], height / mask.shape[0]
    cells = [
        cell
        for number in range(1, count)
        if (cell := _cell(labels == number, mask, scale, (width, height))) is not None
    ]
    return FoundCells(width, height, tuple(cells))


def _cell(
    region: np.ndarray, mask: BytePlane, scale: tuple[float, float], size: tuple[int, int]
) -> Cell | None:
    nucleus = region & (mask == NUCLEUS)
    area = int(nucleus.sum())
    if not area:
        return None
    rows, columns = np.nonzero(nucleus)
    cell_rows, cell_columns = np.nonzero(region)
    left, top = int(cell_columns.min() * scale[0]), int(cell_rows.min() * scale[1])
    right = min(size[0], int(np.ceil((cell_columns.max() + 1) * scale[0])))
    bottom = min(size[1], int(np.ceil((cell_rows.max() + 1) * scale[1])))
    centre = ((columns.mean() + 0.5) * scale[0], (rows.mean() + 0.5) * scale[1])
    return Cell(
        box=Box(left, top, right - left, bottom - top),
        centre=(float(centre[0]), float(centre[1])),
        nucleus_px=float(2 * np.sqrt(area * scale[0] * scale[1] / np.pi)),
        outline=max(_polygons(region, scale), key=len),
        nucleus=tuple(_polygons(nucleus, scale)),
        touches_edge=left == 0 or top == 0 or right == size[0] or bottom == size[1],
    )


def _polygons(region: np.ndarray, scale: tuple[float, float]) -> list[Polygon]:
    found, _ = cv2.findContours(region.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    return [
        np.rint((contour[:, 0] + 0.5) * scale).astype(np.int32)
        for contour in found
        if len(contour) >= LEAST_CORNERS
    ] or [np.rint((found[0][:, 0] + 0.5) * scale).astype(np.int32)]
