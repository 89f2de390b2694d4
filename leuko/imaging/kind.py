"""Which kind of picture this is: field, single-cell crop, segmented cell, or no blood at all."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.cell_mask import CellMask
from leuko.imaging.cells import find_cells
from leuko.imaging.shrink import shrink
from leuko.imaging.stain import find_black_ground
from leuko.labels import InputKind

Pixels = NDArray[np.uint8]

SURE_FROM: Final = 0.9
"""Probability below which the gate is not sure and refuses nothing."""


@dataclass(frozen=True)
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


def recognise_kind(pixels: Pixels, cells: CellMask | None = None) -> KindGuess:
    """Recognise the kind of a picture; no network is asked.

    Args:
        pixels: uint8 (H, W, 3), RGB, any size.
        cells: its leukocytes by :func:`leuko.imaging.cells.find_cells`, where the caller has
            them; they are looked for otherwise.
    """
    small = shrink(pixels)
    cells = cells if cells is not None else find_cells(small)
    if not cells.any():
        return KindGuess(None, 0.95)
    if find_black_ground(small) is not None:
        return KindGuess(InputKind.SEGMENTED, 0.95)
    largest = float((cells > 0).mean())
    count = int(cv2.connectedComponents((cells > 0).astype(np.uint8))[0]) - 1
    if count <= 2 and largest > 0.12:
        return KindGuess(InputKind.CROP, 0.95)
    return KindGuess(InputKind.FIELD, 0.95)
