"""Training windows show what they say they show."""

import numpy as np

from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS
from leuko.training.finder.augmentation import WINDOW_PX, change_stain, draw_window
from leuko.training.finder.teaching import from_mask
from tests.drawn_fields import draw_known_field


def taught():
    mask = np.zeros((120, 120), np.uint8)
    rows, columns = np.mgrid[:120, :120]
    away = np.hypot(columns - 60, rows - 60)
    mask[away <= 40] = CYTOPLASM
    mask[away <= 30] = NUCLEUS
    return from_mask("here", "a", False, draw_known_field(120, 120, [(60, 60, 60)]), mask)


def test_a_window_has_targets_where_it_is_stained():
    picture = taught()
    inside, outside = [], []
    for seed in range(12):
        densities, targets, weights = draw_window([picture], [picture], np.random.default_rng(seed))
        assert densities.shape == targets.shape == weights.shape == (3, WINDOW_PX, WINDOW_PX)
        assert targets.min() >= 0
        assert targets.max() <= 1
        assert (targets[1] >= targets[0]).all()
        inside.append(densities[1][targets[0] > 0].mean())
        outside.append(densities[1][(targets[1] == 0) & (weights[1] > 0)].mean())
    assert np.mean(inside) > 3 * np.mean(outside)


def test_the_middle_of_each_cell_is_asked_for():
    picture = taught()
    _, targets, _ = draw_window([picture], [], np.random.default_rng(3))
    assert targets[2].max() > 0.9
    assert (targets[1][targets[2] > 0.9] == 1).all()


def test_the_same_seed_gives_the_same_window():
    picture = taught()
    first, second = (draw_window([picture], [picture], np.random.default_rng(7)) for _ in range(2))
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one, other)


def test_another_stain_keeps_what_is_denser_denser():
    densities = np.zeros((32, 32, 3), np.float32)
    densities[8:24, 8:24] = 80
    for seed in range(10):
        changed = change_stain(densities, np.random.default_rng(seed))
        assert changed[12:20, 12:20].mean() > changed[:4].mean() + 0.1
        assert changed.min() >= 0
