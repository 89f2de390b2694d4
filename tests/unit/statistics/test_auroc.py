import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from leuko.statistics.auroc import bootstrap_auroc, delong_interval, newcombe_interval

PERFECT = (np.array([0.1, 0.2, 0.8, 0.9]), np.array([False, False, True, True]))


def made(n=200, seed=0, digits=None):
    generator = np.random.default_rng(seed)
    positive = generator.random(n) < 0.4
    scores = generator.normal(size=n) + positive
    return (scores if digits is None else scores.round(digits)), positive


@pytest.mark.parametrize("digits", [None, 0], ids=["no ties", "many ties"])
def test_every_resampled_area_equals_scikit_learns(digits):
    scores, positive = made(60, digits=digits)
    groups = np.arange(60) % 7
    areas = bootstrap_auroc(scores[:, None], positive[:, None], groups, resamples=5, seed=3)
    drawn = np.random.default_rng(3).integers(0, 7, size=(5, 7))
    for row, members in enumerate(drawn):
        images = np.concatenate([np.flatnonzero(groups == member) for member in members])
        assert areas[row, 0] == pytest.approx(roc_auc_score(positive[images], scores[images]))


def test_a_resample_without_one_side_is_not_measurable():
    scores, positive = PERFECT
    areas = bootstrap_auroc(scores[:, None], positive[:, None], np.array([0, 0, 1, 1]), 200, 0)
    found = areas[~np.isnan(areas)]
    assert 0 < len(found) < 200
    assert set(found) == {1.0}


def test_delong_equals_the_definition_by_pairs():
    """Variance by structural components, written out pair by pair."""
    scores, positive = made(40, digits=1)
    above, below = scores[positive], scores[~positive]
    won = (above[:, None] > below) + (above[:, None] == below) / 2
    area = won.mean()
    variance = won.mean(axis=1).var(ddof=1) / len(above) + won.mean(axis=0).var(ddof=1) / len(below)
    half = 1.959963984540054 * np.sqrt(variance) / (area * (1 - area))
    logit = np.log(area / (1 - area))
    expected = [1 / (1 + np.exp(-(logit - half))), 1 / (1 + np.exp(-(logit + half)))]
    assert delong_interval(scores, positive) == pytest.approx(expected)


def test_delong_and_bootstrap_come_near_each_other():
    scores, positive = made(400)
    areas = bootstrap_auroc(scores[:, None], positive[:, None], np.arange(400), 2000, 0)
    expected = np.quantile(areas, [0.025, 0.975])
    assert delong_interval(scores, positive) == pytest.approx(expected, abs=0.01)


@pytest.mark.parametrize(
    ("scores", "positive"),
    [
        PERFECT,
        (np.full(4, 0.5), np.array([True, False, True, False])),
        (np.array([0.1, 0.5]), np.array([False, True])),
    ],
    ids=["perfect", "all tied", "one of each"],
)
def test_delong_says_none_where_there_is_no_variance(scores, positive):
    assert delong_interval(scores, positive) is None


@pytest.mark.parametrize("area", [0.0, 0.3, 0.5, 0.81, 1.0])
def test_newcombe_limits_solve_its_equation(area):
    m, n, z = 17, 23, 1.959963984540054
    for limit in newcombe_interval(area, m, n):
        star = (m + n) / 2 - 1
        spread = 1 + star * (1 - limit) / (2 - limit) + star * limit / (1 + limit)
        variance = limit * (1 - limit) * spread / (m * n)
        if limit not in (0.0, 1.0):
            assert abs(limit - area) == pytest.approx(z * np.sqrt(variance), abs=1e-6)


def test_newcombe_stays_wide_at_perfect_separation():
    low, high = newcombe_interval(1.0, 10, 10)
    assert high == 1.0
    assert 0.6 < low < 0.9
    assert newcombe_interval(0.0, 10, 10) == pytest.approx((0.0, 1 - low))


def test_newcombe_refuses_an_empty_side():
    with pytest.raises(ValueError, match="no AUROC"):
        newcombe_interval(0.5, 0, 3)
