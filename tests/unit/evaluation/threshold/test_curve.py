import numpy as np
import pytest
from sklearn.metrics import recall_score

from leuko.evaluation.summary import summarise
from leuko.evaluation.threshold.curve import GRID, score_histogram, threshold_curve
from leuko.statistics.estimate import IntervalMethod
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions


@pytest.mark.parametrize("groups", [None, 25])
def test_every_rate_is_that_of_scikit_learn(groups):
    predictions = random_predictions(FOUR, 200, groups)
    curve = threshold_curve(predictions)
    assert curve.thresholds == GRID
    for threshold, se, sp in zip(GRID, curve.sensitivity, curve.specificity, strict=True):
        called = predictions.malignant_probability >= threshold
        truth = predictions.is_malignant
        assert se.value == pytest.approx(recall_score(truth, called))
        assert sp.value == pytest.approx(recall_score(truth, called, pos_label=0))


def test_a_score_on_the_threshold_counts_as_malignant():
    curve = threshold_curve(binary("AH", [0.3, 0.3]), [0.29, 0.3, 0.31])
    assert [each.value for each in curve.sensitivity] == [1, 1, 0]
    assert [each.value for each in curve.specificity] == [0, 0, 1]


def test_independent_images_have_the_intervals_of_the_other_pages():
    predictions = random_predictions(FOUR, 120)
    curve = threshold_curve(predictions, [0.25, 0.5])
    for position, threshold in enumerate((0.25, 0.5)):
        metrics = summarise(predictions, threshold).binary
        assert curve.sensitivity[position] == metrics.sensitivity
        assert curve.specificity[position] == metrics.specificity


def test_groups_give_the_intervals_of_the_other_pages_up_to_chance():
    predictions = random_predictions(FOUR, 400, 40, seed=3)
    curve = threshold_curve(predictions, [0.5], resamples=8000)
    other = summarise(predictions, 0.5, resamples=8000).binary.sensitivity
    mine = curve.sensitivity[0]
    assert (mine.value, mine.units, mine.method) == (other.value, other.units, other.method)
    assert (mine.low, mine.high) == pytest.approx((other.low, other.high), abs=0.01)


def test_limits_never_rise_with_the_threshold_where_they_are_resampled():
    curve = threshold_curve(random_predictions(FOUR, 300, 30, seed=1))
    resampled = [e for e in curve.sensitivity if e.interval is IntervalMethod.BOOTSTRAP]
    assert len(resampled) > 50
    for limits in ([e.low for e in resampled], [e.high for e in resampled]):
        assert (np.diff(limits) <= 1e-12).all()


def test_agreement_of_all_groups_is_no_certainty():
    groups = [f"g{number // 5}" for number in range(40)]
    curve = threshold_curve(binary("A" * 20 + "H" * 20, [0.9] * 20 + [0.1] * 20, groups), [0.5])
    (se,) = curve.sensitivity
    assert se.method == "Wilson with 4 groups as trials"
    assert se.low < 0.6
    assert se.high == 1


def test_chunks_change_nothing(monkeypatch):
    predictions = random_predictions(FOUR, 200, 25)
    whole = threshold_curve(predictions)
    monkeypatch.setattr("leuko.evaluation.threshold.curve.CHUNK_VALUES", 7 * 2000)
    assert threshold_curve(predictions) == whole


def test_an_absent_side_is_not_measurable():
    curve = threshold_curve(binary("AA", [0.9, 0.8]), [0.5])
    assert curve.specificity[0].text() == "not measurable (0 cases)"
    assert curve.sensitivity[0].value == 1


def test_one_group_of_a_side_has_no_interval():
    curve = threshold_curve(binary("AAHH", [0.9, 0.4, 0.3, 0.2], ["a", "a", "b", "c"]), [0.5])
    assert curve.sensitivity[0].text() == "0.50 (no interval: 1 group)"


def test_every_image_stands_in_one_bin():
    predictions = random_predictions(FOUR, 200)
    histogram = score_histogram(predictions, 50)
    assert len(histogram.edges) == 51
    assert sum(histogram.malignant) == predictions.is_malignant.sum()
    assert sum(histogram.benign) == (~predictions.is_malignant).sum()
    edge = score_histogram(binary("AAH", [1.0, 0.98, 0.0]), 50)
    assert (edge.malignant[-1], edge.benign[0]) == (2, 1)
