"""Find every leukocyte of a picture as an instance of its own.

A small network (:mod:`leuko.inspection.cells.network`) maps nuclei, cells and their centres on a
grid on which a nucleus is about ``GRID_NUCLEUS_PX`` across. How large nuclei are is guessed by
colour first; where the network finds them much larger or smaller than guessed, it looks once more.
How often it is right is measured by ``python -m leuko measure-cells``, see docs/CELLS.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.inspection.cells.contrast import stands_out
from leuko.inspection.cells.found import Box, Cell, FoundCells, Polygon
from leuko.inspection.cells.instances import GRID_NUCLEUS_PX, PART_FROM, Found, divide
from leuko.inspection.cells.network import read_maps
from leuko.inspection.cells.red_cells import measure_red_cells
from leuko.inspection.cells.scale import estimate_nucleus_px
from leuko.inspection.cells.stain import measure_densities

GRID_BOUNDS_PX: Final = (19.0, 35.0)
"""Where the nuclei found on the grid are usually smaller or larger, a second look is taken."""
SURE_FROM: Final = 0.6
"""Median certainty of the cells; below, other scales are tried."""
OTHER_SIZES: Final = (0.6, 0.36, 1.7)
"""Of nuclei, by the size that was guessed."""
COARSE: Final = 1.8
"""Size of nuclei by the usual one at which is asked whether cells are but lobes of one."""
LARGEST_SCALE: Final = 2.0
LARGEST_GRID: Final = 24_000_000
"""Pixels of the grid; a picture with more than that is looked at with smaller nuclei."""
TILE_PX: Final = 640
MARGIN_PX: Final = 64
"""On every side of a tile: more than any cell reaches from its centre."""
SAME_CELL: Final = 0.5
"""Two centres nearer than this share of a nucleus are one cell, seen from two tiles."""
LEAST_OF_LARGE: Final = 0.5
"""Of the mean of the usual and the largest diameter: what is smaller is a platelet or dirt."""
LEAST_OF_RED_CELL: Final = 0.45
"""Of a red cell's diameter: a nucleus that is smaller is a platelet; a small lymphocyte's is as
large as a red cell."""
NUCLEUS_OF_RED_CELL: Final = 1.2
OUTLINE_PX: Final = 160
"""Longer side on which outlines are drawn, at most."""
LEAST_CORNERS: Final = 3


def find_leukocytes(pixels: Pixels, network: bytes | None = None) -> FoundCells:
    """Every leukocyte of a picture.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        network: content of a network's file, to measure another than the installed one.

    Raises:
        DamagedFinderError: when the installed network is missing or damaged.
    """
    height, width = pixels.shape[:2]
    nucleus_px = estimate_nucleus_px(pixels)
    if nucleus_px is None:
        return FoundCells(width, height, ())
    looks = _Looks(pixels, network)
    look = _surest(looks, nucleus_px)
    red_cell_px = look.red_cell_px()
    if red_cell_px is not None:
        large = look.without_small(LEAST_OF_RED_CELL * red_cell_px * look.scale)
        if look.found and not large.found:  # platelets set the scale
            look = looks.at(NUCLEUS_OF_RED_CELL * red_cell_px)
            large = look.without_small(LEAST_OF_RED_CELL * red_cell_px * look.scale)
        look = large
    cells = tuple(_cell(one, look.scale, (width, height), red_cell_px) for one in look.found)
    return FoundCells(width, height, cells, red_cell_px)


def _surest(looks: "_Looks", nucleus_px: float) -> "_Look":
    """A look with nuclei of about this size, or at another scale where the network is surer.

    Nuclei that touch are guessed as one, lobes and granules as many: the network is unsure then.
    """
    look = looks.at(nucleus_px)
    if look.certainty < SURE_FROM:
        for factor in OTHER_SIZES:
            other = looks.at(factor * nucleus_px)
            if other.certainty > look.certainty:
                look = other
    usual = look.usual_nucleus_px
    if usual is not None and not GRID_BOUNDS_PX[0] <= usual <= GRID_BOUNDS_PX[1]:
        again = looks.at(usual / look.scale)
        look = again if again.found else look
    if len(look.found) > 1:
        coarse = looks.at(COARSE * GRID_NUCLEUS_PX / look.scale)
        look = coarse if coarse.gathers(look) else look
    return look


@dataclass(frozen=True, eq=False)
class _Look:
    """What the network saw at one scale.

    Attributes:
        densities: of the first tile, uint8 (h, w, 3).
        scale: pixels of the grid by those of the picture.
        found: cells on the grid.
    """

    densities: Pixels
    scale: float
    found: list[Found]

    @property
    def usual_nucleus_px(self) -> float | None:
        """Median diameter of the nuclei on the grid; None without any."""
        return float(np.median([one.nucleus_px for one in self.found])) if self.found else None

    @property
    def certainty(self) -> float:
        """Median of the cells' certainty; 0 without any."""
        return float(np.median([one.certainty for one in self.found])) if self.found else 0.0

    def gathers(self, finer: "_Look") -> bool:
        """Whether what a finer look took for cells are lobes of cells here.

        The network must be sure here, see half as many at most, and two of them in one cell.
        """
        if self.certainty < SURE_FROM or 2 * len(self.found) > len(finer.found):
            return False
        centres = np.array([one.centre for one in finer.found]) * (self.scale / finer.scale)
        for one in self.found:
            places = np.rint(centres - (one.left, one.top)).astype(int)
            inside = (places >= 0).all(axis=1) & (places < one.cell.shape[::-1]).all(axis=1)
            if (one.cell[places[inside, 1], places[inside, 0]] > PART_FROM).sum() > 1:
                return True
        return False

    def red_cell_px(self) -> float | None:
        """Diameter of the red cells of the first tile, in pixels of the picture, if measurable."""
        usual = self.usual_nucleus_px
        if usual is None:
            return None
        found = measure_red_cells(self.densities, self.taken(), usual)
        return None if found is None else found / self.scale

    def without_small(self, least_px: float) -> "_Look":
        """The same without cells whose nucleus is smaller on the grid."""
        return replace(self, found=[one for one in self.found if one.nucleus_px >= least_px])

    def taken(self) -> NDArray[np.bool_]:
        """Where cells lie in the first tile."""
        taken = np.zeros(self.densities.shape[:2], np.bool_)
        for one in self.found:
            part = taken[one.top : one.top + len(one.cell), one.left : one.left + len(one.cell[0])]
            part |= one.cell[: part.shape[0], : part.shape[1]] > PART_FROM
        return taken


class _Looks:
    """Looks at one picture; where large or small pictures cap the scale, none is taken twice.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        network: see :func:`find_leukocytes`.
    """

    def __init__(self, pixels: Pixels, network: bytes | None) -> None:
        self._pixels, self._network = pixels, network
        self._taken: dict[float, _Look] = {}

    def at(self, nucleus_px: float) -> _Look:
        """A look at the scale that nuclei of this diameter ask for, pixels of the picture."""
        height, width = self._pixels.shape[:2]
        largest = min(LARGEST_SCALE, float(np.sqrt(LARGEST_GRID / height / width)))
        scale = min(GRID_NUCLEUS_PX / nucleus_px, largest)
        if scale not in self._taken:
            self._taken[scale] = _look(self._pixels, scale, self._network)
        return self._taken[scale]


def _look(pixels: Pixels, scale: float, network: bytes | None) -> _Look:
    height, width = pixels.shape[:2]
    size = max(1, round(width * scale)), max(1, round(height * scale))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    densities = measure_densities(np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8))
    found = [one for tile in _tiles(size) for one in _look_at(tile, densities, network)]
    found = _without_small(_once_each(found))
    first = densities[: TILE_PX + MARGIN_PX, : TILE_PX + MARGIN_PX].copy()  # not all of the grid
    return _Look(first, scale, found)


def _tiles(size: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Left and top of tiles that cover a grid of this width and height."""
    for top in range(0, size[1], TILE_PX):
        for left in range(0, size[0], TILE_PX):
            yield left, top


def _look_at(tile: tuple[int, int], densities: Pixels, network: bytes | None) -> list[Found]:
    """Cells whose centre lies in a tile or so near that rounding could move it there."""
    left, top = max(tile[0] - MARGIN_PX, 0), max(tile[1] - MARGIN_PX, 0)
    window = densities[top : tile[1] + TILE_PX + MARGIN_PX, left : tile[0] + TILE_PX + MARGIN_PX]
    if not window.any():
        return []
    cells = []
    for one in divide(read_maps(np.ascontiguousarray(window), network)):
        x, y = one.centre[0] + left, one.centre[1] + top
        if tile[0] - 2 <= x < tile[0] + TILE_PX + 2 and tile[1] - 2 <= y < tile[1] + TILE_PX + 2:
            cells.append(replace(one, left=one.left + left, top=one.top + top, centre=(x, y)))
    return [one for one in cells if stands_out(densities, one)]


def _once_each(found: list[Found]) -> list[Found]:
    """Drop what two tiles saw, all but the first."""
    kept: list[Found] = []
    centres = np.zeros((0, 2))
    for one in found:
        away = np.hypot(*(centres - one.centre).T)
        if not (away < SAME_CELL * one.nucleus_px).any():
            kept.append(one)
            centres = np.vstack([centres, one.centre])
    return kept


def _without_small(found: list[Found]) -> list[Found]:
    """Drop what is too small beside the others."""
    if not found:
        return found
    sizes = [one.nucleus_px for one in found]
    least = LEAST_OF_LARGE * (float(np.median(sizes)) + max(sizes)) / 2
    return [one for one in found if one.nucleus_px >= least]


def _cell(one: Found, scale: float, size: tuple[int, int], red_cell_px: float | None) -> Cell:
    """A cell in pixels of the picture."""
    finer = min(max(1 / scale, 1.0), max(1.0, OUTLINE_PX / max(one.cell.shape)))
    cell, nucleus = (
        cv2.resize(plane, None, fx=finer, fy=finer, interpolation=cv2.INTER_LINEAR)
        for plane in (one.cell, one.nucleus)
    )
    place = _Place(
        one.left,
        one.top,
        scale,
        (cell.shape[1] / one.cell.shape[1], cell.shape[0] / one.cell.shape[0]),
        size,
    )
    outline = max(_polygons(cell, place), key=cv2.contourArea)
    left, top = (int(side) for side in outline.min(axis=0))
    right, bottom = (int(side) + 1 for side in outline.max(axis=0))
    nucleus_px = one.nucleus_px / scale
    edge = 1 / scale
    touches = left < edge or top < edge or right > size[0] - edge or bottom > size[1] - edge
    centre = (one.centre[0] + 0.5) / scale, (one.centre[1] + 0.5) / scale
    return Cell(
        box=Box(left, top, right - left, bottom - top),
        centre=(min(centre[0], size[0] - 1.0), min(centre[1], size[1] - 1.0)),
        nucleus_px=nucleus_px,
        outline=outline,
        nucleus=tuple(_polygons(nucleus, place)),
        touches_edge=touches,
        nucleus_in_red_cells=None if red_cell_px is None else nucleus_px / red_cell_px,
    )


@dataclass(frozen=True)
class _Place:
    """From a finer copy of a window of the grid to the picture.

    Attributes:
        left, top: of the window on the grid.
        scale: pixels of the grid by those of the picture.
        finer: pixels of the copy by those of the grid, across and down.
        size: of the picture, width and height.
    """

    left: int
    top: int
    scale: float
    finer: tuple[float, float]
    size: tuple[int, int]

    def in_picture(self, points: NDArray[np.int32]) -> Polygon:
        """Middles of pixels of the copy (n, 2) as pixels of the picture."""
        on_grid = (points + 0.5) / np.array(self.finer) + (self.left, self.top)
        places = np.floor(on_grid / self.scale).astype(np.int32)
        within: Polygon = np.clip(places, 0, np.array(self.size, np.int32) - 1)
        return within


def _polygons(plane: NDArray[np.generic], place: _Place) -> list[Polygon]:
    region = (np.asarray(plane) > PART_FROM).astype(np.uint8)
    outlines, _ = cv2.findContours(region, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    whole = [one for one in outlines if len(one) >= LEAST_CORNERS] or outlines[:1]
    return [place.in_picture(np.asarray(outline[:, 0], np.int32)) for outline in whole]
