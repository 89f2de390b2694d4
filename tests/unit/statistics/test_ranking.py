"""The two ways to an AUROC of resampled groups, and the draws themselves."""

import numpy as np
import pytest

from leuko.statistics import ranking as ranked
from leuko.statistics.cluster_bootstrap import drawn_weights
from leuko.statistics.ranking import AveragePrecision, PairsWon, Ranked


def made(digits):
    generator = np.random.default_rng(1)
    positive = generator.random(90) < 0.4
    scores = (generator.normal(size=90) + positive).round(digits)
    groups = generator.permutation(np.arange(90) % 11)
    weights = np.concatenate(list(drawn_weights(11, 90, 30, seed=2)))
    return scores, positive, groups, weights


@pytest.mark.parametrize("digits", [9, 0], ids=["no ties", "many ties"])
def test_pairs_of_groups_and_sums_over_images_give_the_same_area(digits, monkeypatch):
    scores, positive, groups, weights = made(digits)
    by_pairs = PairsWon(scores, positive, groups)(weights)
    monkeypatch.setattr(ranked, "PAIRS_AN_IMAGE", 0)
    monkeypatch.setattr(ranked, "GROUPS_BY_MATRIX", 0)
    by_images = PairsWon(scores, positive, groups)(weights)
    np.testing.assert_allclose(by_pairs, by_images, rtol=1e-12)


@pytest.mark.parametrize("digits", [9, 0], ids=["no ties", "many ties"])
def test_sums_by_group_and_by_image_give_the_same_average_precision(digits, monkeypatch):
    scores, positive, groups, weights = made(digits)
    by_groups = AveragePrecision(Ranked(scores, positive, groups))(weights)
    monkeypatch.setattr(ranked, "GROUPS_BY_MATRIX", 0)
    by_images = AveragePrecision(Ranked(scores, positive, groups))(weights)
    np.testing.assert_allclose(by_groups, by_images, rtol=1e-6)


def test_a_draw_without_one_side_is_not_measurable():
    scores, positive = np.array([0.1, 0.9]), np.array([False, True])
    groups = np.array([0, 1])
    weights = np.array([[2, 0], [0, 2], [1, 1]], dtype=np.float32)
    for statistic in (
        PairsWon(scores, positive, groups),
        AveragePrecision(Ranked(scores, positive, groups)),
    ):
        np.testing.assert_array_equal(statistic(weights), [np.nan, np.nan, 1.0])


def test_draws_do_not_depend_on_how_they_are_divided():
    whole = np.concatenate(list(drawn_weights(7, 10, 50, seed=4)))
    divided = np.concatenate(list(drawn_weights(7, 200_000, 50, seed=4)))
    np.testing.assert_array_equal(whole, divided)
    assert (whole.sum(axis=1) == 7).all()
