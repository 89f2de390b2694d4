"""A glance tells how many leukocytes there are, how large and where, at any size of picture."""

import numpy as np
import pytest

from leuko.inspection.cells import glance
from leuko.inspection.cells.glance import NOTHING, glance_at
from leuko.inspection.pyramid import shrink
from tests.drawn_fields import draw_known_field


def look(pixels):
    return glance_at(pixels, shrink(pixels))


@pytest.mark.parametrize("side", [80, 300, 1200])
def test_a_cell_in_the_middle_is_one_in_the_middle_at_any_size(side):
    found = look(draw_known_field(side, side, [(side / 2, side / 2, 0.4 * side)]))
    assert found.cells == 1
    assert found.pictures == 1
    assert found.nucleus == pytest.approx(0.4, rel=0.15)
    assert found.off_middle < 0.03
    assert found.others == 0


def test_cells_of_a_field_are_counted():
    cells = [(60, 60, 40), (200, 80, 40), (120, 220, 40), (260, 250, 40)]
    found = look(draw_known_field(320, 300, cells))
    assert found.cells == 4
    assert found.others == pytest.approx(3, abs=0.5)
    assert found.nucleus == pytest.approx(40 / np.sqrt(320 * 300), rel=0.15)


def test_of_a_large_field_the_middle_is_looked_at_and_counted_up(monkeypatch):
    monkeypatch.setattr(glance, "LARGEST_SIDE_PX", 64)
    cells = [(x, y, 30) for x in range(50, 500, 90) for y in range(50, 500, 90)]
    found = look(draw_known_field(500, 500, cells))
    assert found.pictures > 4
    assert found.cells * found.pictures == pytest.approx(len(cells), rel=0.6)


@pytest.mark.parametrize("level", [0, 128, 255])
def test_nothing_is_seen_where_there_is_nothing(level):
    assert look(np.full((70, 90, 3), level, np.uint8)) == NOTHING
