import numpy as np
import pytest

from leuko.evaluation.curves.roc import area_under_roc, roc_curve
from leuko.evaluation.summary import summarise
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions


@pytest.mark.parametrize("threshold", [0.0, 0.5, 0.9, 1.0])
def test_the_operating_point_is_the_models_sensitivity_and_specificity(threshold):
    p = random_predictions(FOUR, 200)
    curve, made = roc_curve(p, threshold), summarise(p, threshold, resamples=10)
    assert curve.operating_point == pytest.approx(
        (1 - made.binary.specificity.value, made.binary.sensitivity.value)
    )
    assert curve.auroc == made.binary.auroc.value


def test_the_curve_runs_from_nothing_to_everything():
    curve = roc_curve(binary("AHAH", [0.9, 0.7, 0.6, 0.1]), 0.5)
    assert (curve.false_positive_rates[0], curve.true_positive_rates[0]) == (0, 0)
    assert (curve.false_positive_rates[-1], curve.true_positive_rates[-1]) == (1, 1)
    assert np.isinf(curve.thresholds[0])


def test_images_of_one_side_only_have_no_curve():
    assert roc_curve(binary("AA", [0.9, 0.1]), 0.5) is None
    assert area_under_roc(np.array([False, False]), np.array([0.1, 0.2])) is None
