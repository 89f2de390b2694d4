from dataclasses import replace

import numpy as np
import pytest

from leuko.errors import PredictionsError
from leuko.evaluation.predictions import Predictions, read_predictions, write_predictions
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions

GOOD = "image_id,group_id,label,probability_HEM,probability_ALL\na,g,ALL,0.25,0.75\n"


@pytest.fixture
def table(tmp_path):
    def write(text):
        path = tmp_path / "test_predictions.csv"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_what_was_written_is_read_back_to_single_precision(tmp_path):
    made = random_predictions(FOUR, 50, groups=7)
    made = replace(made, probabilities=made.probabilities.astype(np.float32))
    path = tmp_path / "test_predictions.csv"
    write_predictions(made, path)
    read = read_predictions(path, FOUR)
    assert (read.image_ids, read.group_ids, read.labels) == (
        made.image_ids,
        made.group_ids,
        made.labels,
    )
    np.testing.assert_array_equal(read.probabilities.astype(np.float32), made.probabilities)


def test_the_first_line_names_the_columns(tmp_path):
    path = tmp_path / "test_predictions.csv"
    write_predictions(binary("A", [0.75]), path)
    assert path.read_text() == (
        "image_id,group_id,label,probability_HEM,probability_ALL\nimage 0,image 0,ALL,0.25,0.75\n"
    )


def test_ids_that_look_like_numbers_or_nothing_stay_text(table):
    read = read_predictions(table(GOOD.replace("a,g,", "007,NA,")), TWO)
    assert (read.image_ids, read.group_ids) == (("007",), ("NA",))


def test_other_columns_are_ignored(table):
    text = GOOD.replace("probability_ALL\n", "probability_ALL,fold\n").replace("0.75\n", "0.75,3\n")
    assert read_predictions(table(text), TWO).n == 1


def test_the_malignant_probability_is_the_sum_over_malignant_classes():
    p = Predictions(("a",), ("g",), ("Pre",), np.array([[0.4, 0.1, 0.2, 0.3]]), FOUR)
    assert p.malignant_probability[0] == pytest.approx(0.6)
    assert p.predicted_indices[0] == 0
    assert p.is_malignant.tolist() == [True]


def test_with_two_classes_the_most_probable_class_and_half_as_threshold_agree_even_on_ties():
    p = binary("AHAH", [0.5, 0.5, 0.4999999, 0.5000001])
    assert p.predicted_indices.tolist() == (p.malignant_probability >= 0.5).astype(int).tolist()
    assert p.predicted_indices.tolist() == [1, 1, 0, 1]


def test_groups_are_counted_once():
    p = binary("AHA", [0.9, 0.1, 0.8], groups=["x", "y", "x"])
    assert (p.n, p.n_groups, p.has_groups) == (3, 2, True)
    assert not binary("AH", [0.9, 0.1]).has_groups


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("", "is empty", id="empty file"),
        pytest.param(GOOD.splitlines()[0] + "\n", "no rows", id="header only"),
        pytest.param(GOOD.replace("group_id", "group"), "no column 'group_id'", id="column"),
        pytest.param(
            GOOD.replace("probability_ALL", "p_ALL"), "no column 'probability_ALL'", id="class"
        ),
        pytest.param(
            GOOD.replace("probability_ALL\n", "probability_ALL,probability_Pro\n").replace(
                "0.75\n", "0.75,0\n"
            ),
            "'probability_Pro'",
            id="unknown class",
        ),
        pytest.param(GOOD.replace(",ALL,", ",Pro,"), "label 'Pro'", id="unknown label"),
        pytest.param(GOOD.replace("0.75", ""), "is no number", id="empty cell"),
        pytest.param(GOOD.replace("0.75", "nan"), "is no number", id="NaN"),
        pytest.param(GOOD.replace("0.75", "high"), "is no number", id="word"),
        pytest.param(GOOD.replace("0.75", "inf"), "is no number", id="infinite"),
        pytest.param(
            GOOD.replace("0.25,0.75", "-0.25,1.25"), "outside 0 to 1", id="outside 0 to 1"
        ),
        pytest.param(GOOD.replace("0.75", "0.7502"), "do not sum to 1", id="sum"),
        pytest.param(GOOD + "a,h,HEM,0.5,0.5\n", "'a' stands in the table twice", id="twice"),
        pytest.param(GOOD.replace("a,g,", ",g,"), "no image id", id="no id"),
        pytest.param(GOOD + "b,h,HEM,0.5,0.5,1,2,3\n", "cannot be read as a CSV", id="ragged"),
        pytest.param(b"\x89PNG\r\n\x1a\n\x00\xff\xfe", "test_predictions.csv", id="a picture"),
    ],
)
def test_a_broken_table_is_refused_with_the_reason_and_what_to_do(table, text, message):
    with pytest.raises(PredictionsError, match=message) as caught:
        read_predictions(table(text), TWO)
    assert "test_predictions.csv" in str(caught.value)
    assert any(word in str(caught.value) for word in ("evaluate", "keep", "correct"))


def test_a_missing_table_says_how_to_make_it(tmp_path):
    with pytest.raises(PredictionsError, match="missing: evaluate the model"):
        read_predictions(tmp_path / "test_predictions.csv", TWO)


def test_a_row_may_miss_one_by_rounding(table):
    assert read_predictions(table(GOOD.replace("0.75", "0.75005")), TWO).n == 1


def test_lists_of_different_length_are_refused():
    with pytest.raises(PredictionsError, match="one of each an image"):
        Predictions(("a", "b"), ("g",), ("ALL",), np.array([[0.5, 0.5]]), TWO)


def test_probabilities_of_another_shape_are_refused():
    with pytest.raises(PredictionsError, match=r"expected \(1, 2\)"):
        Predictions(("a",), ("g",), ("ALL",), np.array([[0.2, 0.3, 0.5]]), TWO)


def test_predictions_cannot_be_altered_afterwards():
    p = binary("AH", [0.9, 0.1])
    with pytest.raises(ValueError, match="read-only"):
        p.probabilities[0, 0] = 1
