"""The leukocytes of one picture, one by one."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Polygon = NDArray[np.int32]
"""(n, 2), x and y of corners, pixels of the picture."""


class Box(NamedTuple):
    """A rectangle in pixels of a picture; right and bottom edges are exclusive."""

    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True, eq=False)
class Cell:
    """One leukocyte; all lengths in pixels of the whole picture.

    Attributes:
        box: around cell and nucleus, inside the picture.
        centre: of the nucleus, (x, y).
        nucleus_px: diameter of a disk of the nucleus's area.
        outline: around the cell.
        nucleus: around each lobe of the nucleus.
        touches_edge: whether the border of the picture cuts the cell off.
        nucleus_in_red_cells: ``nucleus_px`` in diameters of the picture's red cells; None where
            these could not be measured.
    """

    box: Box
    centre: tuple[float, float]
    nucleus_px: float
    outline: Polygon
    nucleus: tuple[Polygon, ...]
    touches_edge: bool
    nucleus_in_red_cells: float | None = None


@dataclass(frozen=True, eq=False)
class FoundCells:
    """All leukocytes of a picture.

    Attributes:
        width_px, height_px: of the picture.
        cells: in an order that is the same every time.
        red_cell_px: diameter of its red cells; None where these could not be measured.
    """

    width_px: int
    height_px: int
    cells: tuple[Cell, ...]
    red_cell_px: float | None = None
