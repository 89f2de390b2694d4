"""Which answers are close enough to another one that reduced precision might tip them."""

import numpy as np
from numpy.typing import NDArray

from leuko.labels import ClassSet

MARGIN = 0.1
"""On the test sets of the shipped models bfloat16 moved no probability by as much."""


def is_borderline(
    probabilities: NDArray[np.float64], classes: ClassSet, threshold: float, margin: float = MARGIN
) -> NDArray[np.bool_]:
    """Whether a shift of each probability by less than ``margin`` could suggest another class.

    Args:
        probabilities: (N, K), each row with sum 1, in the order of ``classes``.
        classes: of the model.
        threshold: on P(malignant), in [0, 1].
        margin: probability, above 0.

    Returns:
        (N,): True where P(malignant) lies within the margin of the threshold, or the two most
        probable classes on the suggested side are less than twice the margin apart.
    """
    malignant = np.zeros(len(classes.names), dtype=bool)
    malignant[sorted(classes.malignant_indices)] = True
    score = probabilities[:, malignant].sum(axis=1)
    near_threshold = np.abs(score - threshold) < margin
    on_side = malignant[None, :] == (score >= threshold)[:, None]  # (N, K)
    best = np.sort(np.where(on_side, probabilities, -np.inf), axis=1)[:, ::-1]
    near_second: NDArray[np.bool_] = best[:, 0] - best[:, 1] < 2 * margin
    close: NDArray[np.bool_] = near_threshold | near_second
    return close
