import numpy as np
import pytest
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.proportion import test_proportions_2indep as score_test

from leuko.evaluation.summary import summarise
from leuko.evaluation.threshold.operating_point import (
    NaturalFrequencies,
    natural_frequencies,
    observed_prevalence,
    operating_point,
)
from leuko.statistics.predictive_values import (
    Rate,
    logit_limits,
    mover_limits,
    negative_predictive_value,
    positive_predictive_value,
)
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions

LIVER_SCAN = {"found": 231, "diseased": 258, "cleared": 54, "sound": 86}


def from_counts(found, diseased, cleared, sound, groups=None):
    """Predictions with these counts at the threshold 0.5."""
    labels = "A" * diseased + "H" * sound
    scores = [0.9] * found + [0.1] * (diseased - found) + [0.1] * cleared
    return binary(labels, scores + [0.9] * (sound - cleared), groups)


@pytest.mark.parametrize(
    ("prevalence", "positive", "negative"), [(0.75, "0.88", "0.67"), (0.25, "0.45", "0.95")]
)
def test_predictive_values_are_those_that_altman_and_bland_print(prevalence, positive, negative):
    """The liver scan of Altman and Bland (1994), BMJ 309:102."""
    rates = 231 / 258, 54 / 86
    assert f"{positive_predictive_value(*rates, prevalence):.2f}" == positive
    assert f"{negative_predictive_value(*rates, prevalence):.2f}" == negative


@pytest.mark.parametrize("prevalence", [0.03, 0.25, 0.75])
def test_logit_limits_follow_from_the_likelihood_ratio_of_statsmodels(prevalence):
    """PPV odds are the prior odds times the likelihood ratio, a ratio of two independent risks."""
    found, diseased, cleared, sound = LIVER_SCAN.values()
    limits = logit_limits(**LIVER_SCAN, prevalence=prevalence)
    odds = prevalence / (1 - prevalence)
    ratio = Table2x2([[found, diseased - found], [sound - cleared, cleared]])
    low, high = (odds * r / (1 + odds * r) for r in ratio.riskratio_confint())
    assert limits.positive == pytest.approx((low, high))
    inverse = Table2x2([[cleared, sound - cleared], [diseased - found, found]])
    low, high = (r / odds / (1 + r / odds) for r in inverse.riskratio_confint())
    assert limits.negative == pytest.approx((low, high))


def wilson(hits, trials):
    low, high = proportion_confint(hits, trials, method="wilson")
    return Rate(hits / trials, low, high)


@pytest.mark.parametrize("counts", [(33, 33, 30, 33), (40, 50, 60, 60), (33, 33, 33, 33)])
def test_without_variance_on_a_side_the_limits_are_where_the_score_test_rejects(counts):
    """Koopman's score test of a ratio of two proportions, by statsmodels, has p = 0.05 there."""
    found, diseased, cleared, sound = counts
    limits = mover_limits(wilson(found, diseased), wilson(cleared, sound), 0.5)
    ratios = {  # at a prevalence of one half the odds against are the ratio of the rates
        (sound - cleared, sound, found, diseased): limits.positive,
        (diseased - found, diseased, cleared, sound): limits.negative,
    }
    for table, (low, high) in ratios.items():
        for limit in (1 / low - 1, 1 / high - 1):
            if limit > 0:
                tested = score_test(
                    *table, value=limit, compare="ratio", method="score", correction=False
                )
                assert tested.pvalue == pytest.approx(0.05, abs=0.003)
        assert (high == 1) == (table[0] == 0)


@pytest.mark.parametrize("found", [0, 1, 13, 20])
@pytest.mark.parametrize("cleared", [0, 1, 22, 30])
def test_limits_have_a_width_and_hold_the_value(found, cleared):
    limits = mover_limits(wilson(found, 20), wilson(cleared, 30), 0.2)
    for (low, high), formula in (
        (limits.positive, positive_predictive_value),
        (limits.negative, negative_predictive_value),
    ):
        value = float(formula(found / 20, cleared / 30, 0.2))
        assert 0 <= low < high <= 1
        if formula is positive_predictive_value:
            nobody_is_suggested = (found, cleared) == (0, 30)
        else:
            nobody_is_suggested = (found, cleared) == (20, 0)
        assert np.isnan(value) == nobody_is_suggested
        if not nobody_is_suggested:
            assert low - 1e-12 <= value <= high + 1e-12


def test_with_variance_on_both_sides_the_two_methods_agree():
    logit = logit_limits(90, 100, 160, 200, 0.3)
    mover = mover_limits(wilson(90, 100), wilson(160, 200), 0.3)
    assert mover.positive == pytest.approx(logit.positive, abs=0.01)
    assert mover.negative == pytest.approx(logit.negative, abs=0.01)


@pytest.mark.parametrize("counts", [(20, 20, 1, 30), (0, 20, 1, 30), (1, 20, 30, 30)])
def test_the_logit_method_refuses_what_it_cannot_do(counts):
    with pytest.raises(ValueError, match="no variance"):
        logit_limits(*counts, 0.2)


@pytest.mark.parametrize("prevalence", [0, 1, -0.1, 1.1, float("nan")])
def test_a_prevalence_without_two_sides_is_refused(prevalence):
    with pytest.raises(ValueError, match="prevalence"):
        operating_point(from_counts(1, 2, 1, 2), 0.5, prevalence)


def test_independent_images_get_wilson_and_logit_intervals():
    point = operating_point(from_counts(**LIVER_SCAN), 0.5, 0.25)
    assert (point.sensitivity.low, point.sensitivity.high) == pytest.approx(
        proportion_confint(231, 258, method="wilson")
    )
    limits = logit_limits(**LIVER_SCAN, prevalence=0.25)
    positive = point.positive_predictive_value
    assert positive.value == pytest.approx(0.4451, abs=1e-4)
    assert (positive.low, positive.high) == limits.positive
    negative = point.negative_predictive_value
    assert (negative.low, negative.high) == limits.negative
    assert positive.method == negative.method == "the logit method (Mercaldo)"


@pytest.mark.parametrize("groups", [None, 25])
@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.83])
def test_sensitivity_and_specificity_are_those_of_the_other_pages(groups, threshold):
    predictions = random_predictions(FOUR, 200, groups)
    point = operating_point(predictions, threshold, 0.3)
    summary = summarise(predictions, threshold)
    assert point.sensitivity == summary.binary.sensitivity
    assert point.specificity == summary.binary.specificity
    assert point.digits == summary.digits


def test_at_the_prevalence_of_the_test_set_the_positive_predictive_value_is_the_precision():
    predictions = random_predictions(FOUR, 200, 25)
    point = operating_point(predictions, 0.5, observed_prevalence(predictions))
    precision = summarise(predictions).binary.precision
    assert point.positive_predictive_value.value == pytest.approx(precision.value)


def test_grouped_images_are_resampled_by_group_pair_by_pair():
    """Against a bootstrap written out by hand, group by group."""
    predictions = random_predictions(FOUR, 300, 30, seed=4)
    point = operating_point(predictions, 0.5, 0.2, resamples=4000)
    generator = np.random.default_rng(99)
    positive, called = predictions.is_malignant, predictions.malignant_probability >= 0.5
    members = [np.flatnonzero(predictions.group_indices == g) for g in range(30)]
    values = []
    for _ in range(4000):
        rows = np.concatenate([members[g] for g in generator.integers(0, 30, 30)])
        se = called[rows][positive[rows]].mean()
        sp = 1 - called[rows][~positive[rows]].mean()
        values.append(se * 0.2 / (se * 0.2 + (1 - sp) * 0.8))
    expected = np.quantile(values, [0.025, 0.975])
    found = point.positive_predictive_value
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.01)
    assert found.method == "bootstrap over 30 groups"


@pytest.mark.parametrize("groups", [None, [f"g{number // 5}" for number in range(100)]])
def test_where_all_agree_on_one_rate_the_intervals_of_both_are_combined(groups):
    point = operating_point(from_counts(50, 50, 45, 50, groups), 0.5, 0.2)
    se, sp = (
        Rate(rate.value, rate.low, rate.high) for rate in (point.sensitivity, point.specificity)
    )
    limits = mover_limits(se, sp, 0.2)
    assert se.low < 1
    found = point.negative_predictive_value
    assert found.value == 1
    assert (found.low, found.high) == limits.negative
    found = point.positive_predictive_value
    assert (found.low, found.high) == limits.positive
    assert found.method.startswith("MOVER-R")


def test_one_group_of_a_side_gives_no_interval():
    groups = ["a"] * 5 + [f"b{number // 2}" for number in range(10)]
    point = operating_point(from_counts(4, 5, 7, 10, groups), 0.5, 0.2)
    assert point.positive_predictive_value.value is not None
    assert "no interval: 1 group" in point.positive_predictive_value.text()


def test_what_nobody_is_told_is_not_measurable():
    nobody = operating_point(from_counts(3, 5, 4, 5), 0.95, 0.2)
    assert nobody.positive_predictive_value.text() == "not measurable (0 suggested malignant)"
    assert nobody.negative_predictive_value.value == pytest.approx(0.8)
    everybody = operating_point(from_counts(3, 5, 4, 5), 0.05, 0.2)
    assert everybody.negative_predictive_value.text() == "not measurable (0 suggested benign)"
    assert everybody.positive_predictive_value.value == pytest.approx(0.2)


def test_a_test_set_of_one_side_measures_no_predictive_value():
    point = operating_point(binary("AAA", [0.9, 0.8, 0.1]), 0.5, 0.2)
    assert point.specificity.text() == "not measurable (0 cases)"
    assert point.positive_predictive_value.text() == "not measurable (0 cases)"
    assert natural_frequencies(point) is None


def test_counts_in_words_add_up_and_carry_the_limits():
    """Se 99 of 100, Sp 784 of 800, 20 % of 1,000 images malignant."""
    point = operating_point(from_counts(99, 100, 784, 800), 0.5, 0.2)
    words = natural_frequencies(point)
    assert isinstance(words, NaturalFrequencies)
    assert (words.images, words.malignant) == (1000, 200)
    assert (words.found.count, words.missed.count) == (198, 2)
    assert (words.false_alarms.count, words.cleared.count) == (16, 784)
    low, high = proportion_confint(99, 100, method="wilson")
    assert words.found.text == f"198 ({200 * low:.0f}–{200 * high:.0f})"
    assert words.missed.text == f"2 ({200 - round(200 * high)}–{200 - round(200 * low)})"


def test_a_rare_disease_is_told_in_more_images():
    words = natural_frequencies(operating_point(from_counts(99, 100, 784, 800), 0.5, 0.001))
    assert (words.images, words.malignant) == (10_000, 10)
