"""The interval of a difference, against published examples and an independent implementation."""

import numpy as np
import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.independent_differences import (
    BY_BOOTSTRAP,
    BY_HYBRID,
    BY_NEWCOMBE,
    Difference,
    difference,
    hybrid_difference,
    newcombe_difference,
    points,
)
from leuko.statistics.intervals import wilson_interval


def proportion(hits, trials):
    low, high = wilson_interval(hits, trials)
    return Estimate(
        hits / trials,
        low,
        high,
        "Wilson",
        units=trials,
        hits=hits,
        trials=trials,
        interval=IntervalMethod.WILSON,
    )


def resampled(share, n, seed):
    return np.random.default_rng(seed).binomial(n, share, 20_000) / n


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_newcombe_gives_the_published_intervals(counts, low, high):
    """Newcombe (1998), Stat. Med. 17:873-890, Table II, method 10, contrasts (a) to (h)."""
    assert newcombe_difference(*counts) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize("counts", [(97, 120, 594, 612), (3, 20, 300, 310), (1, 1, 50, 60)])
def test_newcombe_equals_statsmodels(counts):
    expected = confint_proportions_2indep(*counts, method="newcomb")
    assert newcombe_difference(*counts) == pytest.approx(expected, abs=1e-9)


def test_no_trials_are_refused():
    with pytest.raises(ValueError, match="no proportion"):
        newcombe_difference(1, 2, 0, 0)


def test_the_hybrid_of_wilsons_intervals_is_newcombes():
    first, second = proportion(56, 70), proportion(48, 80)
    found = hybrid_difference(
        first.value, (first.low, first.high), second.value, (second.low, second.high)
    )
    assert found == pytest.approx(newcombe_difference(56, 70, 48, 80))


def test_independent_proportions_get_newcombe():
    found = difference(proportion(56, 70), proportion(48, 80))
    assert found.value == pytest.approx(0.2)
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.method == BY_NEWCOMBE


def test_groups_get_a_bootstrap_of_both_sets():
    """Of two binomial samples the bootstrap must come near the normal interval by hand."""
    grouped = Estimate(0.9, 0.85, 0.95, units=40, interval=IntervalMethod.BOOTSTRAP)
    found = difference(
        grouped, proportion(140, 200), resampled(0.9, 200, 1), resampled(0.7, 200, 2)
    )
    spread = 1.96 * (0.9 * 0.1 / 200 + 0.7 * 0.3 / 200) ** 0.5
    assert (found.low, found.high) == pytest.approx((0.2 - spread, 0.2 + spread), abs=0.008)
    assert found.method == BY_BOOTSTRAP


def test_a_set_without_variance_still_adds_its_uncertainty():
    sure = Estimate(1.0, 0.72, 1.0, "Wilson with 10 groups as trials", units=10)
    grouped = Estimate(0.9, 0.85, 0.95, units=40, interval=IntervalMethod.BOOTSTRAP)
    found = difference(sure, grouped, np.ones(1000), resampled(0.9, 200, 1))
    assert found.method == BY_HYBRID
    assert found.low == pytest.approx(0.1 - (0.28**2 + 0.05**2) ** 0.5)
    assert found.high == pytest.approx(0.1 + 0.05)


def test_what_is_not_measurable_has_no_difference():
    found = difference(Estimate(None, reason="0 cases"), proportion(1, 2))
    assert found.value is None
    assert found.text() == "not measurable (one of the two figures is not measurable)"


def test_a_value_without_interval_has_a_difference_without_interval():
    found = difference(Estimate(0.9, reason="1 group", units=1), proportion(8, 10))
    assert found.text() == "10 (no interval: one of the two figures has no interval)"


@pytest.mark.parametrize(
    ("fraction", "digits", "text"),
    [
        (0.157, 2, "16"),
        (0.157, 3, "15.7"),
        (0.157, 1, "20"),
        (-0.157, 2, "−16"),
        (-0.001, 2, "0"),
        (0.0, 3, "0.0"),
    ],
)
def test_points_have_no_more_digits_than_the_sets_support(fraction, digits, text):
    assert points(fraction, digits) == text


def test_an_interval_of_points_reads_from_low_to_high():
    assert Difference(0.16, 0.094, 0.242, "x").text() == "16 (9 to 24)"
    assert Difference(0.01, -0.03, 0.08, "x").text() == "1 (−3 to 8)"
