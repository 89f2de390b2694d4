import numpy as np
import pytest

from leuko.evaluation.mistakes import mistakes
from leuko.evaluation.predictions import Predictions
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions


def test_only_what_was_wrong_is_listed_the_surest_first():
    found = mistakes(binary("AAAHHH", [0.9, 0.4, 0.02, 0.1, 0.55, 0.8]), 0.5)
    assert [(one.image_id, one.label, one.suggested) for one in found] == [
        ("image 2", "ALL", "HEM"),
        ("image 5", "HEM", "ALL"),
        ("image 1", "ALL", "HEM"),
        ("image 4", "HEM", "ALL"),
    ]
    assert [one.confidence for one in found] == pytest.approx([0.98, 0.8, 0.6, 0.55])


def test_another_threshold_makes_other_mistakes():
    found = mistakes(binary("AH", [0.6, 0.3]), 0.2)
    assert [one.image_id for one in found] == ["image 1"]


def test_a_wrong_side_stands_before_a_wrong_class_of_the_right_side():
    probabilities = np.array([[0.01, 0.98, 0.01, 0.0], [0.6, 0.4, 0.0, 0.0]])
    ids = ("a", "b")
    found = mistakes(Predictions(ids, ids, ("Pro", "Early"), probabilities, FOUR), 0.5)
    assert [(one.image_id, one.wrong_side) for one in found] == [("b", True), ("a", False)]
    assert found[1].confidence == pytest.approx(0.98)


def test_there_are_as_many_as_the_confusion_matrix_says():
    from leuko.evaluation.summary import summarise

    predictions = random_predictions(FOUR, 200)
    for threshold in (0.2, 0.5, 0.9):
        matrix = np.array(summarise(predictions, threshold, resamples=2).confusion)
        found = mistakes(predictions, threshold)
        assert len(found) == matrix.sum() - np.trace(matrix)
        binary_errors = sum(one.wrong_side for one in found)
        summary = summarise(predictions, threshold, resamples=2)
        assert binary_errors == summary.false_negatives + summary.false_positives


def test_a_model_without_mistakes_has_none():
    assert mistakes(binary("AH", [0.9, 0.1]), 0.5) == ()
