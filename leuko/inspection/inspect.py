"""All that is seen in a picture without a network, from one small copy of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leuko.inspection.cells.mask import PackedMask
from leuko.inspection.cells.segmentation import find_cells
from leuko.inspection.kind.classify import KindGuess, recognise_kind
from leuko.inspection.pyramid import Copies
from leuko.inspection.quality.measures import QualityMeasures, measure_quality


@dataclass(frozen=True)
class Survey:
    """What was seen in a picture; small enough to be kept for as long as the picture is.

    Attributes:
        packed_cells: where its leukocytes lie, see :func:`find_cells`.
        kind: what kind of picture it seems to be.
        quality: what was measured on its quality.
    """

    packed_cells: PackedMask
    kind: KindGuess
    quality: QualityMeasures


def survey(pixels: NDArray[np.uint8]) -> Survey:
    """Look at a picture, uint8 (H, W, 3), RGB, any size."""
    copies = Copies.of(pixels)
    cells = find_cells(copies.small)
    quality = measure_quality(pixels, copies)
    kind = recognise_kind(pixels, cells, quality, copies)
    return Survey(PackedMask.of(cells), kind, quality)
