"""How many cells of other laboratories are novel to a model that describes cells."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from leuko.calibration.attributes import novel_share, spread_paths
from leuko.data.adapters import all_idb2, bccd, munich, taleqani, wbc_segmentation
from leuko.errors import DatasetError
from leuko.inference.attributes import AttributeReader
from leuko.models.attributes.card import NovelShare
from leuko.models.gates.novelty import NoveltyReference

MOST_PICTURES: Final = 300
MOST_FIELDS: Final = 60
CROPS: Final[Mapping[str, Callable[[Path], Sequence[Path]]]] = {
    "ALL-IDB2: blasts and normal cells": lambda data: _paths(all_idb2.read(data).samples),
    "Munich AML: myeloblasts and neutrophils": lambda data: _paths(munich.read(data).samples),
    "wbc_segmentation: normal cells": lambda data: _paths(wbc_segmentation.read(data)),
}
FIELDS: Final[Mapping[str, Callable[[Path], Sequence[Path]]]] = {
    "BCCD: fields of normal blood": lambda data: _paths(bccd.read(data)),
    "Taleqani: fields of B-ALL": lambda data: _paths(taleqani.read(data).samples),
}
"""Collections by title; those that are not in the data folder are passed over."""


def measure_elsewhere(
    reader: AttributeReader,
    novelty: NoveltyReference,
    threshold: float,
    own: NDArray[np.float32],
    data: Path,
) -> tuple[NovelShare, ...]:
    """Shares of novel cells, the model's own test cells first.

    Args:
        reader: the model.
        novelty: where its training cells lie.
        threshold: above which a cell is novel.
        own: pooled features of the test cells.
        data: folder that may hold other collections.
    """
    values = novelty.of(own)
    shares = [
        NovelShare(title="Own test cells", cells=len(own), novel=int((values > threshold).sum()))
    ]
    for collections, all_cells, most in (
        (CROPS, False, MOST_PICTURES),
        (FIELDS, True, MOST_FIELDS),
    ):
        for title, find in collections.items():
            try:
                paths = spread_paths(find(data), most)
            except DatasetError:
                continue
            share = novel_share(reader, title, paths, threshold, novelty.of, all_cells=all_cells)
            shares += [share] if share is not None else []
    return tuple(shares)


def _paths(found: Sequence[object]) -> list[Path]:
    """Paths of samples, masked pictures and fields alike."""
    return [each.path for each in found]  # type: ignore[attr-defined]
