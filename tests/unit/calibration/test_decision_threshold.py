import numpy as np
import pytest

from leuko.calibration.decision_threshold import choose_threshold
from leuko.evaluation.predictions import Predictions
from leuko.labels import ClassSet

CLASSES = ClassSet(("calm", "quiet", "wild"), frozenset({"wild"}))


def predictions(wild, others=()):
    score = np.array([*wild, *others], float)
    table = np.stack([(1 - score) * 0.6, (1 - score) * 0.4, score], axis=1)
    names = tuple(str(number) for number in range(len(score)))
    labels = ("wild",) * len(wild) + ("calm",) * len(others)
    return Predictions(names, names, labels, table, CLASSES)


@pytest.mark.parametrize(
    ("wild", "expected"),
    [
        ([0.9] * 20, 0.5),  # never above one half
        ([0.9] * 19 + [0.01], 0.5),  # 19 of 20 are 95 %
        ([0.9] * 18 + [0.31, 0.01], 0.3),
        ([0.9] * 18 + [0.12, 0.13], 0.1),
        ([0.9] * 10 + [0.01] * 10, 0.05),  # out of reach: the lowest
    ],
)
def test_it_is_the_highest_at_which_ninety_five_in_a_hundred_are_found(wild, expected):
    assert choose_threshold(predictions(wild, [0.2, 0.6])) == expected


def test_without_a_malignant_picture_it_stays_at_one_half():
    assert choose_threshold(predictions([], [0.1, 0.2])) == 0.5
