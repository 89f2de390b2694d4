"""How often the kind gate is right, sure and wrong, on pictures and on collections it never saw."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.calibration.kind.feature_table import KindRow
from leuko.calibration.kind.fit import KINDS, fit_forest, guess
from leuko.inspection.cells.segmentation import find_cells
from leuko.inspection.kind.classify import SURE_FROM, recognise_kind
from leuko.inspection.kind.forest import Forest, ForestFile
from leuko.inspection.pyramid import Copies, shrink
from leuko.inspection.quality.measures import QualityMeasures, measure_quality
from leuko.labels import InputKind

REPEATS = 3


@dataclass(frozen=True)
class KindFigures:
    """Figures of one set of pictures.

    Attributes:
        name: of the set.
        kind: what its pictures show; None for what is no blood.
        pictures: how many.
        guessed: how many were taken for each of ``KINDS``, sure or not.
        sure: the same, of those the gate is sure of.
    """

    name: str
    kind: InputKind | None
    pictures: int
    guessed: tuple[int, ...]
    sure: tuple[int, ...]

    @property
    def right(self) -> int:
        """Pictures whose likeliest kind is the right one."""
        return self.guessed[KINDS.index(self.kind)]

    @property
    def sure_and_right(self) -> int:
        """Of those, how many the gate is sure of."""
        return self.sure[KINDS.index(self.kind)]

    @property
    def sure_and_wrong(self) -> int:
        """Pictures that the gate is sure of and wrong about: it would refuse the right model."""
        return sum(self.sure) - self.sure_and_right


@dataclass(frozen=True)
class Cost:
    """Milliseconds of processor time a picture, medians.

    Attributes:
        kind: of the gate, given the cells.
        quality: of the quality measures.
        cells: of the search for cells, to compare with.
        pictures: how many were timed.
    """

    kind: float
    quality: float
    cells: float
    pictures: int


def figures(name: str, rows: Sequence[KindRow], forest: Forest) -> list[KindFigures]:
    """Figures of rows, one entry a kind among them."""
    probabilities = guess(forest, rows)
    found = []
    for kind in KINDS:
        chosen = np.array([row.kind is kind for row in rows], np.bool_)
        if chosen.any():
            found.append(_count(name, kind, probabilities[chosen]))
    return found


def _count(name: str, kind: InputKind | None, probabilities: NDArray[np.float64]) -> KindFigures:
    likeliest = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= SURE_FROM
    return KindFigures(
        name,
        kind,
        len(probabilities),
        tuple(np.bincount(likeliest, minlength=len(KINDS)).tolist()),
        tuple(np.bincount(likeliest[sure], minlength=len(KINDS)).tolist()),
    )


def together(name: str, parts: Sequence[KindFigures]) -> list[KindFigures]:
    """Figures of several sets added up, one entry a kind."""
    found = []
    for kind in KINDS:
        same = [part for part in parts if part.kind is kind]
        if same:
            guessed, sure = (
                tuple(np.sum([getattr(part, which) for part in same], axis=0).tolist())
                for which in ("guessed", "sure")
            )
            total = sum(part.pictures for part in same)
            found.append(KindFigures(name, kind, total, guessed, sure))
    return found


def held_out(rows: Sequence[KindRow], stored: ForestFile) -> list[KindFigures]:
    """Figures on held-out pictures as they came, by collection."""
    forest = Forest.of(stored)
    kept = [row for row in rows if row.held_out and row.as_published]
    return [
        one
        for name in sorted({row.collection for row in kept})
        for one in figures(name, [row for row in kept if row.collection == name], forest)
    ]


def held_out_made(rows: Sequence[KindRow], stored: ForestFile) -> list[KindFigures]:
    """Figures on what was made from held-out pictures, by how it was made."""
    forest = Forest.of(stored)
    kept = [row for row in rows if row.held_out and not row.as_published]
    return [
        one
        for made in sorted({row.made for row in kept})
        for one in figures(made, [row for row in kept if row.made == made], forest)
    ]


def left_out(rows: Sequence[KindRow], sharpness: float) -> Iterator[KindFigures]:
    """For each collection, figures of a forest that was fitted without it and what is made of it.

    Args:
        rows: of all collections.
        sharpness: of the forest that is measured.
    """
    for name in sorted({row.collection for row in rows}):
        others = [row for row in rows if row.collection != name]
        if {row.kind for row in others} != set(KINDS):
            continue
        forest = Forest.of(fit_forest(others, sharpness))
        its = [row for row in rows if row.collection == name and row.as_published]
        yield from figures(name, its, forest)


def measure_cost(pictures: Sequence[Pixels]) -> Cost:
    """Processor time of the gate and of the quality measures on pictures, at least one."""
    kind, quality, cells = [], [], []
    for pixels in pictures:
        small = shrink(pixels)
        mask = find_cells(small)
        copies = Copies.of(pixels, small)
        measures = measure_quality(pixels, copies)
        cells.append(_milliseconds(partial(find_cells, small)))
        kind.append(_milliseconds(partial(recognise_kind, pixels, mask, measures, copies)))
        quality.append(_milliseconds(partial(_measure_anew, pixels, small)))
    return Cost(
        float(np.median(kind)), float(np.median(quality)), float(np.median(cells)), len(pictures)
    )


def _measure_anew(pixels: Pixels, small: Pixels) -> QualityMeasures:
    return measure_quality(pixels, Copies.of(pixels, small))


def _milliseconds(work: Callable[[], object]) -> float:
    """The fastest of a few runs: everything slower was somebody else's."""
    times = []
    for _ in range(REPEATS):
        start = time.thread_time()
        work()
        times.append(time.thread_time() - start)
    return 1000 * min(times)
