"""Red cells that lie free give a picture its yardstick."""

import numpy as np
import pytest

from leuko.inspection.cells.red_cells import measure_red_cells
from leuko.inspection.cells.stain import measure_densities
from tests.drawn_fields import draw_known_field, spread_red_cells


def measured(red, size=300):
    densities = measure_densities(draw_known_field(size, size, (), red))
    return measure_red_cells(densities, np.zeros((size, size), np.bool_), 30.0)


def test_the_median_diameter_is_what_was_drawn():
    assert measured(spread_red_cells(300, 300, 14)) == pytest.approx(28, rel=0.06)


def test_too_few_are_no_yardstick():
    assert measured([(60, 60, 14), (200, 200, 14)]) is None


def test_clumps_and_cells_at_the_border_do_not_count():
    clump = [(60 + 20 * i, 60, 14) for i in range(6)]
    border = [(0, 40 * i + 120, 14) for i in range(4)]
    assert measured(clump + border) is None


def test_an_empty_picture_has_none():
    assert measured([]) is None
