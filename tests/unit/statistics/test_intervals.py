import numpy as np
import pytest
from statsmodels.stats.proportion import proportion_confint

from leuko.statistics.intervals import (
    bootstrap_interval,
    is_point,
    percentile_interval,
    proportion_limits,
    resample_groups,
    wilson_interval,
)


def share(sums):
    return sums[:, 0] / sums[:, 1]


@pytest.mark.parametrize(
    ("successes", "trials"), [(0, 1), (1, 1), (0, 13), (13, 13), (21, 26), (4999, 5000)]
)
def test_wilson_equals_statsmodels(successes, trials):
    expected = proportion_confint(successes, trials, method="wilson")
    assert wilson_interval(successes, trials) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("successes", "trials"), [(-1, 5), (6, 5), (0, 0)])
def test_wilson_refuses_what_is_no_proportion(successes, trials):
    with pytest.raises(ValueError, match="no proportion"):
        wilson_interval(successes, trials)


def test_wilson_never_shrinks_to_a_point():
    low, high = wilson_interval(52, 52)
    assert high == 1.0
    assert low < 0.95


def test_each_group_as_one_trial_is_wilson_of_the_groups():
    assert proportion_limits(1.0, 8) == wilson_interval(8, 8)


def test_two_opposite_groups_span_everything():
    """Draws of two groups give 2/2, 2/4 or 0/4 hits with chances 1/4, 1/2, 1/4."""
    counts = np.array([[2.0, 2.0], [0.0, 2.0]])
    values = share(resample_groups(counts, resamples=4000, seed=1))
    found, often = np.unique(values, return_counts=True)
    assert found.tolist() == [0.0, 0.5, 1.0]
    np.testing.assert_allclose(often / 4000, [0.25, 0.5, 0.25], atol=0.03)
    assert bootstrap_interval(counts, share) == (0.0, 1.0)


def test_a_draw_has_as_many_groups_as_there_are():
    counts = np.array([[1.0], [1.0], [1.0], [1.0]])
    assert np.unique(resample_groups(counts, resamples=50, seed=0)).tolist() == [4.0]


def test_clustered_images_give_a_wider_interval_than_independent_ones():
    by_group = np.array([[20.0, 20.0]] * 8 + [[5.0, 20.0]] * 4)
    hits = [1.0] * 180 + [0.0] * 60
    by_image = np.column_stack([hits, np.ones(240)])
    grouped = bootstrap_interval(by_group, share)
    naive = bootstrap_interval(by_image, share)
    assert grouped[1] - grouped[0] > 2 * (naive[1] - naive[0])


def test_the_same_seed_gives_the_same_interval():
    counts = np.random.default_rng(0).integers(1, 9, size=(30, 2)).astype(float)
    assert bootstrap_interval(counts, share, seed=3) == bootstrap_interval(counts, share, seed=3)
    assert bootstrap_interval(counts, share, seed=3) != bootstrap_interval(counts, share, seed=4)


def test_bootstrap_of_independent_images_comes_near_wilson():
    counts = np.column_stack([np.arange(500) < 400, np.ones(500)]).astype(float)
    assert bootstrap_interval(counts, share) == pytest.approx(wilson_interval(400, 500), abs=0.01)


def test_one_group_has_no_interval():
    assert bootstrap_interval(np.array([[3.0, 4.0]]), share) is None


def test_a_statistic_that_most_draws_cannot_measure_has_no_interval():
    assert percentile_interval(np.array([np.nan, np.nan, 0.5])) is None
    assert percentile_interval(np.array([np.nan, 0.5, 0.5])) == (0.5, 0.5)


def test_a_point_is_known_as_one():
    assert is_point((1.0, 1.0))
    assert not is_point((0.9, 1.0))
