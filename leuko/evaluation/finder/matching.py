"""Found boxes against true boxes."""

from collections.abc import Sequence
from typing import Final

from leuko.inspection.cells.found import FoundCells

LEAST_OVERLAP: Final = 0.5
"""Intersection over union from which a found box is the true one."""

Corners = tuple[int, int, int, int]
"""(left, top, right, bottom), pixels."""


def intersection_over_union(first: Corners, second: Corners) -> float:
    """Shared area of two boxes by the area that they cover together, in [0, 1].

    Source: Everingham et al. (2010), Int. J. Comput. Vis. 88:303-338.
    """
    wide = min(first[2], second[2]) - max(first[0], second[0])
    tall = min(first[3], second[3]) - max(first[1], second[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    shared = wide * tall
    return shared / (_area(first) + _area(second) - shared)


def count_matches(true: Sequence[Corners], found: Sequence[Corners]) -> int:
    """How many true boxes were found, each by a box of its own, the best overlaps first."""
    pairs = sorted(
        (
            (overlap, i, j)
            for i, one in enumerate(true)
            for j, other in enumerate(found)
            if (overlap := intersection_over_union(one, other)) >= LEAST_OVERLAP
        ),
        key=lambda pair: (-pair[0], pair[1:]),
    )
    matched_true: set[int] = set()
    matched_found: set[int] = set()
    for _, i, j in pairs:
        if i not in matched_true and j not in matched_found:
            matched_true.add(i)
            matched_found.add(j)
    return len(matched_true)


def corners(found: FoundCells) -> list[Corners]:
    """Boxes of found cells as (left, top, right, bottom)."""
    return [
        (box.left, box.top, box.left + box.width, box.top + box.height)
        for box in (cell.box for cell in found.cells)
    ]


def _area(box: Corners) -> int:
    return (box[2] - box[0]) * (box[3] - box[1])
