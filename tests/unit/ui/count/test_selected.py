"""Which layer heatmaps of cells are read from."""

import numpy as np
import pytest

from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.inference.heatmaps.methods import Layer
from leuko.inspection.cells.found import Box, Cell
from leuko.ui.count.selected import nucleus_share, too_coarse


def cell(nucleus_px, width, height):
    corners = np.array([[0, 0], [1, 0], [1, 1]], np.int32)
    return Cell(Box(0, 0, width, height), (5.0, 5.0), nucleus_px, corners, (corners,), False)


def test_a_nucleus_is_measured_in_sides_of_its_cut():
    by_nucleus = CutCell(side_px=96, centre="nucleus", reach=2.5)
    by_cell = CutCell(side_px=96, centre="cell", reach=1.2)
    assert nucleus_share(cell(30.0, 80, 100), by_nucleus) == pytest.approx(1 / 2.5)
    assert nucleus_share(cell(60.0, 80, 100), by_cell) == pytest.approx(60 / (1.2 * 100))


@pytest.mark.parametrize(
    ("places", "share", "expected"),
    [(3, 0.6, True), (4, 0.6, False), (4, 0.4, True), (7, 0.4, False)],
)
def test_a_map_is_too_coarse_when_two_places_do_not_fit_into_a_nucleus(places, share, expected):
    assert too_coarse(Layer("bn2", "coarse", (places, places)), share) is expected
