"""From the network's maps to single cells: one for each centre, touching ones divided."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import BytePlane
from leuko.inspection.cells.network import CELL_MAP, CENTRE_MAP, NUCLEUS_MAP, Maps

CENTRE_FROM: Final = 0.3
"""Of the map of centres: what stays below all over is no cell."""
PART_FROM: Final = 0.5
"""Of the maps of nucleus and cell."""
GRID_NUCLEUS_PX: Final = 26.0
"""Diameter of a usual nucleus on the grid that the lengths below are meant for."""
PEAK_REACH_PX: Final = 5
SADDLE: Final = 0.75
"""Two centres are one where the map between them stays above this share of the lower."""
SADDLE_REACH_PX: Final = 44
LEAST_NUCLEUS_PX: Final = 9.0
"""Diameter on the network's grid; below it is a platelet or dirt."""
ROUNDS: Final = 3
MOST_PAIRS: Final = 1 << 20
"""Distances of pixels from centres that are held at once; 8 megabytes."""


@dataclass(frozen=True, eq=False)
class Found:
    """A cell on the network's grid.

    Attributes:
        left, top: of the window that holds it.
        cell, nucleus: probabilities in that window, 0 where another cell lies, float32 (h, w).
        centre: x, y of the nucleus.
        nucleus_px: diameter of a disk of the nucleus's area.
        certainty: height of its centre in the map, in [0, 1].
    """

    left: int
    top: int
    cell: NDArray[np.float32]
    nucleus: NDArray[np.float32]
    centre: tuple[float, float]
    nucleus_px: float
    certainty: float


def divide(maps: Maps, unit: float = 1.0) -> list[Found]:
    """Cells in maps (3, h, w), top to bottom.

    Args:
        maps: of the network.
        unit: diameter of a usual nucleus on this grid by ``GRID_NUCLEUS_PX``.
    """
    peaks = find_centres(maps[CENTRE_MAP], unit)
    if not len(peaks):
        return []
    nucleus_map, cell_map = maps[NUCLEUS_MAP], np.maximum(maps[CELL_MAP], maps[NUCLEUS_MAP])
    regions = (cell_map > PART_FROM).astype(np.uint8)
    _, labels, statistics, _ = cv2.connectedComponentsWithStats(regions, connectivity=4)
    height, width = regions.shape
    owner = labels[peaks[:, 1].astype(int), peaks[:, 0].astype(int)]
    found = []
    for label in np.unique(owner[owner > 0]):
        left, top, wide, tall, _ = statistics[label].tolist()
        # One pixel more on every side, so that the line of half probability is inside.
        first = max(top - 1, 0), max(left - 1, 0)
        window = np.s_[
            first[0] : min(top + tall + 1, height), first[1] : min(left + wide + 1, width)
        ]
        others = (labels[window] != label) & (labels[window] > 0)
        cell = np.where(others, 0, cell_map[window]).astype(np.float32)
        nucleus = np.where(others, 0, nucleus_map[window]).astype(np.float32)
        own = peaks[owner == label]
        parts = _share(cell > PART_FROM, own[:, :2] - (first[1], first[0]))
        for number, peak in enumerate(own):
            one = _found(first, cell, nucleus, parts == number, float(peak[2]))
            if one is not None and one.nucleus_px >= LEAST_NUCLEUS_PX * unit:
                found.append(one)
    return sorted(found, key=lambda one: (one.top, one.left))


def find_centres(centre: NDArray[np.float32], unit: float = 1.0) -> NDArray[np.float64]:
    """Peaks of the map of centres, (n, 3): x, y, height; those without a dip between joined."""
    smooth = np.asarray(cv2.GaussianBlur(centre, (0, 0), unit), np.float32)
    side = 2 * round(PEAK_REACH_PX * unit) + 1
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    tops = ((smooth >= cv2.dilate(smooth, disk)) & (smooth > CENTRE_FROM)).astype(np.uint8)
    count, _, _, middles = cv2.connectedComponentsWithStats(tops)
    if count < 2:  # noqa: PLR2004  the first is the background
        return np.zeros((0, 3))
    places = middles[1:]
    heights = smooth[places[:, 1].astype(int), places[:, 0].astype(int)].astype(np.float64)
    order = np.lexsort((places[:, 0], places[:, 1], -heights))
    kept: list[NDArray[np.float64]] = []
    for index in order:
        peak = np.array([*places[index], heights[index]])
        if not any(_joined(smooth, peak, other, SADDLE_REACH_PX * unit) for other in kept):
            kept.append(peak)
    return np.array(kept)


def _joined(
    smooth: NDArray[np.float32],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    reach_px: float,
) -> bool:
    """Whether two peaks belong to one cell."""
    way = high[:2] - low[:2]
    distance = float(np.hypot(*way))
    if distance > reach_px:
        return False
    steps = np.linspace(0, 1, max(3, int(distance) + 1))[:, None]
    points = np.rint(low[:2] + steps * way).astype(int)
    return float(smooth[points[:, 1], points[:, 0]].min()) > SADDLE * float(low[2])


def _share(cell: NDArray[np.bool_], places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Which centre each pixel of a region belongs to; -1 outside of it.

    To the nearest, measured in radii of the cells, which are found in a few rounds.
    """
    if len(places) == 1:
        return np.where(cell, 0, -1)
    rows, columns = np.nonzero(cell)
    points = np.stack([columns, rows], axis=1)
    at_once = max(1, MOST_PAIRS // len(places))  # a sheet of cells would fill the memory
    blocks = [points[start : start + at_once] for start in range(0, len(points), at_once)]
    only = _away(points, places) if len(blocks) == 1 else None
    radii = np.ones(len(places))
    for _ in range(1 + ROUNDS):
        each = (_away(block, places) if only is None else only for block in blocks)
        nearest = np.concatenate([(away / radii).argmin(axis=1) for away in each])
        areas = np.bincount(nearest, minlength=len(places))
        radii = np.sqrt(np.maximum(areas, 1.0))
    shared = np.full(cell.shape, -1, np.int64)
    shared[rows, columns] = nearest
    return shared


def _away(points: NDArray[np.int64], places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Distance of each pixel from each centre, (pixels, cells)."""
    away: NDArray[np.float64] = np.hypot(*(points[:, None] - places[None]).transpose(2, 0, 1))
    return away


def _found(
    first: tuple[int, int],
    cell: NDArray[np.float32],
    nucleus: NDArray[np.float32],
    mine: NDArray[np.bool_],
    certainty: float,
) -> Found | None:
    """One cell cut out of its region; None where it has no nucleus."""
    own_nucleus = (nucleus > PART_FROM) & mine
    area = int(own_nucleus.sum())
    nucleus_px = float(2 * np.sqrt(area / np.pi))
    if not area:
        return None
    rows, columns = np.nonzero(mine)
    top, bottom = max(rows.min() - 1, 0), rows.max() + 2
    left, right = max(columns.min() - 1, 0), columns.max() + 2
    window = np.s_[top:bottom, left:right]
    beside = _beside(mine)[window]
    rows, columns = np.nonzero(own_nucleus)
    return Found(
        left=int(first[1] + left),
        top=int(first[0] + top),
        cell=np.where(beside, 0, cell[window]).astype(np.float32),
        nucleus=np.where(beside, 0, nucleus[window]).astype(np.float32),
        centre=(float(first[1] + columns.mean()), float(first[0] + rows.mean())),
        nucleus_px=nucleus_px,
        certainty=certainty,
    )


def _beside(mine: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What is farther than a pixel from a cell: other cells, and all that is none."""
    near: BytePlane = np.asarray(cv2.dilate(mine.astype(np.uint8), np.ones((3, 3), np.uint8)))
    return np.equal(near, 0)
