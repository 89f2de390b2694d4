"""What a model says about one picture; no torch, so that pages may name it."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.imaging.cell_mask import CYTOPLASM, NUCLEUS, CellMask
from leuko.imaging.overlay import resize_heat
from leuko.labels import ClassSet

MOSTLY = 0.5


@dataclass(frozen=True)
class EvidenceShares:
    """Where the positive evidence for a class lies; fractions that sum to 1.

    Attributes:
        nucleus: share on the nuclei of leukocytes.
        cytoplasm: share on the rest of leukocytes.
        outside: share on everything else inside the picture.
    """

    nucleus: float
    cytoplasm: float
    outside: float

    @property
    def on_cells(self) -> float:
        """Share on leukocytes, nucleus and cytoplasm together."""
        return self.nucleus + self.cytoplasm

    @property
    def mostly_outside(self) -> bool:
        """Whether more than half of the evidence lies outside the leukocytes."""
        return self.outside > MOSTLY


@dataclass(frozen=True)
class Result:
    """What a model says about one picture, and where it looked.

    Attributes:
        model_id: who said it.
        label: suggested class: the most probable one on the side that ``malignant`` chose.
        malignant: whether P(malignant) reaches the threshold in force: the model's own, until
            ``at`` is asked for another.
        probabilities: class → probability, in the order of the card.
        malignant_probability: sum over the malignant classes.
        evidence: float32 (K, h, w), not below 0, logit units, on the network's square.
        side_px: side of that square, pixels.
        area: (left, top, right, bottom) of the picture inside the square; the rest is padding.
        cells: uint8 (h, w) over the picture itself, see :func:`leuko.imaging.cells.find_cells`;
            None when nobody looked for cells.
    """

    model_id: str
    label: str
    malignant: bool
    probabilities: dict[str, float]
    malignant_probability: float
    evidence: NDArray[np.float32]
    side_px: int
    area: tuple[int, int, int, int]
    cells: CellMask | None = None

    def at(self, classes: ClassSet, threshold: float) -> "Result":
        """What the same probabilities suggest at a threshold; the network is not asked again.

        Args:
            classes: of the model.
            threshold: on P(malignant), in [0, 1].
        """
        position = classes.suggest([self.probabilities[name] for name in classes.names], threshold)
        label = classes.names[position]
        return replace(self, label=label, malignant=label in classes.malignant)

    def has_evidence(self, label: str) -> bool:
        """Whether anything in the picture speaks for a class."""
        return self.peak(label) > 0

    def peak(self, label: str) -> float:
        """Strongest evidence for a class at any position, logit units, not below 0."""
        return float(self._map(label).max())

    def heat(self, label: str | None = None) -> NDArray[np.float32]:
        """Evidence over the picture itself, relative to its own maximum.

        Args:
            label: class asked about; by default the suggested one.

        Returns:
            float32 (height, width) in [0, 1], the picture's proportions at the network's
            resolution; 0 where the network did not look, and everywhere when there is no
            positive evidence.
        """
        evidence = self._map(label if label is not None else self.label)
        peak = float(evidence.max())
        relative = evidence / peak if peak > 0 else np.zeros_like(evidence)
        square = resize_heat(relative, (self.side_px, self.side_px))
        left, top, right, bottom = self.area
        picture = np.zeros((bottom - top, right - left), np.float32)
        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(self.side_px, right), min(self.side_px, bottom)
        picture[y0 - top : y1 - top, x0 - left : x1 - left] = square[y0:y1, x0:x1]
        return picture.clip(0.0, 1.0)

    def on_cells(self, label: str | None = None) -> EvidenceShares | None:
        """How much of the positive evidence inside the picture falls on leukocytes.

        Args:
            label: class asked about; by default the suggested one.

        Returns:
            The shares, or None: where ``cells`` is None nobody looked for cells, where it holds
            OUTSIDE alone no cell was found, otherwise the picture holds no positive evidence.
        """
        if self.cells is None or not self.cells.any():
            return None
        height, width = self.cells.shape
        left, top, right, bottom = self.read_area()
        columns = slice(round(left * width), max(round(right * width), round(left * width) + 1))
        rows = slice(round(top * height), max(round(bottom * height), round(top * height) + 1))
        seen = self.cells[rows, columns]
        evidence = self._evidence_on(rows, columns, label if label is not None else self.label)
        total = float(evidence.sum(dtype=np.float64))
        if total <= 0:
            return None
        nucleus = float(evidence[seen == NUCLEUS].sum(dtype=np.float64)) / total
        cytoplasm = float(evidence[seen == CYTOPLASM].sum(dtype=np.float64)) / total
        return EvidenceShares(nucleus, cytoplasm, max(0.0, 1.0 - nucleus - cytoplasm))

    def read_area(self) -> tuple[float, float, float, float]:
        """(left, top, right, bottom) of what the network saw, as fractions of the picture."""
        left, top, right, bottom = self.area
        width, height = right - left, bottom - top
        return (
            max(0.0, -left / width),
            max(0.0, -top / height),
            min(1.0, (self.side_px - left) / width),
            min(1.0, (self.side_px - top) / height),
        )

    def _evidence_on(self, rows: slice, columns: slice, label: str) -> NDArray[np.float32]:
        """Evidence on a part of the cell mask, upsampled as :meth:`heat` does it."""
        assert self.cells is not None  # noqa: S101  on_cells checked it
        evidence = self._map(label)
        left, top, right, bottom = self.area
        across = (right - left) / self.cells.shape[1] * evidence.shape[1] / self.side_px
        down = (bottom - top) / self.cells.shape[0] * evidence.shape[0] / self.side_px
        x0, y0 = left * evidence.shape[1] / self.side_px, top * evidence.shape[0] / self.side_px
        box = (
            max(0.0, x0 + columns.start * across),
            max(0.0, y0 + rows.start * down),
            min(float(evidence.shape[1]), x0 + columns.stop * across),
            min(float(evidence.shape[0]), y0 + rows.stop * down),
        )
        size = columns.stop - columns.start, rows.stop - rows.start
        image = Image.fromarray(np.ascontiguousarray(evidence, dtype=np.float32))
        return np.asarray(image.resize(size, Image.Resampling.BILINEAR, box=box)).clip(min=0)

    def _map(self, label: str) -> NDArray[np.float32]:
        evidence: NDArray[np.float32] = self.evidence[list(self.probabilities).index(label)]
        return evidence
