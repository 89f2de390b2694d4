import numpy as np
import pytest
from sklearn.metrics import f1_score

from leuko.evaluation.attributes.figures import confusion, macro_f1, macro_f1_of_tables


@pytest.mark.parametrize("values", [2, 3, 6])
@pytest.mark.parametrize("seed", range(4))
def test_macro_f1_is_that_of_scikit_learn(values, seed):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, values, 40)
    told = np.where(rng.random(40) < 0.6, truth, rng.integers(0, values, 40))
    assert macro_f1(truth, told, values) == pytest.approx(
        f1_score(truth, told, average="macro"), abs=1e-12
    )


def test_a_value_that_nobody_has_and_nobody_is_told_is_left_out_of_the_mean():
    truth, told = np.array([0, 0, 1, 1]), np.array([0, 1, 1, 1])
    assert macro_f1(truth, told, 5) == pytest.approx(f1_score(truth, told, average="macro"))


def test_a_value_that_is_never_told_counts_as_missed():
    truth, told = np.array([0, 0, 0, 1]), np.zeros(4, int)
    expected = f1_score(truth, told, average="macro", zero_division=0)
    assert macro_f1(truth, told, 2) == pytest.approx(expected)


def test_many_tables_at_once_and_an_empty_one_is_no_number():
    tables = np.stack([np.eye(3) * 4, np.zeros((3, 3))])
    first, second = macro_f1_of_tables(tables)
    assert first == 1
    assert np.isnan(second)


def test_rows_are_the_truth():
    assert confusion(np.array([0, 1]), np.array([1, 1]), 2).tolist() == [[0, 1], [0, 1]]
