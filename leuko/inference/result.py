"""What a model says about one picture; no torch, so that pages may name it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from leuko.imaging.rendering.overlay import resize_heat
from leuko.inference.heatmaps.localisation import EvidenceShares, evidence_shares
from leuko.inspection.cells.mask import CellMask, PackedMask
from leuko.labels import ClassSet
from leuko.models.card import ModelCard

if TYPE_CHECKING:  # a page that shows results needs nothing of what measures pictures
    from leuko.inspection.inspect import Survey
    from leuko.inspection.kind.classify import KindGuess
    from leuko.inspection.quality.measures import QualityMeasures

__all__ = ["EvidenceShares", "Result"]


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
        packed_cells: see :attr:`cells`.
        kind_guess: what kind of picture it seems to be; None when nobody asked.
        quality: what was measured on its quality; None when nobody asked.
        novelty: how unlike the model's training pictures this one is, see
            :class:`leuko.models.gates.novelty.NoveltyReference`; None without that gate.
    """

    model_id: str
    label: str
    malignant: bool
    probabilities: dict[str, float]
    malignant_probability: float
    evidence: NDArray[np.float32]
    side_px: int
    area: tuple[int, int, int, int]
    packed_cells: PackedMask | None = None
    kind_guess: "KindGuess | None" = None
    quality: "QualityMeasures | None" = None
    novelty: float | None = None

    @property
    def cells(self) -> CellMask | None:
        """Where the leukocytes lie, uint8 (h, w) over the picture itself.

        See :func:`find_cells`; None when nobody looked for cells.
        """
        return self.packed_cells.unpack() if self.packed_cells is not None else None

    def with_cells(self, mask: CellMask) -> "Result":
        """The same answer, with a mask of the picture's leukocytes."""
        return replace(self, packed_cells=PackedMask.of(mask))

    def with_survey(self, survey: "Survey") -> "Result":
        """The same answer, with all that was seen in the picture without a network."""
        return replace(
            self,
            packed_cells=survey.packed_cells,
            kind_guess=survey.kind,
            quality=survey.quality,
        )

    def at(self, classes: ClassSet, threshold: float) -> "Result":
        """What the same probabilities suggest at a threshold; the network is not asked again.

        Args:
            classes: of the model.
            threshold: on P(malignant), in [0, 1].
        """
        position = classes.suggest([self.probabilities[name] for name in classes.names], threshold)
        label = classes.names[position]
        decided = replace(self, label=label, malignant=label in classes.malignant)
        decided.__dict__["_shares"] = self._shares
        return decided

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
        label = label if label is not None else self.label
        if label not in self._shares:
            mask = self.packed_cells
            self._shares[label] = (
                evidence_shares(self._map(label), mask.unpack(), self.area, self.side_px)
                if mask is not None and mask.holds_cells
                else None
            )
        return self._shares[label]

    @cached_property
    def _shares(self) -> dict[str, EvidenceShares | None]:
        """By class, what was asked for before: pages ask for it on every run of their script."""
        return {}

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

    def _map(self, label: str) -> NDArray[np.float32]:
        evidence: NDArray[np.float32] = self.evidence[list(self.probabilities).index(label)]
        return evidence


def result_of(
    card: ModelCard,
    probabilities: Sequence[float],
    *,
    evidence: NDArray[np.float32] | None = None,
    area: tuple[int, int, int, int] | None = None,
    novelty: float | None = None,
) -> Result:
    """A result at the card's own threshold.

    Args:
        card: of the model.
        probabilities: one a class, in the order of the card.
        evidence: float32 (K, h, w), not below 0; without it there is none for any class.
        area: of the picture inside the network's square; without it, all of the square.
        novelty: None for a model without that gate.
    """
    classes, side_px = card.class_set, card.input.side_px
    suggested = classes.suggest(probabilities, card.decision_threshold)
    return Result(
        model_id=card.id,
        label=classes.names[suggested],
        malignant=suggested in classes.malignant_indices,
        probabilities=dict(zip(classes.names, probabilities, strict=True)),
        malignant_probability=sum(probabilities[i] for i in classes.malignant_indices),
        evidence=evidence if evidence is not None else np.zeros((len(classes.names), 1, 1), "f4"),
        side_px=side_px,
        area=area if area is not None else (0, 0, side_px, side_px),
        novelty=novelty,
    )
