"""The figures of the finder: read strictly; precision, recall and F1 from the fields."""

import json

import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from leuko.errors import PredictionsError
from leuko.evaluation.cells.detection import detected
from leuko.evaluation.cells.finder import FieldCount, read_finder_figures
from tests.made_finder_figures import finder_figures, write_figures


@pytest.fixture
def path(tmp_path):
    return write_figures(tmp_path / "figures.json")


def edit(path, change):
    raw = json.loads(path.read_text())
    change(raw)
    path.write_text(json.dumps(raw))
    return path


def test_what_the_command_writes_is_read(path):
    assert read_finder_figures(path) == finder_figures()


def test_where_nobody_measured_there_is_nothing(tmp_path):
    assert read_finder_figures(tmp_path / "absent.json") is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda raw: raw.update(colour="red"), "is wrong at 'colour'"),
        (lambda raw: raw["counts"][0].update(matched=9), "more cells are matched than marked"),
        (lambda raw: raw["counts"][0].update(true=-1), "is wrong at 'counts.0.true'"),
        (lambda raw: raw["dice"][0].update(low=0.999), "lies above the upper one"),
        (lambda raw: raw["dice"][0].update(low=None), "needs both of its limits"),
        (lambda raw: raw["dice"][0].update(region="membrane"), "is wrong at 'dice.0.region'"),
        (lambda raw: raw["dice"][0].update(mean=1.2), "is wrong at 'dice.0.mean'"),
    ],
)
def test_what_breaks_a_rule_is_refused_with_what_to_do(path, change, sentence):
    with pytest.raises(PredictionsError, match=sentence):
        read_finder_figures(edit(path, change))


def test_what_is_no_json_is_refused(path):
    path.write_text("{")
    with pytest.raises(PredictionsError, match=r"cannot be read .*'python -m leuko measure-cells'"):
        read_finder_figures(path)


def test_the_file_that_comes_with_the_package_is_in_order():
    """Where it is there: the command writes it."""
    read_finder_figures()


def test_precision_recall_and_f1_are_those_of_scikit_learn():
    first, second = detected(finder_figures().counts)
    for one in (first, second):
        only_true, only_found = one.true - one.matched, one.found - one.matched
        truth = [1] * (one.matched + only_true) + [0] * only_found
        said = [1] * one.matched + [0] * only_true + [1] * only_found
        expected = precision_recall_fscore_support(truth, said, average="binary")[:3]
        mine = [each.value for each in (one.precision, one.recall, one.f1)]
        assert mine == pytest.approx(list(expected))
    assert (first.true, first.found, first.matched) == (8, 8, 7)


def test_the_interval_resamples_whole_fields():
    fields = finder_figures().counts
    (one,) = detected([each for each in fields if each.left_out])
    rows = np.array([(each.true, each.matched) for each in fields if each.left_out])
    generator = np.random.default_rng(3)
    drawn = rows[generator.integers(0, len(rows), (4000, len(rows)))].sum(axis=1)
    low, high = np.quantile(drawn[:, 1] / drawn[:, 0], [0.025, 0.975])
    assert (one.recall.low, one.recall.high) == pytest.approx((low, high), abs=0.004)
    assert one.recall.method == "bootstrap over 40 groups"


def field(**counts):
    return FieldCount(set="one", picture=str(counts), left_out=False, **counts)


def test_fields_without_any_cell_have_nothing_to_recall():
    (one,) = detected([field(true=0, found=0, matched=0), field(true=0, found=1, matched=0)])
    assert one.recall.text() == "not measurable (0 cases)"
    assert one.precision.value == 0


def test_where_nothing_is_found_precision_is_not_measurable():
    (one,) = detected([field(true=1, found=0, matched=0), field(true=2, found=0, matched=0)])
    assert one.precision.text() == "not measurable (no cell was found)"
    assert one.recall.value == 0
