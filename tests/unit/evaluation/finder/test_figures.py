"""Sums of a set: recall, precision, F1 as scikit-learn has them."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, precision_score, recall_score

from leuko.evaluation.finder.figures import FieldCount, read_figures, summarise


def count(true, found, matched, name="a", left_out=False):
    return FieldCount(
        set=name, picture="p", left_out=left_out, true=true, found=found, matched=matched
    )


def test_figures_are_those_of_scikit_learn():
    counts = [count(5, 4, 4), count(2, 3, 1), count(0, 1, 0), count(3, 3, 3)]
    (one,) = summarise(counts)
    matched, missed, made_up = 8, 2, 3
    truth = np.repeat([1, 1, 0], [matched, missed, made_up])
    said = np.repeat([1, 0, 1], [matched, missed, made_up])
    assert (one.pictures, one.true, one.found, one.matched) == (4, 10, 11, 8)
    assert one.recall == pytest.approx(recall_score(truth, said))
    assert one.precision == pytest.approx(precision_score(truth, said))
    assert one.f1 == pytest.approx(f1_score(truth, said))
    assert one.f1_low <= one.f1 <= one.f1_high


def test_sets_and_what_was_left_out_stay_apart():
    found = summarise([count(1, 1, 1), count(1, 1, 1, "b"), count(1, 2, 1, left_out=True)])
    assert [(one.set, one.left_out, one.pictures) for one in found] == [
        ("a", False, 1),
        ("b", False, 1),
        ("a", True, 1),
    ]


def test_without_cells_there_is_no_figure():
    (one,) = summarise([count(0, 0, 0), count(0, 0, 0)])
    assert one.recall is None
    assert one.precision is None
    assert one.f1 is None


def test_no_stored_figures_are_none(tmp_path):
    assert read_figures(tmp_path / "none.json") is None
