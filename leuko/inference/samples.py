"""Pictures of a data set as a network reads them: whole ones, or one cell of a field."""

from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np

from leuko.arrays import Pixels
from leuko.data.dataset import Sample
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.preprocessing.cell_cut import nearest_cell
from leuko.imaging.preprocessing.prepare import Preparation, Prepared
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.cells.found import Box, Cell

NUCLEUS_OF_BOX: Final = 0.65
"""Diameter of the nucleus in longer sides of the cell's box: the median of the public sets."""


def prepared_samples(samples: Sequence[Sample], preparation: Preparation) -> Iterator[Prepared]:
    """Decode and prepare samples exactly as the application does, in their order.

    Where a sample means one cell of a field, the field is looked through as on the Count page, and
    the cell that was found there is cut out.

    Raises:
        ImageError: when a picture cannot be read.
    """
    last: tuple[object, Pixels, tuple[Cell, ...]] | None = None
    for sample in samples:
        if sample.box is None or not preparation.cuts_cells:
            yield preparation(read_picture(sample.path).pixels)
            continue
        if last is None or last[0] != sample.path:
            pixels = read_picture(sample.path).pixels
            last = sample.path, pixels, find_leukocytes(pixels).cells
        cell = cell_in_box(last[2], sample.box)
        ((_, prepared),) = preparation.of_cells(last[1], [cell])
        yield prepared


def cell_in_box(cells: Sequence[Cell], box: Box) -> Cell:
    """The cell that a person drew a box around.

    Args:
        cells: found in the same picture.
        box: around one cell.

    Returns:
        The found cell whose nucleus is nearest to the middle of the box; where none lies in it,
        one as large as the box says.
    """
    middle = box.left + box.width / 2, box.top + box.height / 2
    found = nearest_cell(cells, middle)
    if found is not None and _holds(box, found.centre):
        return found
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    circle = np.stack([np.cos(angle) * box.width / 2, np.sin(angle) * box.height / 2], axis=1)
    outline = np.rint(circle + middle).astype(np.int32)
    nucleus = np.rint(circle * NUCLEUS_OF_BOX + middle).astype(np.int32)
    return Cell(
        box=box,
        centre=middle,
        nucleus_px=NUCLEUS_OF_BOX * max(box.width, box.height),
        outline=outline,
        nucleus=(nucleus,),
        touches_edge=False,
    )


def _holds(box: Box, point: tuple[float, float]) -> bool:
    x, y = point
    return box.left <= x < box.left + box.width and box.top <= y < box.top + box.height
