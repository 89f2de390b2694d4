"""Statistics of pictures in far less time than NumPy's own calls take for small ones."""

import math
from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels, Plane

TILE_PX: Final = 16


def percentile_between(values: NDArray[np.generic], percent: int) -> float:
    """As ``numpy.percentile`` of a few hundred values (n,)."""
    place, rest = divmod(percent * (len(values) - 1), 100)
    ordered = np.sort(values)
    below, above = ordered.item(place), ordered.item(min(place + 1, len(values) - 1))
    return float(below + (above - below) * (rest / 100))


def tile_maxima(plane: Pixels, size_px: tuple[int, int] = (TILE_PX, TILE_PX)) -> Pixels:
    """Highest value of each tile, (tiles,); what fills no tile at the edges is left out.

    Args:
        plane: uint8 (h, w).
        size_px: height and width of a tile.
    """
    tall, wide = (max(1, min(sides)) for sides in zip(size_px, plane.shape, strict=True))
    rows, columns = plane.shape[0] // tall, plane.shape[1] // wide
    cut = plane[: rows * tall, : columns * wide]
    while tall % 2 == 0:  # halves take far less time than NumPy's own reduction
        cut, tall = np.asarray(cv2.max(cut[::2], cut[1::2]), np.uint8), tall // 2
    while wide % 2 == 0:
        cut, wide = np.maximum(cut[:, ::2], cut[:, 1::2]), wide // 2
    return np.asarray(cut.reshape(rows, tall, columns, wide).max(axis=(1, 3)), np.uint8).reshape(-1)


def tile_means(plane: Plane, side_px: int = TILE_PX) -> Plane:
    """Mean of each tile, (tiles,); what fills no tile at the edges is left out.

    Args:
        plane: (h, w).
        side_px: of a tile, a power of 2.
    """
    tall, wide = (max(1, min(side_px, side)) for side in plane.shape)
    rows, columns = plane.shape[0] // tall, plane.shape[1] // wide
    cut = plane[: rows * tall, : columns * wide]
    while min(tall, wide) > 1 and tall % 2 == wide % 2 == 0:  # halves take far less time
        tall, wide = tall // 2, wide // 2
        size = columns * wide, rows * tall
        cut = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), np.float32)
    if max(tall, wide) > 1:
        cut = np.asarray(cv2.resize(cut, (columns, rows), interpolation=cv2.INTER_AREA), np.float32)
    return cut.reshape(-1)


def counts_of_values(plane: Pixels, shown: Pixels | None = None) -> NDArray[np.float32]:
    """How often each of the 256 values occurs, (256,).

    Args:
        plane: uint8 (h, w).
        shown: above 0 what counts, uint8 (h, w); None for all.
    """
    counts = cv2.calcHist([plane], [0], shown, [256], [0, 256])
    return np.asarray(counts, np.float32).reshape(-1)


def percentiles(counts: NDArray[np.generic], percents: Sequence[int]) -> list[float]:
    """As ``numpy.percentile`` of bytes, from how often each of the 256 values occurs."""
    up_to = counts.cumsum()
    places = [percent * (int(up_to[-1]) - 1) / 100 for percent in percents]
    sides = [math.floor(place) for place in places] + [math.ceil(place) for place in places]
    values = up_to.searchsorted(sides, side="right").tolist()
    pairs = zip(places, values[: len(places)], values[len(places) :], strict=True)
    return [below + (above - below) * (place % 1) for place, below, above in pairs]


def lower_percentiles(counts: NDArray[np.generic], percents: Sequence[int]) -> list[int]:
    """As the method "lower" of ``numpy.percentile``, in less time still."""
    up_to = counts.cumsum()
    last = int(up_to[-1]) - 1
    places = [percent * last // 100 for percent in percents]
    return up_to.searchsorted(places, side="right").tolist()  # type: ignore[no-any-return]
