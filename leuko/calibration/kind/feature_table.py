"""Features of all the pictures that the kind gate is fitted and measured on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.calibration.kind.augmentation import AS_PUBLISHED, variants
from leuko.calibration.kind.synthetic_negatives import FAMILIES, draw_other
from leuko.data.kind_pictures import KindSource, is_held_out
from leuko.errors import ImageError
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.segmentation import find_cells
from leuko.inspection.kind.shape_features import Features
from leuko.inspection.kind.stain_features import measure_features
from leuko.inspection.pyramid import Copies, shrink
from leuko.inspection.quality.measures import measure_quality
from leuko.labels import InputKind
from leuko.settings import Limits

DRAWN = "drawn, "
"""Starts the name of a collection of drawings; the family follows."""
DRAWINGS_PER_FAMILY = 150
LARGEST_SIDE_PX = 1600
"""Photographs are reduced to this before anything is cut out of them."""


@dataclass(frozen=True)
class KindRow:
    """One measured picture.

    Attributes:
        collection: data set, folder or family of drawings.
        made: how it was made from its source, ``as published`` for itself.
        kind: what it shows; None for what is no blood.
        held_out: whether it is kept for measuring.
        name: of the source picture, to look it up.
        features: by name.
    """

    collection: str
    made: str
    kind: InputKind | None
    held_out: bool
    name: str
    features: Features

    @property
    def as_published(self) -> bool:
        """Whether it is a picture as it came, and not one made from it."""
        return self.made == AS_PUBLISHED


def picture_features(pixels: Pixels) -> Features:
    """Features of a picture of any size, uint8 (H, W, 3)."""
    copies = Copies.of(pixels)
    return measure_features(copies, find_cells(copies.small), measure_quality(pixels, copies))


def measure_source(
    source: KindSource, limits: Limits, seed: int, *, made: bool = True
) -> Iterator[KindRow]:
    """Rows of one picture and of those made from it; none where it cannot be read."""
    try:
        pixels = shrink(read_picture(source.path, limits).pixels, LARGEST_SIDE_PX)
    except ImageError:
        return
    for name, kind, changed in variants(source, pixels, seed, made=made):
        features = picture_features(changed)
        yield KindRow(source.collection, name, kind, source.held_out, source.path.name, features)


def measure_drawings(number: int = DRAWINGS_PER_FAMILY) -> Iterator[KindRow]:
    """Rows of drawings, ``number`` of each family."""
    for family in FAMILIES:
        collection = f"{DRAWN}{family}"
        for seed in range(number):
            features = picture_features(draw_other(family, seed))
            held_out = is_held_out(collection, str(seed))
            yield KindRow(collection, AS_PUBLISHED, None, held_out, str(seed), features)


def matrix(rows: Sequence[KindRow]) -> NDArray[np.float64]:
    """Features of the rows, (n, features), in the order of the first row's names."""
    names = list(rows[0].features)
    return np.array([[row.features[name] for name in names] for row in rows])
