import numpy as np
import pytest
from crepes import ConformalClassifier

from leuko.calibration.conformal import SetsOnTest, limit_for, sets_at, true_probabilities
from leuko.evaluation.predictions import Predictions
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions


def test_the_limit_is_the_kth_largest_probability_of_the_true_class():
    probabilities = np.array([0.95, 0.1, 0.9, 0.85, 0.8, 0.7, 0.6, 0.5, 0.4])
    # n = 9: k = ceil(10 * 0.9) = 9, the smallest; k = 8 at 80 %, the second smallest
    assert limit_for(probabilities, 0.9) == 0.1
    assert limit_for(probabilities, 0.8) == 0.4


def test_too_few_validation_pictures_put_every_class_into_the_set():
    assert limit_for(np.full(8, 0.9), 0.9) is None
    assert limit_for(np.full(18, 0.9), 0.95) is None
    assert limit_for(np.full(19, 0.9), 0.95) == 0.9
    assert limit_for(np.array([]), 0.5) is None
    assert sets_at(np.array([[1.0, 0.0]]), None).all()


@pytest.mark.parametrize("coverage", [0.0, 1.0, -0.1, 90])
def test_a_coverage_that_is_no_share_is_refused(coverage):
    with pytest.raises(ValueError, match="between 0 and 1"):
        limit_for(np.array([0.5]), coverage)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
@pytest.mark.parametrize("classes", [TWO, FOUR])
def test_sets_are_those_of_crepes(classes, coverage):
    validation = random_predictions(classes, 200, seed=1)
    test = random_predictions(classes, 300, seed=2)
    reference = ConformalClassifier()
    reference.fit(1 - true_probabilities(validation))
    expected = reference.predict_set(
        1 - test.probabilities, confidence=coverage, smoothing=False
    ).astype(bool)
    limit = limit_for(true_probabilities(validation), coverage)
    assert np.array_equal(sets_at(test.probabilities, limit), expected)


@pytest.mark.parametrize("coverage", [0.8, 0.9, 0.95])
def test_exchangeable_pictures_are_covered_as_often_as_promised_within_the_binomial_error(coverage):
    """Mean coverage over redrawn splits lies between 1 - a and 1 - a + 1 / (n + 1)."""
    pool = random_predictions(FOUR, 1500, seed=3)
    true = true_probabilities(pool)
    generator = np.random.default_rng(0)
    n_validation, n_test, draws = 99, 100, 400
    covered = []
    for _ in range(draws):
        order = generator.permutation(pool.n)[: n_validation + n_test]
        limit = limit_for(true[order[:n_validation]], coverage)
        covered.append((true[order[n_validation:]] >= limit).mean())
    # Of one split: beta-binomial, as Vovk (2012) derives it.
    rank = np.ceil((n_validation + 1) * coverage)
    mean = rank / (n_validation + 1)
    spread = np.sqrt(mean * (1 - mean) * (1 / (n_validation + 2) + 1 / n_test) / draws)
    assert np.mean(covered) == pytest.approx(mean, abs=4 * spread)
    assert coverage <= mean <= coverage + 1 / (n_validation + 1)


def hand_made():
    """Six pictures of two groups; at 0.5 every set is one class, at 0.3 two sets are both."""
    return binary("AAHHAH", [0.9, 0.4, 0.1, 0.65, 0.8, 0.2], ["a", "a", "a", "b", "b", "b"])


def test_coverage_is_counted_by_class_and_by_group():
    predictions = hand_made()
    sets = SetsOnTest(predictions, sets_at(predictions.probabilities, 0.5))
    assert sets.covered.tolist() == [True, False, True, False, True, True]
    assert sets.sizes.tolist() == [1] * 6
    assert (sets.coverage().hits, sets.coverage().trials) == (4, 6)
    by_class = {name: (found.hits, found.trials) for name, found in sets.coverage_by_class()}
    assert by_class == {"HEM": (2, 3), "ALL": (2, 3)}
    by_group = [(name, found.hits, found.trials) for name, found in sets.coverage_by_group()]
    assert by_group == [("a", 2, 3), ("b", 2, 3)]


def test_a_lower_limit_gives_sets_of_several_and_a_higher_one_sets_of_none():
    predictions = hand_made()
    several = SetsOnTest(predictions, sets_at(predictions.probabilities, 0.35))
    assert several.sizes.tolist() == [1, 2, 1, 2, 1, 1]
    assert several.covered.all()
    none = SetsOnTest(predictions, sets_at(predictions.probabilities, 0.85))
    assert none.sizes.tolist() == [1, 0, 1, 0, 0, 0]


def test_the_interval_is_resampled_by_group_where_pictures_belong_together():
    grouped = random_predictions(FOUR, 200, groups=8, seed=4)
    alone = Predictions(
        grouped.image_ids, grouped.image_ids, grouped.labels, grouped.probabilities, FOUR
    )
    intervals = []
    for predictions in (grouped, alone):
        found = SetsOnTest(predictions, sets_at(predictions.probabilities, 0.3)).coverage()
        intervals.append((found.method, found.high - found.low))
    assert intervals[0][0] == "bootstrap over 8 groups"
    assert intervals[1][0] == "Wilson"
    assert intervals[0][1] > intervals[1][1]


def test_a_class_without_pictures_is_not_measurable():
    predictions = binary("AA", [0.9, 0.8])
    sets = SetsOnTest(predictions, sets_at(predictions.probabilities, 0.5))
    assert dict(sets.coverage_by_class())["HEM"].value is None
