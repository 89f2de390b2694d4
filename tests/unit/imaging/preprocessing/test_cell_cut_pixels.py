import cv2
import numpy as np
import pytest

from leuko.imaging.preprocessing.cell_cut import GROUND, SOFT_EDGE, CellCutter, CutCell
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.cells.mask import OUTSIDE
from leuko.inspection.cells.stain import background_colour
from tests import drawn


@pytest.mark.parametrize("margin", [0.0, 0.08, 0.5])
def test_what_lies_beyond_the_margin_is_ground_and_fades_into_it(margin):
    pixels = drawn.draw_field_of(1, 4, 2, 2)
    plain = CellCutter(pixels, CutCell(side_px=96, reach=2.5))
    covered = CellCutter(pixels, CutCell(side_px=96, reach=2.5, margin=margin))
    for cell in find_leukocytes(pixels).cells:
        cut = plain.cut(cell)
        outside = (cut.cell == OUTSIDE).astype(np.uint8)
        away = cv2.distanceTransform(outside, cv2.DIST_L2, 3)[..., None] / 96
        seen = 1 - ((away - margin) / SOFT_EDGE).clip(0, 1)
        expected = np.rint(cut.pixels * seen + GROUND * (1 - seen))
        found = covered.cut(cell)
        assert np.abs(found.pixels - expected).max() <= 1  # single precision at a half
        assert np.array_equal(found.pixels[seen[..., 0] == 1], cut.pixels[seen[..., 0] == 1])
        assert (found.pixels[seen[..., 0] == 0] == GROUND).all()


def test_the_light_of_the_microscope_is_divided_out_channel_by_channel():
    pixels = drawn.draw_field_of(1, 4, 2, 2)
    lit = np.rint(pixels * (0.9, 0.8, 0.7)).astype(np.uint8)
    cell = find_leukocytes(pixels).cells[0]
    step = CutCell(side_px=96, reach=2.5)
    one, other = (CellCutter(each, step).cut(cell).pixels for each in (pixels, lit))
    assert np.abs(one.astype(int) - other).max() <= 3
    plane = np.full((90, 90, 3), background_colour(pixels), np.uint8)
    assert (CellCutter(plane, step).middle().pixels == GROUND).all()
