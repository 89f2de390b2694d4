import numpy as np
import pytest
from sklearn.covariance import LedoitWolf
from sklearn.metrics import roc_auc_score

from leuko.calibration.novelty import auroc_of_novelty, fit_novelty, threshold_for

FEATURES = 12


def drawn_features(n, seed=0, shift=0.0):
    """Features of three classes along a few common directions, and their classes."""
    generator = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(4, FEATURES))
    targets = np.arange(n) % 3
    values = generator.normal(size=(n, 4)) @ mixing + 0.3 * generator.normal(size=(n, FEATURES))
    values[:, :3] += 3 * np.eye(3)[targets]
    return (values + shift).astype(np.float32), targets


def test_with_all_directions_it_is_the_mahalanobis_distance_of_the_shrunk_covariance():
    pooled, targets = drawn_features(200)
    found = fit_novelty(pooled, targets, directions=FEATURES)
    means = np.stack([pooled[targets == label].mean(axis=0) for label in range(3)])
    within = (pooled - means[targets]).astype(np.float64)
    fitted = LedoitWolf(assume_centered=True).fit(within)
    n = len(pooled)
    unbiased = fitted.covariance_ * n / (n - 3)
    precision = np.linalg.inv(unbiased)
    others, _ = drawn_features(50, seed=1, shift=0.5)
    away = others[:, None, :].astype(np.float64) - means
    squared = np.einsum("nkc,cd,nkd->nk", away, precision, away).min(axis=1)
    assert found.of(others) == pytest.approx(np.sqrt(squared / FEATURES), rel=5e-3)


def test_pictures_like_the_training_ones_lie_about_1_and_others_farther():
    found = fit_novelty(*drawn_features(400))
    alike, _ = drawn_features(200, seed=1)
    assert 0.8 < np.median(found.of(alike)) < 1.2
    novelty, _ = drawn_features(200, seed=2, shift=2.0)
    assert auroc_of_novelty(found.of(alike), found.of(novelty)) > 0.95


def test_more_features_than_pictures_are_no_hindrance():
    generator = np.random.default_rng(0)
    pooled = generator.normal(size=(20, 300)).astype(np.float32)
    found = fit_novelty(pooled, np.arange(20) % 2)
    assert found.directions.shape == (20, 300)
    assert np.isfinite(found.of(pooled)).all()


def test_a_feature_that_never_changes_gives_no_infinite_distance():
    pooled, targets = drawn_features(60)
    pooled[:, 4:] = 1.0
    found = fit_novelty(pooled, targets)
    assert np.isfinite(found.of(pooled)).all()


@pytest.mark.parametrize(("n", "classes"), [(0, 1), (3, 2), (3, 3)])
def test_too_few_pictures_are_refused(n, classes):
    with pytest.raises(ValueError, match="too few"):
        fit_novelty(np.zeros((n, 5), np.float32), np.arange(n) % classes)


def test_the_stated_share_of_like_pictures_lies_at_or_below_the_threshold():
    values = np.arange(1.0, 20.0)  # n = 19: the 19th of 19 at 95 %
    assert threshold_for(values, 0.95) == 19
    assert threshold_for(values[:18], 0.95) is None
    found = fit_novelty(*drawn_features(400))
    threshold = threshold_for(found.of(drawn_features(300, seed=1)[0]), 0.95)
    accepted = (found.of(drawn_features(2000, seed=2)[0]) <= threshold).mean()
    # of one draw of 300: beta distributed around 286 / 301
    assert accepted == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / 300))


def test_the_auroc_is_that_of_scikit_learn_with_ties():
    generator = np.random.default_rng(0)
    own, novelty = generator.integers(0, 6, 40) / 2, generator.integers(2, 9, 30) / 2
    expected = roc_auc_score([0] * 40 + [1] * 30, [*own, *novelty])
    assert auroc_of_novelty(own, novelty) == pytest.approx(expected)
