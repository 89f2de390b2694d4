"""Random blocks of units and levels of scores."""

import numpy as np

from leuko.statistics.large_samples import curve_points, random_blocks, score_levels


def test_blocks_hold_the_same_number_of_units_and_never_part_one():
    units = np.random.default_rng(1).permutation(np.arange(5_000) % 1_003)
    blocks = random_blocks(units, 1_003, blocks=100)
    block_of = {}
    for unit, block in zip(units.tolist(), blocks.tolist(), strict=True):
        assert block_of.setdefault(unit, block) == block
    sizes = np.bincount(list(block_of.values()), minlength=100)
    assert set(sizes.tolist()) == {10, 11}


def test_neighbouring_units_stand_in_different_blocks():
    blocks = random_blocks(np.arange(1_000), 1_000, blocks=10)
    assert (np.diff(blocks) == 0).mean() < 0.2


def test_levels_keep_the_order_and_never_part_equal_scores():
    scores = np.random.default_rng(2).random(3_000).round(3)
    levels = score_levels(scores, 50)
    order = np.argsort(scores, kind="stable")
    assert (np.diff(levels[order]) >= 0).all()
    assert all(len(set(levels[scores == score])) == 1 for score in np.unique(scores))
    assert levels.min() == 0
    assert 40 < len(set(levels)) <= 50


def test_few_different_scores_are_each_a_level_of_their_own():
    scores = np.array([0.2, 0.9, 0.2, 0.5])
    assert score_levels(scores, 10).tolist() == [0, 2, 0, 1]


def test_a_long_curve_keeps_its_ends_and_its_shape_in_few_points():
    x = np.linspace(0, 1, 50_000)
    y = np.sqrt(x)
    kept = curve_points(x, y, 200)
    assert len(kept) <= 202
    assert (kept[0], kept[-1]) == (0, 49_999)
    assert np.abs(np.interp(x, x[kept], y[kept]) - y).max() < 0.01


def test_a_short_curve_keeps_every_point():
    assert curve_points(np.linspace(0, 1, 9), np.zeros(9), 9).tolist() == list(range(9))
