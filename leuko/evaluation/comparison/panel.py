"""How far several models suggest the same for images whose truth nobody knows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import combinations

import numpy as np

from leuko.arrays import Floats
from leuko.evaluation.comparison.agreement import SIDES, RaterAgreement, kappa_estimate
from leuko.labels import ClassSet
from leuko.statistics.estimate import FEW_UNITS
from leuko.statistics.paired_intervals import Signed

FEW_IMAGES = f"fewer than {FEW_UNITS} images"


@dataclass(frozen=True)
class Suggestion:
    """What a model suggests for an image.

    Attributes:
        label: the class.
        malignant: its side.
    """

    label: str
    malignant: bool


class Accord(IntEnum):
    """How several suggestions for one image stand to each other, the worst first."""

    SIDES_DIFFER = 0
    CLASSES_DIFFER = 1
    SAME = 2


@dataclass(frozen=True)
class PairAgreement:
    """Two models of a panel.

    Attributes:
        first, second: their places in the panel.
        sides: agreement on malignant against benign.
        classes: agreement on the class; None where the two do not know the same classes, or
            know one a side, so that it would repeat the sides.
    """

    first: int
    second: int
    sides: RaterAgreement
    classes: RaterAgreement | None


@dataclass(frozen=True)
class PanelAgreement:
    """All models of a panel.

    Attributes:
        images: that every model answered.
        same_side: of these, the ones on which all suggest malignant or all suggest benign.
        same_class: of these, the ones on which all suggest one class; None as in
            :class:`PairAgreement`.
        pairs: every two models, in the order of the panel.
    """

    images: int
    same_side: int
    same_class: int | None
    pairs: tuple[PairAgreement, ...]


def know_the_same(sets: Sequence[ClassSet]) -> bool:
    """Whether all models know the same classes, in any order, the same ones malignant."""
    return len({(frozenset(each.names), each.malignant) for each in sets}) <= 1


def compare_by_class(sets: Sequence[ClassSet]) -> bool:
    """Whether classes can be compared, and say more than malignant against benign."""
    two_sides = len(SIDES)
    return know_the_same(sets) and all(len(each.names) > two_sides for each in sets)


def accord(suggestions: Sequence[Suggestion], by_class: bool) -> Accord:
    """How suggestions for one image stand to each other.

    Args:
        suggestions: of several models.
        by_class: whether different classes of one side count as a difference.
    """
    if len({each.malignant for each in suggestions}) > 1:
        return Accord.SIDES_DIFFER
    if by_class and len({each.label for each in suggestions}) > 1:
        return Accord.CLASSES_DIFFER
    return Accord.SAME


def panel_agreement(
    answers: Sequence[Sequence[Suggestion]], sets: Sequence[ClassSet]
) -> PanelAgreement:
    """Count how often models agree, all together and two by two.

    Every image counts as independent, for nobody said which belong to one patient.

    Args:
        answers: one row an image that every model answered, one suggestion a model.
        sets: the classes of each model.
    """
    by_class = compare_by_class(sets)
    found = [accord(row, by_class) for row in answers]
    same = found.count(Accord.SAME)
    return PanelAgreement(
        images=len(found),
        same_side=len(found) - found.count(Accord.SIDES_DIFFER),
        same_class=same if by_class else None,
        pairs=tuple(_pair(answers, sets, *places) for places in combinations(range(len(sets)), 2)),
    )


def _pair(
    answers: Sequence[Sequence[Suggestion]], sets: Sequence[ClassSet], first: int, second: int
) -> PairAgreement:
    sides = [(SIDES[row[first].malignant], SIDES[row[second].malignant]) for row in answers]
    classes = None
    if compare_by_class([sets[first], sets[second]]):
        labels = [(row[first].label, row[second].label) for row in answers]
        classes = _agreement(sets[first].names, labels)
    return PairAgreement(first, second, _agreement(SIDES, sides), classes)


def _agreement(names: Sequence[str], said: Sequence[tuple[str, str]]) -> RaterAgreement:
    table = np.zeros((len(names), len(names)))
    for one, other in said:
        table[names.index(one), names.index(other)] += 1
    counts = tuple(tuple(int(count) for count in row) for row in table)
    return RaterAgreement(tuple(names), counts, _kappa(table, len(said)))


def _kappa(table: Floats, images: int) -> Signed:
    if not images:
        return Signed(None, reason="0 images")
    kappa = kappa_estimate(table[None], grouped=False)
    if kappa.low is not None and images < FEW_UNITS:
        return Signed(kappa.value, reason=FEW_IMAGES, units=images)
    return kappa
