"""Which answers are close enough to another one that reduced precision might tip them."""

import numpy as np
from numpy.typing import NDArray

from leuko.labels import ClassSet

MARGIN = 0.4
"""Logit units. On the test sets of the shipped models bfloat16 changed no suggestion whose margin
was above 0.27."""


def is_borderline(
    probabilities: NDArray[np.float64],
    classes: ClassSet,
    threshold: float,
    temperature: float = 1.0,
    margin: float = MARGIN,
) -> NDArray[np.bool_]:
    """Whether shifts of the logits, each below half of ``margin``, could suggest another class.

    With logits z and temperature T the log odds of two groups of classes are the difference of
    two log-sum-exps of z / T. Shifting each z by less than e moves that by less than 2 e / T, and
    the same holds for the log ratio of two classes.

    Args:
        probabilities: (N, K), each row with sum 1, in the order of ``classes``.
        classes: of the model.
        threshold: on P(malignant), in [0, 1].
        temperature: that divided the logits.
        margin: logit units, above 0.

    Returns:
        (N,): True where P(malignant) is that near to the threshold, or the second class on the
        suggested side that near to the first.
    """
    malignant = np.zeros(len(classes.names), dtype=bool)
    malignant[list(classes.malignant_indices)] = True
    score = probabilities[:, malignant].sum(axis=1)
    rest = probabilities[:, ~malignant].sum(axis=1)
    on_side = malignant[None, :] == (score >= threshold)[:, None]  # (N, K)
    best = np.sort(np.where(on_side, probabilities, 0.0), axis=1)[:, ::-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        to_threshold = np.log(score / rest) - np.log(threshold / np.float64(1 - threshold))
        to_second = np.log(best[:, 0] / best[:, 1])
        near: NDArray[np.bool_] = np.minimum(np.abs(to_threshold), to_second) * temperature < margin
    return near
