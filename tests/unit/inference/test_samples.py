import numpy as np
from PIL import Image

from leuko.data.dataset import Sample
from leuko.imaging.preprocessing.cell_cut import CellCutter, CutCell
from leuko.imaging.preprocessing.prepare import Preparation
from leuko.imaging.preprocessing.steps import FitSquare
from leuko.inference.samples import NUCLEUS_OF_BOX, cell_in_box, prepared_samples
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.cells.found import Box
from tests import drawn

STEP = CutCell(side_px=64, reach=3)
CUTS = Preparation((STEP, FitSquare(side_px=64)))


def sample_of(path, box=None):
    return Sample("x", path, "Blast cell", "x", "0" * 64, box=box)


def written(tmp_path, pixels):
    path = tmp_path / "field.png"
    Image.fromarray(pixels).save(path)
    return path


def test_each_box_of_a_field_gives_the_cell_that_the_finder_found_in_it(tmp_path):
    pixels = drawn.draw_field(3, malignant=True, side_px=448)
    cells = find_leukocytes(pixels).cells
    assert len(cells) > 2
    path = written(tmp_path, pixels)
    samples = [sample_of(path, cell.box) for cell in cells]
    prepared = list(prepared_samples(samples, CUTS))
    cutter = CellCutter(pixels, STEP)
    for one, cell in zip(prepared, cells, strict=True):
        np.testing.assert_array_equal(one.pixels, cutter.cut(cell).pixels)


def test_where_nothing_was_found_in_a_box_the_box_is_the_cell():
    box = Box(100, 50, 40, 60)
    cell = cell_in_box([], box)
    assert cell.centre == (120, 80)
    assert cell.nucleus_px == NUCLEUS_OF_BOX * 60
    assert cell.box == box
    left, top = cell.outline.min(axis=0)
    right, bottom = cell.outline.max(axis=0)
    assert (left, top, right, bottom) == (100, 50, 140, 110)


def test_a_cell_beside_the_box_is_not_the_one_that_was_meant():
    pixels = drawn.draw_crop(2, malignant=True)
    (cell,) = find_leukocytes(pixels).cells
    assert cell_in_box([cell], cell.box) is cell
    assert cell_in_box([cell], Box(0, 0, 20, 20)) is not cell


def test_models_of_whole_pictures_read_whole_pictures(tmp_path):
    pixels = drawn.draw_field(3, malignant=False)
    whole = Preparation((FitSquare(side_px=64),))
    path = written(tmp_path, pixels)
    (prepared,) = prepared_samples([sample_of(path, Box(10, 10, 50, 50))], whole)
    np.testing.assert_array_equal(prepared.pixels, whole(pixels).pixels)
