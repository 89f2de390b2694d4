"""Training cells in memory: found, cut and measured once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset as TorchDataset

from leuko.data.adapters.acevedo_attributes import DescribedCell
from leuko.imaging.decoding.decode import read_picture
from leuko.imaging.preprocessing.cell_cut import CellCutter, CutCell, nearest_cell
from leuko.imaging.preprocessing.prepare import Preparation
from leuko.imaging.preprocessing.steps import FitSquare
from leuko.inference.attributes import cell_diameter
from leuko.inspection.cells.finder import find_leukocytes

WIDER = 1.25
"""Training cells are cut so much more widely, for turns and moves."""


@dataclass(frozen=True, eq=False)
class CutCells:
    """Cells of a side.

    Attributes:
        cells: those that were found in their pictures.
        missed: names of those that were not.
        squares: uint8 (N, side, side, 3), as the network reads them.
        cuts: uint8 (N, 3, S, S), cut ``WIDER``.
        diameters: float32 (N, 2), of nucleus and cell, pixels of the picture.
        targets: int64 (N, attributes), position of each value.
    """

    cells: tuple[DescribedCell, ...]
    missed: tuple[str, ...]
    squares: NDArray[np.uint8]
    cuts: Tensor
    diameters: NDArray[np.float32]
    targets: NDArray[np.int64]


def cut_cells(
    described: Sequence[DescribedCell], step: CutCell, values: Mapping[str, Sequence[str]]
) -> CutCells:
    """Find, cut and measure the cell in the middle of each picture.

    Args:
        described: cells, one a picture.
        step: how the network reads them; they are cut ``WIDER``.
        values: attribute → its values, both in the order of the outputs.

    Raises:
        ImageError: when a picture cannot be read.
    """
    wide = step.model_copy(update={"side_px": wide_side(step.side_px), "reach": step.reach * WIDER})
    kept, missed, squares, cuts, diameters = [], [], [], [], []
    prepare = Preparation((step, FitSquare(side_px=step.side_px)))
    for one in described:
        pixels = read_picture(one.path).pixels
        height, width = pixels.shape[:2]
        cell = nearest_cell(find_leukocytes(pixels).cells, (width / 2, height / 2))
        if cell is None:
            missed.append(one.image_id)
            continue
        kept.append(one)
        squares += [prepared.pixels for _, prepared in prepare.of_cells(pixels, [cell])]
        cuts.append(CellCutter(pixels, wide).cut(cell).pixels)
        diameters.append((cell.nucleus_px, cell_diameter(cell)))
    return CutCells(
        cells=tuple(kept),
        missed=tuple(missed),
        squares=_stacked(squares, step.side_px),
        cuts=torch.from_numpy(_stacked(cuts, wide.side_px)).permute(0, 3, 1, 2).contiguous(),
        diameters=np.array(diameters, np.float32).reshape(-1, 2),
        targets=targets_of(kept, values),
    )


def _stacked(pictures: Sequence[NDArray[np.uint8]], side_px: int) -> NDArray[np.uint8]:
    return np.stack(pictures) if pictures else np.zeros((0, side_px, side_px, 3), np.uint8)


def wide_side(side_px: int) -> int:
    """Side of the wider cut, pixels; even steps from the square that the network reads."""
    return side_px + 2 * round(side_px * (WIDER - 1) / 2)


def targets_of(
    cells: Sequence[DescribedCell], values: Mapping[str, Sequence[str]]
) -> NDArray[np.int64]:
    """Position of the value of every attribute, int64 (N, attributes)."""
    said = [{str(name): value for name, value in cell.values.items()} for cell in cells]
    rows = [[list(known).index(one[name]) for name, known in values.items()] for one in said]
    return np.array(rows, np.int64).reshape(len(cells), len(values))


class CellBatches(TorchDataset[tuple[Tensor, Tensor, Tensor]]):
    """Cut, size and targets of a cell, for (epoch, place); augmented a batch at a time elsewhere.

    Args:
        cells: of one side.
        sizes: float32 (N, 3), as the heads read them.
    """

    def __init__(self, cells: CutCells, sizes: NDArray[np.float32]) -> None:
        self._cells = cells
        self._sizes = torch.from_numpy(sizes)
        self._targets = torch.from_numpy(cells.targets)

    def __len__(self) -> int:
        """Number of cells."""
        return len(self._targets)

    def __getitem__(self, key: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
        """Cut uint8 (3, S, S), size (3,) and targets (attributes,)."""
        place = key[1]
        return self._cells.cuts[place], self._sizes[place], self._targets[place]
