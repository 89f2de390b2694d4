"""A laboratory's own labelled pictures, put into the form that every figure is computed from."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leuko.evaluation.external.label_vocabulary import Meaning, class_for
from leuko.evaluation.predictions import Predictions
from leuko.imaging.filenames import display_name
from leuko.labels import ClassSet

BENIGN_SIDE, MALIGNANT_SIDE = "Any benign class", "Any malignant class"
SIDES = ClassSet((BENIGN_SIDE, MALIGNANT_SIDE), frozenset({MALIGNANT_SIDE}))
LONGEST_NAME = 200


@dataclass(frozen=True)
class ExternalPrediction:
    """What a model said about one labelled picture.

    Attributes:
        name: of the picture, as the user gave it.
        group: patient or slide; empty where none is known.
        meaning: of its label.
        probabilities: one a class, in the order of the model's classes.
    """

    name: str
    group: str
    meaning: Meaning
    probabilities: tuple[float, ...]


@dataclass(frozen=True, eq=False)
class OwnSet:
    """Answers of one model, ready to be measured.

    Attributes:
        predictions: with the model's classes, or with the two sides alone.
        sides_only: whether some label names a side alone, so that classes cannot be measured.
        without_class: how many labels do.
    """

    predictions: Predictions
    sides_only: bool
    without_class: int


def own_set(answers: Sequence[ExternalPrediction], classes: ClassSet) -> OwnSet:
    """Put the answers of one model into the form that every figure is computed from.

    Where a label names the side alone and the model has several classes there, the probabilities
    of each side are added up: the clinical binary stays as it is, and no class is made up.

    Args:
        answers: at least one.
        classes: of the model.

    Raises:
        PredictionsError: when there is no answer.
    """
    named = [class_for(answer.meaning, classes) for answer in answers]
    table = np.array([answer.probabilities for answer in answers], dtype=np.float64)
    table = table.reshape(len(answers), len(classes.names))  # (n, k)
    table = table / table.sum(axis=1, keepdims=True)
    ids = _different([display_name(answer.name, LONGEST_NAME) for answer in answers])
    groups = _group_ids([answer.group for answer in answers], ids)
    without = sum(name is None for name in named)
    if not without:
        labels = tuple(name for name in named if name is not None)
        return OwnSet(Predictions(ids, groups, labels, table, classes), sides_only=False,
                      without_class=0)  # fmt: skip
    malignant = table[:, list(classes.malignant_indices)].sum(axis=1).clip(0, 1)
    labels = tuple(MALIGNANT_SIDE if a.meaning.malignant else BENIGN_SIDE for a in answers)
    both = np.column_stack([1 - malignant, malignant])
    return OwnSet(
        Predictions(ids, groups, labels, both, SIDES), sides_only=True, without_class=without
    )


def _different(names: Sequence[str]) -> tuple[str, ...]:
    """The names, with a number behind each that was there before."""
    taken: dict[str, None] = {}
    for name in names:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name} ({number})"
        taken[candidate] = None
    return tuple(taken)


def _group_ids(groups: Sequence[str], ids: Sequence[str]) -> tuple[str, ...]:
    """Group of each picture; one without a group is its own, whatever the others are called."""
    taken = set(groups)
    own = [f"{name} (alone)" if name in taken else name for name in ids]
    return tuple(group or alone for group, alone in zip(groups, own, strict=True))
