import numpy as np
import pytest

from leuko.evaluation.curves.risk_coverage import risk_coverage, risk_of_suggestions
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions


def test_deferring_the_least_certain_first_gives_the_curve_counted_by_hand():
    curve = risk_coverage(np.array([0.9, 0.5, 0.7, 0.6]), np.array([True, False, True, False]))
    assert curve.deferred.tolist() == [0, 1, 2, 3]
    assert curve.errors.tolist() == [2, 1, 0, 0]
    assert curve.accuracy.tolist() == pytest.approx([0.5, 2 / 3, 1, 1])
    assert curve.deferred_share.tolist() == [0, 0.25, 0.5, 0.75]
    assert curve.limits.tolist() == [0.5, 0.6, 0.7, 0.9]
    # kept 1, 2, 3, 4 pictures: errors 0, 0, 1, 2
    assert curve.area == pytest.approx((0 + 0 + 1 / 3 + 2 / 4) / 4)


def test_pictures_of_equal_confidence_are_deferred_together():
    curve = risk_coverage(np.array([0.5, 0.5, 0.9]), np.array([False, True, True]))
    assert curve.deferred.tolist() == [0, 2]
    assert curve.errors.tolist() == [1, 0]
    # kept 1: 0 errors; of the two ties half an error each
    assert curve.area == pytest.approx((0 + 0.5 / 2 + 1 / 3) / 3)


def test_the_number_to_defer_for_a_risk_is_the_fewest_that_reach_it():
    curve = risk_coverage(np.array([0.9, 0.5, 0.7, 0.6]), np.array([True, False, True, False]))
    assert curve.deferred_for(0.5) == 0
    assert curve.deferred_for(0.4) == 1
    assert curve.deferred_for(0.0) == 2
    hopeless = risk_coverage(np.array([0.9, 0.5]), np.array([False, True]))
    assert hopeless.deferred_for(0.1) is None


def test_the_order_of_pictures_does_not_matter():
    generator = np.random.default_rng(0)
    confidence, right = generator.random(50).round(1), generator.random(50) < 0.7
    order = generator.permutation(50)
    one, other = risk_coverage(confidence, right), risk_coverage(confidence[order], right[order])
    assert one.errors.tolist() == other.errors.tolist()
    assert one.area == pytest.approx(other.area)


def test_without_answers_there_is_no_curve():
    with pytest.raises(ValueError, match="no curve"):
        risk_coverage(np.array([]), np.array([]))


def test_a_model_is_ordered_by_the_probability_of_the_class_that_it_suggests():
    # At 0.2 the third picture is suggested ALL at 0.3: wrong, and the least certain.
    curve = risk_of_suggestions(binary("AAH", [0.9, 0.6, 0.3]), 0.2)
    assert curve.limits.tolist() == pytest.approx([0.3, 0.6, 0.9])
    assert curve.errors.tolist() == [1, 0, 0]


def test_a_model_that_knows_when_it_errs_has_a_smaller_area_than_one_that_does_not():
    predictions = random_predictions(FOUR, 300, seed=5)
    curve = risk_of_suggestions(predictions, 0.5)
    suggested = predictions.suggested_indices(0.5) == predictions.label_indices
    blind = risk_coverage(np.random.default_rng(0).random(300), suggested)
    assert curve.area < blind.area
