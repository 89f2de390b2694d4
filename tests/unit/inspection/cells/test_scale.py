"""The size of nuclei is guessed by colour, in pixels of the picture."""

import numpy as np
import pytest

from leuko.inspection.cells.scale import estimate_nucleus_px
from tests.drawn_fields import draw_known_field


@pytest.mark.parametrize("nucleus", [24, 80, 300])
def test_the_guess_is_near_the_drawn_diameter(nucleus):
    cells = [(2 * nucleus, 2 * nucleus, nucleus), (5 * nucleus, 3 * nucleus, nucleus)]
    pixels = draw_known_field(7 * nucleus, 5 * nucleus, cells)
    assert estimate_nucleus_px(pixels) == pytest.approx(nucleus, rel=0.25)


def test_small_nuclei_of_a_large_picture_are_measured_on_a_larger_copy():
    cells = [(200 * i + 100, 200 * j + 100, 30) for i in range(10) for j in range(8)]
    assert estimate_nucleus_px(draw_known_field(2000, 1600, cells)) == pytest.approx(30, rel=0.35)


def test_platelets_count_for_little():
    cells, platelets = [(200, 200, 80)], [(40 * i + 20, 350, 5) for i in range(9)]
    pixels = draw_known_field(400, 400, cells, (), platelets)
    assert estimate_nucleus_px(pixels) == pytest.approx(80, rel=0.25)


def test_without_purple_there_is_no_guess():
    assert estimate_nucleus_px(np.full((60, 60, 3), 220, np.uint8)) is None
