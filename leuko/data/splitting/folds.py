"""Cross-validation: every picture is tested exactly once, by a model that never saw its group.

Stratified and grouped folds come from scikit-learn. Groups that were taken one after the other are
divided into consecutive stretches instead, and a gap of one group is left to the training side.
"""

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from leuko.data.dataset import Sample
from leuko.errors import SplitError

TRAIN, VALIDATION, TEST, GAP = "train", "validation", "test", ""


def fold_sides(
    samples: Sequence[Sample],
    units: Sequence[str],
    *,
    folds: int,
    fold: int,
    validation: float,
    seed: int,
) -> dict[str, str]:
    """Side of each picture in one fold.

    Args:
        samples: all pictures.
        units: of each picture, what moves as a whole: its group, or its content.
        folds: number of folds, 2 or more.
        fold: which of them is the test set, from 0.
        validation: share of all pictures for validation, taken from what is not tested.
        seed: of the shuffle.

    Returns:
        Image id to ``train``, ``validation`` or ``test``.

    Raises:
        SplitError: when a class has fewer units than folds.
    """
    from sklearn.model_selection import StratifiedGroupKFold

    labels = np.array([sample.label for sample in samples])
    names = np.array(list(units))
    for label in sorted(set(labels)):
        found = len(set(names[labels == label]))
        if found < folds:
            raise SplitError(
                f"Class {label} has {found} groups, too few for {folds} folds: ask for "
                f"{found} folds or fewer."
            )
    divide = StratifiedGroupKFold(folds, shuffle=True, random_state=seed)
    rest, tested = list(divide.split(labels, labels, names))[fold]
    parts = max(2, round((1 - 1 / folds) / validation))
    inner = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    _, chosen = next(inner.split(labels[rest], labels[rest], names[rest]))
    side_of = dict.fromkeys((sample.image_id for sample in samples), TRAIN)
    side_of |= dict.fromkeys((samples[i].image_id for i in rest[chosen]), VALIDATION)
    return side_of | dict.fromkeys((samples[i].image_id for i in tested), TEST)


def stretch_sides(
    samples: Sequence[Sample], *, folds: int, fold: int, validation: float
) -> dict[str, str]:
    """Side of each picture of one class whose groups follow each other.

    Args:
        samples: pictures of one class; groups are in the order of their names.
        folds: number of stretches.
        fold: which of them is the test set, from 0.
        validation: share of the groups for validation: those next to the test stretch, after a
            gap of one group.

    Returns:
        Image id to side; pictures in a gap are left out.

    Raises:
        SplitError: when there are too few groups.
    """
    blocks: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        blocks[sample.group].append(sample)
    names = sorted(blocks)
    n_validation = max(1, round(validation * len(names)))
    stretch = np.array_split(np.arange(len(names)), folds)[fold]
    if len(names) < 2 * folds or len(names) - len(stretch) < n_validation + 4:
        raise SplitError(
            f"{len(names)} groups of {samples[0].label} are too few for {folds} folds with gaps: "
            "ask for fewer folds."
        )
    first, last = int(stretch[0]), int(stretch[-1])
    start = last + 2
    if start + n_validation > len(names):
        start = first - 1 - n_validation
    side = dict.fromkeys(names, TRAIN)
    for gap in (first - 1, last + 1, start - 1, start + n_validation):
        if 0 <= gap < len(names):
            side[names[gap]] = GAP
    for index in range(start, start + n_validation):
        side[names[index]] = VALIDATION
    for index in stretch:
        side[names[int(index)]] = TEST
    return {
        sample.image_id: side[group]
        for group, members in blocks.items()
        for sample in members
        if side[group] != GAP
    }
