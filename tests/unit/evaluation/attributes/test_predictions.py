import numpy as np
import pytest

from leuko.errors import PredictionsError
from leuko.evaluation.attributes.predictions import (
    AttributePredictions,
    TwoReaders,
    read_attribute_predictions,
    read_two_readers,
    write_attribute_predictions,
    write_two_readers,
)

VALUES = {"shape": ("round", "irregular"), "colour": ("blue", "light blue", "purple, blue")}


def predictions():
    return AttributePredictions(
        VALUES,
        ("A_1", "A_2"),
        {"shape": np.array([0, 1]), "colour": np.array([2, 0])},
        {
            "shape": np.array([[0.75, 0.25], [0.5, 0.5]]),
            "colour": np.array([[0.25, 0.25, 0.5], [1, 0, 0]]),
        },
    )


def test_predictions_are_read_back_as_they_were_written(tmp_path):
    write_attribute_predictions(predictions(), tmp_path / "test.csv")
    found = read_attribute_predictions(tmp_path / "test.csv", VALUES)
    assert found.image_ids == ("A_1", "A_2")
    for name in VALUES:
        assert np.array_equal(found.truth[name], predictions().truth[name])
        assert np.array_equal(found.probabilities[name], predictions().probabilities[name])
    assert found.told("colour").tolist() == [2, 0]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("0.75", "0.7", "cell 'A_1' are no probabilities that sum to 1"),
        ("0.75", "much", "cell 'A_1' are no probabilities"),
        ("irregular,blue", "square,blue", "says 'square' of shape, known are round, irregular"),
        ("A_2", "A_1", "stand in the table twice"),
        ("probability_shape_round", "shape_round", "'probability_shape_round' 0 times"),
    ],
)
def test_a_table_in_disorder_is_refused_with_what_is_wrong(tmp_path, old, new, said):
    path = tmp_path / "test.csv"
    write_attribute_predictions(predictions(), path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(PredictionsError, match=said):
        read_attribute_predictions(path, VALUES)


def test_two_readers_are_read_back_as_they_were_written(tmp_path):
    readers = TwoReaders(
        VALUES, ("A_1", "A_2"), ("test", "train"),
        {"shape": np.array([0, 1]), "colour": np.array([2, 0])},
        {"shape": np.array([1, 1]), "colour": np.array([2, 1])},
    )  # fmt: skip
    write_two_readers(readers, tmp_path / "two.csv")
    found = read_two_readers(tmp_path / "two.csv", VALUES)
    assert (found.image_ids, found.sides) == (readers.image_ids, readers.sides)
    for name in VALUES:
        assert np.array_equal(found.first[name], readers.first[name])
        assert np.array_equal(found.second[name], readers.second[name])


def test_an_absent_table_is_told(tmp_path):
    with pytest.raises(PredictionsError, match="is missing"):
        read_two_readers(tmp_path / "two.csv", VALUES)
