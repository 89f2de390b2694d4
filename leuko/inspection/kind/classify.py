"""Which kind of picture this is: field, single-cell crop, segmented cell, or no blood at all.

A forest of decision trees over measurements of a small copy; how often it is right is measured by
``python -m leuko measure-kinds``, see docs/KINDS.md. It knows the public data sets: pictures of a
laboratory whose stain looks like none of theirs may be called no blood, and a page must offer to
use a model anyway.
"""

from dataclasses import dataclass
from typing import Final

from leuko.arrays import Pixels
from leuko.inspection.cells.mask import CellMask
from leuko.inspection.cells.segmentation import find_cells
from leuko.inspection.kind.forest import load_forest
from leuko.inspection.kind.stain_features import measure_features
from leuko.inspection.pyramid import Copies
from leuko.inspection.quality.measures import QualityMeasures, measure_quality
from leuko.labels import InputKind

SURE_FROM: Final = 0.85
"""Probability below which the gate is not sure and refuses nothing."""


@dataclass(frozen=True, slots=True)
class KindGuess:
    """What a picture seems to be.

    Attributes:
        kind: the most probable kind; None for what is no blood picture.
        probability: of that, in [0, 1].
    """

    kind: InputKind | None
    probability: float

    @property
    def is_sure(self) -> bool:
        """Whether the guess is good enough to refuse a model for another kind."""
        return self.probability >= SURE_FROM

    def fits(self, kind: InputKind) -> bool | None:
        """Whether a model for ``kind`` may read the picture; None when the gate is not sure."""
        if not self.is_sure:
            return None
        return self.kind is kind


def recognise_kind(
    pixels: Pixels,
    cells: CellMask | None = None,
    quality: QualityMeasures | None = None,
    copies: Copies | None = None,
) -> KindGuess:
    """Recognise the kind of a picture; no network is asked.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        cells: its leukocytes by :func:`find_cells`, where the caller has
            them; they are looked for otherwise.
        quality: its measures by :func:`measure_quality`, likewise.
        copies: of it, likewise.
    """
    copies = copies if copies is not None else Copies.of(pixels)
    features = measure_features(
        copies,
        cells if cells is not None else find_cells(copies.small),
        quality if quality is not None else measure_quality(pixels, copies),
    )
    forest = load_forest()
    probabilities = forest.probabilities(features)
    likeliest = int(probabilities.argmax())
    return KindGuess(forest.kinds[likeliest], float(probabilities[likeliest]))
