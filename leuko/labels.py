"""Kinds of picture and of split, class names as a pathologist reads them, which are malignant."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class InputKind(StrEnum):
    """The kinds of picture. A model for one kind says nothing about another.

    ``TISSUE`` is no blood at all: networks learn on it first and are then transferred.
    """

    FIELD = "field"
    CROP = "crop"
    SEGMENTED = "segmented"
    TISSUE = "tissue"

    @property
    def is_blood(self) -> bool:
        """Whether a model for this kind may be offered for the pictures of a blood laboratory."""
        return self is not InputKind.TISSUE

    @property
    def singular(self) -> str:
        """One of the kind in words, for a sentence such as 'this looks like a whole field'."""
        return {
            InputKind.FIELD: "a whole field",
            InputKind.CROP: "a single-cell crop",
            InputKind.SEGMENTED: "a segmented cell on black",
            InputKind.TISSUE: "a tissue patch",
        }[self]

    @property
    def plural(self) -> str:
        """The kind in words, for a sentence such as 'reads whole fields'."""
        return {
            InputKind.FIELD: "whole fields",
            InputKind.CROP: "single-cell crops",
            InputKind.SEGMENTED: "segmented cells on black",
            InputKind.TISSUE: "tissue patches",
        }[self]


class SplitPolicy(StrEnum):
    """How pictures were divided.

    ``paper`` draws pictures at random, as the studies did; ``grouped`` keeps whatever belongs
    together (a subject, an acquisition block, byte-identical copies) on one side.
    """

    PAPER = "paper"
    GROUPED = "grouped"


CLASS_TITLES = {
    "Benign": "Benign (hematogones)",
    "Early": "Early pre-B ALL",
    "Pre": "Pre-B ALL",
    "Pro": "Pro-B ALL",
    "ALL": "ALL blast",
    "HEM": "Normal cell (HEM)",
    "Blast": "Lymphoblast",
    "Healthy": "Healthy cell",
    "Normal": "Normal tissue",
    "Tumour": "Metastatic tissue",
}
"""Long names of the short class names that cards and prediction tables store."""


def class_title(name: str) -> str:
    """Long name of a class, or the short one where no long name is known."""
    return CLASS_TITLES.get(name, name)


@dataclass(frozen=True)
class ClassSet:
    """The classes a model or data set distinguishes, in the order of its outputs.

    Attributes:
        names: short names, at least two, all different.
        malignant: the subset of ``names`` that means leukemia; the positive class of every
            binary metric is "any of these".
    """

    names: tuple[str, ...]
    malignant: frozenset[str]

    def __post_init__(self) -> None:
        if len(self.names) < 2 or len(set(self.names)) != len(self.names):  # noqa: PLR2004
            raise ValueError(f"at least two different classes are needed, found {self.names}")
        unknown = self.malignant - set(self.names)
        if unknown:
            raise ValueError(f"malignant classes {sorted(unknown)} are not among {self.names}")
        if not self.malignant or self.malignant == set(self.names):
            raise ValueError("some classes must be malignant and some must not")

    def index(self, name: str) -> int:
        """Position of a class among the outputs.

        Raises:
            ValueError: when the class is not one of ``names``.
        """
        return self.names.index(name)

    @property
    def malignant_indices(self) -> tuple[int, ...]:
        """Positions of the malignant classes among the outputs."""
        return tuple(i for i, name in enumerate(self.names) if name in self.malignant)

    def suggest(self, probabilities: Sequence[float], threshold: float = 0.5) -> int:
        """Position of the class that a model suggests.

        The side is decided first: malignant when P(malignant), the sum over the malignant
        classes, reaches the threshold. The suggestion is the most probable class of that side,
        so that it never contradicts the binary figures a model is judged by.

        Args:
            probabilities: one a class, in the order of ``names``.
            threshold: decision threshold on P(malignant), in [0, 1].
        """
        malignant = self.malignant_indices
        is_malignant = sum(probabilities[i] for i in malignant) >= threshold
        side = [i for i in range(len(self.names)) if (i in malignant) == is_malignant]
        return max(side, key=lambda i: probabilities[i])
