"""The official sides of the data set, and how their cells are put before the heads."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leuko.data.adapters import acevedo_attributes
from leuko.data.adapters.acevedo_attributes import VALUES, DescribedCell
from leuko.errors import DatasetError
from leuko.evaluation.attributes.predictions import AttributePredictions, TwoReaders
from leuko.inference.attributes import AttributeReader
from leuko.models.attributes.card import SizeFacts
from leuko.training.attributes.cells import CutCells, targets_of
from leuko.training.attributes.fit import sizes_in_red_cells

TRAIN, VALIDATION, TEST = acevedo_attributes.SIDES
KNOWN: Final[Mapping[str, tuple[str, ...]]] = {str(name): said for name, said in VALUES.items()}
"""Attribute → its values, in the order of the outputs."""


def check_no_copies_cross(described: Sequence[DescribedCell]) -> None:
    """Refuse a division in which copies of one picture stand on two sides.

    Raises:
        DatasetError: naming the first such pair.
    """
    seen: dict[str, DescribedCell] = {}
    for cell in described:
        other = seen.setdefault(cell.sha256, cell)
        if other.side != cell.side:
            raise DatasetError(
                f"'{other.image_id}' ({other.side}) and '{cell.image_id}' ({cell.side}) are the "
                "same picture: put both on one side of the table."
            )


def size_facts(train: CutCells, red_cell_px: float) -> SizeFacts:
    """How sizes are put before the heads, from the training cells."""
    diameters = train.diameters.astype(np.float64) / red_cell_px
    nucleus, cell = diameters.mean(axis=0)
    spread = float(np.sqrt(diameters.var(axis=0).mean()))
    if not spread:
        raise DatasetError("All training cells have one size: give real cells.")
    return SizeFacts(
        red_cell_px=red_cell_px,
        nucleus=round(float(nucleus), 4),
        cell=round(float(cell), 4),
        spread=round(spread, 4) or spread,
    )


def predict_cells(
    reader: AttributeReader, cells: CutCells, *, size_known: bool = True
) -> AttributePredictions:
    """What the model says of cells of one side, at its temperatures.

    Args:
        reader: the model.
        cells: cut as it reads them.
        size_known: whether it is told their size.
    """
    raw = reader.read_squares(cells.squares, told_sizes(reader, cells, size_known=size_known))
    return AttributePredictions(
        values=reader.card.values,
        image_ids=tuple(cell.image_id for cell in cells.cells),
        truth={name: cells.targets[:, place] for place, name in enumerate(reader.card.values)},
        probabilities=reader.probabilities(raw.logits),
    )


def told_sizes(
    reader: AttributeReader, cells: CutCells, *, size_known: bool = True
) -> NDArray[np.float32]:
    """Sizes as the heads read them, float32 (N, 3)."""
    facts = reader.card.input.size
    sizes = sizes_in_red_cells(cells, facts.red_cell_px)
    means = np.array([facts.nucleus, facts.cell], np.float32)
    sizes[:, :2] = (sizes[:, :2] - means) / np.float32(facts.spread)
    return sizes if size_known else np.zeros_like(sizes)


def two_readers(first: Sequence[DescribedCell], second: Sequence[DescribedCell]) -> TwoReaders:
    """What the readers said of the cells that both read."""
    by_name = {cell.image_id: cell for cell in first}
    again = [cell for cell in second if cell.image_id in by_name]
    before = [by_name[cell.image_id] for cell in again]
    tables = [targets_of(cells, KNOWN) for cells in (before, again)]
    said = [{name: table[:, at] for at, name in enumerate(KNOWN)} for table in tables]
    return TwoReaders(
        values=KNOWN,
        image_ids=tuple(cell.image_id for cell in again),
        sides=tuple(cell.side for cell in before),
        first=said[0],
        second=said[1],
    )
