"""Every leukocyte is found once, at any size and place; what is none is not counted."""

import dataclasses

import cv2
import numpy as np
import pytest

from leuko.inspection.cells import finder
from leuko.inspection.cells.finder import find_leukocytes
from tests import drawn
from tests.drawn_fields import CELL_OF_NUCLEUS, draw_known_field, spread_red_cells


def nearest(found, x, y):
    """The found cell nearest to a place, and how far it is."""
    away = [np.hypot(cell.centre[0] - x, cell.centre[1] - y) for cell in found.cells]
    return found.cells[int(np.argmin(away))], min(away)


def assert_found(found, cells):
    """Exactly these cells (x, y, nucleus) were found, each near its place."""
    assert len(found.cells) == len(cells)
    for x, y, nucleus in cells:
        cell, away = nearest(found, x, y)
        assert away < 0.1 * nucleus
        assert cell.nucleus_px == pytest.approx(nucleus, rel=0.12)


@pytest.mark.parametrize("nucleus", [30, 60, 150, 300, 600])
def test_a_cell_of_any_size_is_found_with_its_box_and_its_nucleus(nucleus):
    place = (3 * nucleus, 2.2 * nucleus, nucleus)
    pixels = draw_known_field(6 * nucleus, 5 * nucleus, [place])
    found = find_leukocytes(pixels)
    assert (found.width_px, found.height_px) == (6 * nucleus, 5 * nucleus)
    assert_found(found, [place])
    box = found.cells[0].box
    radius = CELL_OF_NUCLEUS * nucleus / 2
    drawn_box = (place[0] - radius, place[1] - radius, 2 * radius, 2 * radius)
    assert box == pytest.approx(drawn_box, abs=0.08 * nucleus + 1)


def test_outline_and_nucleus_cover_what_was_drawn():
    pixels = draw_known_field(300, 240, [(150, 120, 60)])
    cell = find_leukocytes(pixels).cells[0]
    for polygons, radius in (([cell.outline], 30 * CELL_OF_NUCLEUS), (cell.nucleus, 30)):
        filled = np.zeros((240, 300), np.uint8)
        cv2.fillPoly(filled, list(polygons), 1)
        assert filled.sum() == pytest.approx(np.pi * radius**2, rel=0.1)


def test_cells_that_touch_are_counted_one_by_one():
    cells = [(120, 100, 50), (186, 104, 50), (150, 164, 50), (400, 200, 50)]
    assert_found(find_leukocytes(draw_known_field(520, 300, cells)), cells)


def test_a_cell_that_the_border_cuts_off_is_marked():
    cells = [(200, 150, 50), (396, 150, 50), (200, 3, 50)]
    found = find_leukocytes(draw_known_field(400, 300, cells))
    assert len(found.cells) == 3
    assert [nearest(found, x, y)[0].touches_edge for x, y, _ in cells] == [False, True, True]


def test_a_box_lies_inside_the_picture():
    found = find_leukocytes(draw_known_field(400, 300, [(3, 3, 60), (398, 299, 60)]))
    assert found.cells
    for cell in found.cells:
        assert cell.box.left >= 0
        assert cell.box.top >= 0
        assert cell.box.left + cell.box.width <= 400
        assert cell.box.top + cell.box.height <= 300
        assert 0 <= cell.centre[0] < 400
        assert 0 <= cell.centre[1] < 300


def test_red_cells_alone_are_no_leukocytes():
    red = spread_red_cells(640, 480, 30)
    assert find_leukocytes(draw_known_field(640, 480, [], red)).cells == ()


def test_platelets_are_no_leukocytes():
    cells = [(320, 240, 60)]
    red = spread_red_cells(640, 480, 30, cells)
    platelets = [(100, 80, 6), (500, 400, 8), (60, 400, 5)]
    assert_found(find_leukocytes(draw_known_field(640, 480, cells, red, platelets)), cells)


def test_platelets_among_red_cells_are_no_leukocytes_when_they_are_all_that_is_purple():
    red = spread_red_cells(640, 480, 30)
    platelets = [(250, 220, 6), (500, 400, 8)]
    assert find_leukocytes(draw_known_field(640, 480, [], red, platelets)).cells == ()


def test_a_nucleus_is_given_in_red_cells_where_these_can_be_measured():
    cells = [(320, 240, 72)]
    red = spread_red_cells(640, 480, 30, cells)
    with_red = find_leukocytes(draw_known_field(640, 480, cells, red))
    assert with_red.red_cell_px == pytest.approx(60, rel=0.06)
    assert with_red.cells[0].nucleus_in_red_cells == pytest.approx(72 / 60, rel=0.1)
    without = find_leukocytes(draw_known_field(640, 480, cells))
    assert without.red_cell_px is None
    assert without.cells[0].nucleus_in_red_cells is None


def test_a_cell_that_fills_the_picture_is_one_cell():
    found = find_leukocytes(draw_known_field(300, 300, [(150, 150, 210)]))
    assert_found(found, [(150, 150, 210)])


@pytest.mark.parametrize("seed", range(3))
def test_a_cell_on_black_is_one_cell(seed):
    found = find_leukocytes(drawn.draw_segmented(seed, malignant=bool(seed % 2)))
    assert len(found.cells) == 1


@pytest.mark.parametrize("seed", range(3))
def test_a_crop_shows_one_cell_in_its_middle(seed):
    pixels, mask = drawn.draw_crop_and_mask(seed, malignant=bool(seed % 2))
    found = find_leukocytes(pixels)
    assert len(found.cells) == 1
    rows, columns = np.nonzero(mask == 2)
    assert nearest(found, columns.mean(), rows.mean())[1] < 5


def noise():
    return np.random.default_rng(0).integers(0, 256, (200, 200, 3), np.uint8)


def shading():
    slope = np.linspace(0, 255, 224).astype(np.uint8)
    across, down = np.tile(slope, (224, 1)), np.tile(slope[:, None], (1, 224))
    return np.stack([across, down, np.full_like(across, 128)], axis=-1)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((1, 1, 3), np.uint8),
        np.zeros((90, 90, 3), np.uint8),
        np.full((90, 120, 3), 255, np.uint8),
        np.full((90, 90, 3), (80, 45, 125), np.uint8),
        draw_known_field(16, 16, seed=3),
        draw_known_field(1, 400),
        noise(),
        shading(),
    ],
    ids=["pixel", "black", "white", "purple", "small", "line", "noise", "shading"],
)
def test_where_there_is_no_cell_none_is_made_up(pixels):
    assert find_leukocytes(pixels).cells == ()


def test_the_colour_of_the_lamp_does_not_matter():
    cells = [(100, 90, 50), (300, 200, 60)]
    yellow = (draw_known_field(400, 300, cells) * np.array([1.0, 0.95, 0.6])).astype(np.uint8)
    assert_found(find_leukocytes(yellow), cells)


def test_cells_on_the_seams_of_tiles_are_counted_once(monkeypatch):
    monkeypatch.setattr(finder, "TILE_PX", 128)
    # On the grid a nucleus has 26 pixels, here 52: seams lie at multiples of 256.
    cells = [(256, 100, 52), (256, 256, 52), (100, 256, 52), (400, 380, 52), (510, 512, 52)]
    pixels = draw_known_field(640, 620, cells)
    assert_found(find_leukocytes(pixels), cells)


def test_tiles_find_what_one_look_finds(monkeypatch):
    rng = np.random.default_rng(5)
    cells = [(x + rng.uniform(-20, 20), y + rng.uniform(-20, 20), 48)
             for x in range(80, 900, 130) for y in range(80, 700, 130)]  # fmt: skip
    pixels = draw_known_field(960, 760, cells)
    whole = find_leukocytes(pixels)
    monkeypatch.setattr(finder, "TILE_PX", 200)
    tiled = find_leukocytes(pixels)
    assert_found(whole, cells)
    assert_found(tiled, cells)
    for cell in whole.cells:
        other, away = nearest(tiled, *cell.centre)
        assert away < 1
        assert other.box == pytest.approx(cell.box, abs=3)


def test_the_same_picture_gives_the_same_cells_in_the_same_order():
    pixels = drawn.draw_field(1, malignant=True)
    first, second = find_leukocytes(pixels), find_leukocytes(pixels)
    assert len(first.cells) == len(second.cells) > 0
    for one, other in zip(first.cells, second.cells, strict=True):
        for field in dataclasses.fields(one):
            np.testing.assert_equal(getattr(one, field.name), getattr(other, field.name))


def test_a_picture_of_90_megapixels_is_searched(monkeypatch):
    pixels = np.full((9000, 10000, 3), (226, 218, 216), np.uint8)
    tile = draw_known_field(400, 400, [(200, 200, 100)])
    places = [(0, 0), (4800, 4300), (9600, 8600), (9600, 0)]
    for left, top in places:
        pixels[top : top + 400, left : left + 400] = tile
    largest = []
    read = finder.read_maps

    def watched(densities, network=None):
        largest.append(densities.shape[0] * densities.shape[1])
        return read(densities, network)

    monkeypatch.setattr(finder, "read_maps", watched)
    found = find_leukocytes(pixels)
    assert_found(found, [(left + 200, top + 200, 100) for left, top in places])
    assert max(largest) <= (finder.TILE_PX + 2 * finder.MARGIN_PX) ** 2
