import cv2
import numpy as np
import pytest
from pydantic import ValidationError

from leuko.imaging.preprocessing.cell_cut import (
    GROUND,
    CellCutter,
    CutCell,
    middle_cell,
    nearest_cell,
)
from leuko.imaging.preprocessing.prepare import Preparation, prepare
from leuko.imaging.preprocessing.steps import FitSquare, StretchContrast, check_order
from leuko.inspection.cells.found import Box, Cell
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE
from tests import drawn

GLASS = (200, 220, 180)
INK = (90, 40, 120)


def disk(x, y, radius):
    angle = np.linspace(0, 2 * np.pi, 90, endpoint=False)
    circle = np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)
    return np.rint(circle).astype(np.int32)


def cell_at(x, y, radius=30, nucleus=15):
    return Cell(
        box=Box(x - radius, y - radius, 2 * radius, 2 * radius),
        centre=(x, y),
        nucleus_px=2 * nucleus,
        outline=disk(x, y, radius),
        nucleus=(disk(x, y, nucleus),),
        touches_edge=False,
    )


def field(height=200, width=300, cells=((100, 80),)):
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = GLASS
    for x, y in cells:
        cv2.circle(pixels, (x, y), 15, INK, cv2.FILLED)
    return pixels


def dark(cut):
    """Middle and diameter of what is not ground, in pixels of the cut."""
    rows, columns = np.nonzero(cut.pixels[..., 1] < GROUND / 2)
    return columns.mean() + 0.5, rows.mean() + 0.5, 2 * np.sqrt(len(rows) / np.pi)


@pytest.mark.parametrize(("centre", "reach", "width"), [("nucleus", 4.0, 120), ("cell", 2.0, 120)])
def test_a_cut_holds_the_cell_in_its_middle_at_the_scale_that_was_asked(centre, reach, width):
    step = CutCell(side_px=96, centre=centre, reach=reach)
    cut = CellCutter(field(), step).cut(cell_at(100, 80))
    assert (cut.left, cut.top, cut.width) == (40, 20, width)
    x, y, diameter = dark(cut)
    assert (x, y) == (pytest.approx(48.4, abs=0.6), pytest.approx(48.4, abs=0.6))
    assert diameter == pytest.approx(31 * 96 / width, rel=0.05)


@pytest.mark.parametrize("enlarged", [1, 2, 5])
def test_the_same_cell_at_another_magnification_gives_the_same_cut(enlarged):
    step = CutCell(side_px=96, reach=4)
    small, large = field(), cv2.resize(field(), None, fx=enlarged, fy=enlarged)
    first = CellCutter(small, step).cut(cell_at(100, 80))
    again = CellCutter(large, step).cut(
        cell_at(100 * enlarged, 80 * enlarged, 30 * enlarged, 15 * enlarged)
    )
    difference = np.abs(first.pixels.astype(int) - again.pixels)
    assert difference.mean() < 2
    assert dark(again)[:2] == pytest.approx(dark(first)[:2], abs=0.7)


def test_the_light_of_the_microscope_is_divided_out():
    step = CutCell(side_px=64, reach=4)
    cut = CellCutter(field(), step).cut(cell_at(100, 80))
    np.testing.assert_array_equal(cut.pixels[0, 0], [GROUND] * 3)
    expected = np.rint(np.array(INK) * GROUND / np.array(GLASS))
    np.testing.assert_allclose(cut.pixels[32, 32], expected, atol=1)
    yellow = (field() * np.array([1.0, 0.9, 0.5])).astype(np.uint8)
    again = CellCutter(yellow, step).cut(cell_at(100, 80))
    assert np.abs(again.pixels.astype(int) - cut.pixels).max() <= 5


def test_what_lies_beyond_the_picture_is_ground():
    cut = CellCutter(field(cells=((5, 6),)), CutCell(side_px=64, reach=4)).cut(cell_at(5, 6))
    assert (cut.left, cut.top) == (-55, -54)
    np.testing.assert_array_equal(cut.pixels[:20, :20], np.full((20, 20, 3), GROUND))
    assert dark(cut)[2] < 31 * 64 / 120


def test_a_margin_covers_neighbours_and_leaves_the_cell():
    crowded = field(cells=((100, 80), (140, 80)))
    cell = cell_at(100, 80, radius=18)
    open_cut = CellCutter(crowded, CutCell(side_px=96, reach=4)).cut(cell)
    covered = CellCutter(crowded, CutCell(side_px=96, reach=4, margin=0.02)).cut(cell)
    neighbour = (48, round((140 - cut_left(open_cut)) * 96 / 120))
    assert open_cut.pixels[neighbour][1] < GROUND / 2
    np.testing.assert_array_equal(covered.pixels[neighbour], [GROUND] * 3)
    within = open_cut.cell != OUTSIDE
    np.testing.assert_array_equal(covered.pixels[within], open_cut.pixels[within])


def cut_left(cut):
    return cut.left


def test_the_mask_of_a_cut_tells_nucleus_from_cytoplasm():
    cut = CellCutter(field(), CutCell(side_px=96, reach=4)).cut(cell_at(100, 80))
    of_pixel = (120 / 96) ** 2
    assert (cut.cell == NUCLEUS).sum() * of_pixel == pytest.approx(np.pi * 15**2, rel=0.08)
    assert (cut.cell != OUTSIDE).sum() * of_pixel == pytest.approx(np.pi * 30**2, rel=0.05)
    assert cut.cell[48, 48] == NUCLEUS
    assert cut.cell[48, 48 + 18] == CYTOPLASM


def test_a_black_ground_becomes_the_ground_of_all_others():
    pixels = drawn.draw_segmented(1, malignant=True, side_px=200)
    cell = middle_cell(pixels)
    cut = CellCutter(pixels, CutCell(side_px=96, centre="cell", reach=1.4)).cut(cell)
    np.testing.assert_array_equal(cut.pixels[0, 0], [GROUND] * 3)
    assert cut.pixels.min() > 20


@pytest.mark.parametrize("malignant", [False, True])
def test_on_a_whole_crop_the_step_finds_the_cell_and_says_where_the_picture_lies(malignant):
    pixels = drawn.draw_crop(4, malignant)
    step = CutCell(side_px=96, reach=3)
    cell = middle_cell(pixels)
    prepared = prepare(pixels, (step, FitSquare(side_px=96)))
    np.testing.assert_array_equal(prepared.pixels, CellCutter(pixels, step).cut(cell).pixels)
    left, top, right, bottom = prepared.area
    scale = 96 / (3 * cell.nucleus_px)
    assert right - left == pytest.approx(257 * scale, abs=1)
    assert left + cell.centre[0] * scale == pytest.approx(48, abs=1)
    assert top + cell.centre[1] * scale == pytest.approx(48, abs=1)
    assert bottom - top == pytest.approx(257 * scale, abs=1)


def test_where_no_cell_is_the_middle_of_the_picture_is_cut():
    prepared = prepare(field(cells=()), (CutCell(side_px=64, reach=3), FitSquare(side_px=64)))
    assert prepared.area == (-16, 0, 80, 64)


def test_cells_of_a_field_are_prepared_in_their_order_by_all_steps():
    pixels = field(cells=((100, 80), (200, 120)))
    step, cells = CutCell(side_px=64, reach=4), [cell_at(200, 120), cell_at(100, 80)]
    plain = Preparation((step, FitSquare(side_px=64)))
    found = list(plain.of_cells(pixels, cells))
    assert [cut.left for cut, _ in found] == [140, 40]
    for cut, prepared in found:
        np.testing.assert_array_equal(prepared.pixels, cut.pixels)
        assert prepared.area == (0, 0, 64, 64)
    stretched = Preparation((step, StretchContrast(), FitSquare(side_px=64)))
    (_, changed), _ = stretched.of_cells(pixels, cells)
    assert changed.pixels.min() < found[0][1].pixels.min()


def test_steps_for_whole_pictures_cut_no_cells():
    whole = Preparation((FitSquare(side_px=64),))
    assert not whole.cuts_cells
    with pytest.raises(ValueError, match="cut no cells"):
        list(whole.of_cells(field(), [cell_at(100, 80)]))


def test_the_nearest_cell_is_the_one_whose_nucleus_is_nearest():
    cells = [cell_at(10, 10), cell_at(90, 40), cell_at(50, 52)]
    assert nearest_cell(cells, (50, 50)) is cells[2]
    assert nearest_cell([], (50, 50)) is None


def test_cutting_comes_first_and_once():
    cut, fit = CutCell(side_px=64, reach=3), FitSquare(side_px=64)
    check_order((cut, fit))
    with pytest.raises(ValueError, match="first step"):
        check_order((StretchContrast(), cut, fit))
    with pytest.raises(ValueError, match="only once"):
        check_order((cut, cut, fit))
    with pytest.raises(ValidationError):
        CutCell(side_px=64, reach=0.5)
