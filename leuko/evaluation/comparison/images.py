"""Images on which two models differ, or agree, one by one."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from leuko.evaluation.comparison.contender import Contender, same_classes


class Pick(StrEnum):
    """Which images to list."""

    DISAGREE = "They disagree"
    ONE_WRONG = "At least one is wrong"
    BOTH_WRONG = "Both are wrong"
    ALL = "All images"


@dataclass(frozen=True)
class ImageDisagreement:
    """What two models say about one image.

    Attributes:
        image, group: names in the table of predictions.
        truth: the true class.
        first, second: suggested class of each.
        first_probability, second_probability: P(malignant) of each, in [0, 1].
        first_right, second_right: whether the suggestion is the true class, or the true side
            where the models know different classes.
    """

    image: str
    group: str
    truth: str
    first: str
    second: str
    first_probability: float
    second_probability: float
    first_right: bool
    second_right: bool

    @property
    def gap(self) -> float:
        """Distance of the two P(malignant), in [0, 1]."""
        return abs(self.first_probability - self.second_probability)


def disagreements(first: Contender, second: Contender, pick: Pick) -> list[ImageDisagreement]:
    """The picked images, the widest gap of P(malignant) first.

    Args:
        first: a model.
        second: another that ``why_not_paired`` lets pass. Where the two know different classes,
            they disagree when the sides differ.
        pick: which images.
    """
    by_class = same_classes(first, second)
    right = (
        (first.right_class, second.right_class)
        if by_class
        else (first.right_side, second.right_side)
    )
    unlike = (
        np.array(first.suggested_names) != np.array(second.suggested_names)
        if by_class
        else first.suggests_malignant != second.suggests_malignant
    )
    chosen = {
        Pick.DISAGREE: unlike,
        Pick.ONE_WRONG: ~(right[0] & right[1]),
        Pick.BOTH_WRONG: ~(right[0] | right[1]),
        Pick.ALL: np.ones(len(unlike), dtype=np.bool_),
    }[pick]
    a, b = first.predictions, second.predictions
    found = [
        ImageDisagreement(
            a.image_ids[row],
            a.group_ids[row],
            a.labels[row],
            first.suggested_names[row],
            second.suggested_names[row],
            float(a.malignant_probability[row]),
            float(b.malignant_probability[row]),
            bool(right[0][row]),
            bool(right[1][row]),
        )
        for row in np.flatnonzero(chosen)
    ]
    return sorted(found, key=lambda one: (-one.gap, one.image))
