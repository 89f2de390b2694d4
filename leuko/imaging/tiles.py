"""Statistics of pictures in far less time than NumPy's own calls take for small ones."""

from collections.abc import Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
T = TypeVar("T", np.float32, np.bool_)

TILE_PX: Final = 16


def percentile_between(values: Plane, percent: int) -> float:
    """As ``numpy.percentile`` of values (n,)."""
    place, rest = divmod(percent * (len(values) - 1), 100)
    ordered = np.partition(values, [place, min(place + 1, len(values) - 1)])[place : place + 2]
    return float(ordered[0] + (ordered[-1] - ordered[0]) * (rest / 100))


def of_tiles(plane: NDArray[T], combine: np.ufunc) -> NDArray[T]:
    """What all pixels of each tile come to, (tiles,); what fills no tile at the edges is left out.

    Args:
        plane: (h, w).
        combine: two values, such as ``numpy.maximum``.
    """
    tall, wide = (max(1, min(TILE_PX, side)) for side in plane.shape)
    rows, columns = plane.shape[0] // tall, plane.shape[1] // wide
    cut = plane[: rows * tall, : columns * wide].reshape(rows, tall, columns * wide)
    combined = combine.reduce(combine.reduce(cut, axis=1).reshape(rows, columns, wide), axis=2)
    return np.asarray(combined, plane.dtype).reshape(-1)


def tile_means(plane: Plane) -> Plane:
    """Mean of each tile, (tiles,)."""
    tall, wide = (max(1, min(TILE_PX, side)) for side in plane.shape)
    return of_tiles(plane, np.add) / np.float32(tall * wide)


def percentiles(values: Pixels, percents: Sequence[int]) -> list[float]:
    """As ``numpy.percentile`` of bytes (n,), from the counts of the 256 values."""
    up_to = np.cumsum(np.bincount(values, minlength=256))
    places = np.array(percents) * (len(values) - 1) / 100
    below = np.searchsorted(up_to, np.floor(places), side="right")
    above = np.searchsorted(up_to, np.ceil(places), side="right")
    found: list[float] = (below + (above - below) * (places % 1)).tolist()
    return found
