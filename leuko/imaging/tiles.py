"""Statistics of pictures in far less time than NumPy's own calls take for small ones."""

import math
from collections.abc import Sequence
from typing import Final, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
T = TypeVar("T", np.float32, np.int16, np.bool_)

TILE_PX: Final = 16


def percentile_between(values: Plane, percent: int) -> float:
    """As ``numpy.percentile`` of values (n,)."""
    place, rest = divmod(percent * (len(values) - 1), 100)
    ordered = np.partition(values, [place, min(place + 1, len(values) - 1)])[place : place + 2]
    return float(ordered[0] + (ordered[-1] - ordered[0]) * (rest / 100))


def of_tiles(plane: NDArray[T], combine: np.ufunc, side_px: int = TILE_PX) -> NDArray[T]:
    """What all pixels of each tile come to, (tiles,); what fills no tile at the edges is left out.

    Args:
        plane: (h, w).
        combine: two values, such as ``numpy.maximum``.
        side_px: of a tile.
    """
    tall, wide = (max(1, min(side_px, side)) for side in plane.shape)
    rows, columns = plane.shape[0] // tall, plane.shape[1] // wide
    cut = plane[: rows * tall, : columns * wide].reshape(rows, tall, columns * wide)
    combined = combine.reduce(combine.reduce(cut, axis=1).reshape(rows, columns, wide), axis=2)
    return np.asarray(combined, plane.dtype).reshape(-1)


def tile_means(plane: Plane, side_px: int = TILE_PX) -> Plane:
    """Mean of each tile of ``side_px``, (tiles,)."""
    tall, wide = (max(1, min(side_px, side)) for side in plane.shape)
    return of_tiles(plane, np.add, side_px) / np.float32(tall * wide)


def counts_of_values(plane: Pixels, shown: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    """How often each of the 256 values occurs, (256,).

    Args:
        plane: uint8 (h, w).
        shown: what counts, (h, w); None for all.
    """
    mask = shown.view(np.uint8) if shown is not None else None
    counts = cv2.calcHist([plane], [0], mask, [256], [0, 256])
    return np.asarray(counts, np.float32).reshape(-1)


def percentiles(counts: NDArray[np.generic], percents: Sequence[int]) -> list[float]:
    """As ``numpy.percentile`` of bytes, from how often each of the 256 values occurs."""
    up_to = np.cumsum(counts, dtype=np.float64)
    last = float(up_to[-1]) - 1
    places = [percent * last / 100 for percent in percents]
    sides = [math.floor(place) for place in places] + [math.ceil(place) for place in places]
    values = up_to.searchsorted(sides, side="right").tolist()
    pairs = zip(places, values[: len(places)], values[len(places) :], strict=True)
    return [below + (above - below) * (place % 1) for place, below, above in pairs]
