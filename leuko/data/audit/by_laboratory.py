"""How far the laboratory of a cell can be told from what has nothing to do with the cell.

A network can tell it at least as well. Where classes and laboratories go together it then learns
the laboratory instead of the class, and only a laboratory that was left out shows it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leuko.data.audit.shortcut_baselines import guess_classes
from leuko.data.dataset import Sample

MOST_GUESSES = 40_000
"""Pictures by labels that are guessed from: with many labels, evenly spaced pictures do."""


@dataclass(frozen=True)
class Shortcut:
    """A guess of the class, or of the laboratory, from what has nothing to do with the cells.

    Attributes:
        name: what was looked at.
        balanced_accuracy: mean recall over the classes; None where too few groups divide.
        guesser: the classifier that did best.
    """

    name: str
    balanced_accuracy: float | None
    guesser: str


@dataclass(frozen=True)
class LaboratoryAudit:
    """The laboratories of a data set.

    Attributes:
        labels: number of samples by laboratory and label.
        chance: balanced accuracy of guessing the laboratory.
        shortcuts: guesses of the laboratory, cross-validated so that no fold divides a group.
    """

    labels: Mapping[str, Mapping[str, int]]
    chance: float
    shortcuts: tuple[Shortcut, ...]


def guess_from(
    values: Mapping[str, NDArray[np.float64]],
    labels: Sequence[str],
    units: Sequence[str],
    seed: int,
) -> tuple[Shortcut, ...]:
    """One guess a shortcut.

    Args:
        values: (N, features) by name of the shortcut.
        labels: what is guessed, of each picture.
        units: what a fold never divides.
        seed: of folds and forests.
    """
    step = -(-len(labels) * len(set(labels)) // MOST_GUESSES) or 1
    found = []
    for name, numbers in values.items():
        guess = guess_classes(numbers[::step], labels[::step], units[::step], seed)
        found.append(
            Shortcut(name, guess.balanced_accuracy, guess.guesser)
            if guess
            else Shortcut(name, None, "")
        )
    return tuple(found)


def audit_laboratories(
    samples: Sequence[Sample],
    looked_at: Sequence[Sample],
    values: Mapping[str, NDArray[np.float64]],
) -> LaboratoryAudit | None:
    """Count the labels of each laboratory and guess the laboratory.

    Args:
        samples: of the whole data set.
        looked_at: the samples of which values are known.
        values: of these, by name of the shortcut.

    Returns:
        None where there are not two laboratories.
    """
    labels: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for sample in samples:
        labels[sample.laboratory][sample.label] += 1
    if len(labels) < 2:  # noqa: PLR2004
        return None
    return LaboratoryAudit(
        labels={name: dict(sorted(labels[name].items())) for name in sorted(labels)},
        chance=1 / len(labels),
        shortcuts=guess_from(
            values, [s.laboratory for s in looked_at], [s.group for s in looked_at], seed=0
        ),
    )
