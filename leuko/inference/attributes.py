"""Describe cells of a picture: probabilities of every attribute's values, and novelty."""

import threading
from collections.abc import Sequence
from itertools import islice
from typing import Final, NamedTuple

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from leuko.errors import WeightsError
from leuko.imaging.preprocessing.prepare import Preparation
from leuko.inference.acceleration.fold_batchnorm import fold_batch_norms
from leuko.inference.attribute_reading import AttributeReading
from leuko.inference.device import choose_device
from leuko.inference.normalise import Normalise
from leuko.inspection.cells.found import Cell
from leuko.models.attributes.card import AttributesCard, SizeFacts
from leuko.models.attributes.network import AttributeNetwork
from leuko.models.attributes.novelty import load_attribute_novelty
from leuko.models.attributes.store import InstalledAttributeModel
from leuko.models.attributes.weights import load_attribute_network
from leuko.models.gates.novelty import NoveltyReference

CELLS_A_PASS: Final = 32
UNKNOWN_SIZE: Final = (0.0, 0.0, 0.0)


class RawReading(NamedTuple):
    """What the network makes of cells, before any temperature.

    Attributes:
        logits: float64 (N, all values).
        pooled: float32 (N, C), means of the feature maps.
    """

    logits: NDArray[np.float64]
    pooled: NDArray[np.float32]


class AttributeReader:
    """A model in memory. One instance serves all threads; calls take turns at its lock.

    Args:
        card: of the model.
        network: its network; moved to the device, its batch normalisations are folded.
        device: a torch device.
        novelty: how unlike the training cells a cell is; None for a model without that gate.
    """

    def __init__(
        self,
        card: AttributesCard,
        network: AttributeNetwork,
        device: torch.device | None = None,
        novelty: NoveltyReference | None = None,
    ) -> None:
        self.card = card
        self.device = device if device is not None else torch.device("cpu")
        self._novelty = novelty
        self._network = network.eval().requires_grad_(requires_grad=False)
        self._network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        fold_batch_norms(self._network.trunk, card.input.side_px)
        self._normalise = Normalise(card.input.mean, card.input.std, self.device)
        self._prepare = Preparation(card.input.steps)
        self._lock = threading.Lock()

    @classmethod
    def load(cls, model: InstalledAttributeModel, device: str = "auto") -> "AttributeReader":
        """Verify and load an installed model.

        Raises:
            WeightsError, GatesError: when the folder is not in order.
            DeviceError: when the device is not there.
        """
        chosen = choose_device(device)
        with torch.inference_mode(mode=False):
            return cls(
                model.card,
                load_attribute_network(model.card, model.folder),
                chosen,
                load_attribute_novelty(model.card, model.folder),
            )

    def read(
        self,
        pixels: NDArray[np.uint8],
        cells: Sequence[Cell],
        red_cell_px: float | None = None,
        batch: int = CELLS_A_PASS,
    ) -> list[AttributeReading]:
        """Describe cells that were found in one picture, one pass a batch.

        Args:
            pixels: of the whole picture, uint8 (H, W, 3), RGB, any size.
            cells: of it, see :func:`leuko.inspection.cells.finder.find_leukocytes`.
            red_cell_px: diameter of red cells in it, pixels, where that is known from elsewhere;
                by default what the cells know of it.
            batch: cells that share one pass.

        Returns:
            One reading a cell, in order.

        Raises:
            WeightsError: when the network answers with something that is no number.
        """
        sizes = sizes_of(cells, self.card.input.size, red_cell_px)
        raw = self.read_raw(pixels, cells, sizes, batch)
        novelty = self._novelty.of(raw.pooled) if self._novelty is not None and cells else None
        by_attribute = self.probabilities(raw.logits)
        return [
            AttributeReading(
                {name: tuple(table[place].tolist()) for name, table in by_attribute.items()},
                size_known=bool(sizes[place, 2]),
                novelty=None if novelty is None else float(novelty[place]),
            )
            for place in range(len(cells))
        ]

    def read_raw(
        self,
        pixels: NDArray[np.uint8],
        cells: Sequence[Cell],
        sizes: NDArray[np.float32] | None = None,
        batch: int = CELLS_A_PASS,
    ) -> RawReading:
        """Logits and features of cells.

        Args:
            pixels: of the whole picture.
            cells: of it.
            batch: cells that share one pass.
            sizes: (N, 3), see :func:`sizes_of`; None where nobody knows them.

        Raises:
            WeightsError: as :meth:`read`.
        """
        told = sizes if sizes is not None else np.zeros((len(cells), 3), np.float32)
        waiting = self._prepare.of_cells(pixels, cells)
        parts: list[RawReading] = []
        while chunk := [prepared.pixels for _, prepared in islice(waiting, batch)]:
            start = sum(len(part.logits) for part in parts)
            squares = np.stack(chunk)
            parts.append(self.read_squares(squares, told[start : start + len(chunk)], batch))
        return _joined(parts, self._outputs)

    def read_squares(
        self, squares: NDArray[np.uint8], sizes: NDArray[np.float32], batch: int = CELLS_A_PASS
    ) -> RawReading:
        """Logits and features of cells that are cut and prepared already.

        Args:
            squares: uint8 (N, side, side, 3), RGB.
            sizes: (N, 3).
            batch: cells that share one pass.

        Raises:
            WeightsError: as :meth:`read`.
        """
        parts: list[RawReading] = []
        for start in range(0, len(squares), batch):
            chunk = self._normalise(squares[start : start + batch])
            told = torch.from_numpy(sizes[start : start + batch]).to(self.device)
            with self._lock, torch.inference_mode():
                found = self._network(chunk, told)
            parts.append(
                RawReading(found.logits.double().cpu().numpy(), found.pooled.cpu().numpy())
            )
        raw = _joined(parts, self._outputs)
        if not (np.isfinite(raw.logits).all() and np.isfinite(raw.pooled).all()):
            raise WeightsError(
                f"Model '{self.card.id}' answers with something that is no finite number, so its "
                "weights or its card are damaged: copy the model folder again from where it came "
                "from, or train the model again."
            )
        return raw

    def probabilities(self, logits: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        """Probabilities of each attribute's values, (N, values), at its temperature.

        Args:
            logits: (N, all values).
        """
        found: dict[str, NDArray[np.float64]] = {}
        start = 0
        for attribute in self.card.attributes:
            part = logits[:, start : start + len(attribute.values)] / attribute.temperature
            start += len(attribute.values)
            weights = np.exp(part - part.max(axis=1, keepdims=True))
            found[attribute.name] = weights / weights.sum(axis=1, keepdims=True)
        return found

    @property
    def _outputs(self) -> int:
        return sum(len(each.values) for each in self.card.attributes)


def _joined(parts: Sequence[RawReading], outputs: int) -> RawReading:
    if not parts:
        return RawReading(np.zeros((0, outputs)), np.zeros((0, 0), np.float32))
    return RawReading(
        np.concatenate([part.logits for part in parts]),
        np.concatenate([part.pooled for part in parts]),
    )


def cell_diameter(cell: Cell) -> float:
    """Diameter of a disk of the area of the whole cell, pixels; never below the nucleus's."""
    area = float(cv2.contourArea(cell.outline)) if len(cell.outline) else 0.0
    return max(cell.nucleus_px, 2 * float(np.sqrt(area / np.pi)))


def sizes_of(
    cells: Sequence[Cell], facts: SizeFacts, red_cell_px: float | None = None
) -> NDArray[np.float32]:
    """Sizes of cells as the heads read them, float32 (N, 3).

    Args:
        cells: of one picture.
        facts: of the model.
        red_cell_px: diameter of its red cells, pixels; by default what each cell knows of it.
    """
    rows = []
    for cell in cells:
        known = red_cell_px
        if known is None and cell.nucleus_in_red_cells:
            known = cell.nucleus_px / cell.nucleus_in_red_cells
        rows.append(
            UNKNOWN_SIZE
            if known is None
            else size_numbers(cell.nucleus_px / known, cell_diameter(cell) / known, facts)
        )
    return np.array(rows, np.float32).reshape(len(cells), 3)


def size_numbers(nucleus: float, cell: float, facts: SizeFacts) -> tuple[float, float, float]:
    """Diameters in red-cell diameters as the heads read them: in standard deviations, and 1."""
    return (nucleus - facts.nucleus) / facts.spread, (cell - facts.cell) / facts.spread, 1.0
