import numpy as np
import pytest

from leuko.cell_classes import CELL_CLASSES
from leuko.imaging.rendering.cell_marks import CELL_MARKS, OTHER, mark_of
from leuko.imaging.rendering.cell_outlines import Outline, dashes, draw_outlines
from leuko.reporting.charts import palette

SQUARE = np.array([[100, 120], [180, 120], [180, 200], [100, 200]], np.int32)


def field():
    return np.full((300, 400, 3), 215, np.uint8)


def test_every_class_has_a_mark_of_its_own_and_letters_of_its_own():
    assert tuple(CELL_MARKS) == CELL_CLASSES
    marks = [*CELL_MARKS.values(), OTHER]
    assert len({(mark.colour, mark.line) for mark in marks}) == len(marks)
    assert len({mark.letters for mark in marks}) == len(marks)
    assert mark_of("Not classed") == mark_of("Not a cell") == OTHER


def test_the_malignant_class_has_the_colour_that_it_has_in_charts():
    assert mark_of("Blast cell").colour == palette.VERMILION
    others = [mark.colour for name, mark in CELL_MARKS.items() if name != "Blast cell"]
    assert palette.VERMILION not in others


@pytest.mark.parametrize("name", CELL_CLASSES)
def test_an_outline_has_the_colour_of_its_class_and_the_inside_stays_as_it_was(name):
    drawn = draw_outlines(field(), [Outline(SQUARE, name)])
    rgb = np.array(mark_of(name).rgb)
    border = drawn[118:123, 100:180].astype(int)
    assert (np.abs(border - rgb).max(axis=2) < 30).any()
    assert (drawn[125:195, 105:175] == 215).all()
    assert (drawn[210:, 200:] == 215).all()


def test_the_picture_itself_is_not_drawn_on():
    pixels = field()
    pixels.flags.writeable = False
    draw_outlines(pixels, [Outline(SQUARE, "Monocyte")])
    assert (pixels == 215).all()


def test_without_cells_the_picture_is_as_it_was():
    assert np.array_equal(draw_outlines(field(), []), field())


def test_dashes_lie_on_the_polygon_and_dots_are_more_and_shorter():
    def length(parts):
        return sum(np.hypot(*np.diff(part, axis=0).T).sum() for part in parts)

    (solid,), dashed, dotted = (dashes(SQUARE, line, 2) for line in ("solid", "dashed", "dotted"))
    assert length([solid]) == 320
    assert 0.5 * 320 < length(dashed) < 0.75 * 320
    assert 0.2 * 320 < length(dotted) < 0.45 * 320
    assert len(dotted) > len(dashed) > 10
    on_border = np.concatenate([*dashed, *dotted])
    away = np.minimum(
        np.abs(on_border - (100, 120)).min(axis=1), np.abs(on_border - (180, 200)).min(axis=1)
    )
    assert away.max() <= 1


def test_a_cell_at_the_border_keeps_its_letters_inside_the_picture():
    corner = SQUARE - (100, 120)
    drawn = draw_outlines(field(), [Outline(corner, "Blast cell"), Outline(corner + 300, "Band")])
    rgb = np.array(mark_of("Blast cell").rgb)
    assert (np.abs(drawn[:12, :12].astype(int) - rgb).max(axis=2) < 3).sum() > 20


@pytest.mark.parametrize("side_px", [16, 4000])
def test_small_and_large_pictures_can_be_drawn_on(side_px):
    pixels = np.full((side_px, side_px, 3), 215, np.uint8)
    box = np.array([[0, 0], [side_px - 1, 0], [side_px - 1, side_px - 1]], np.int32)
    drawn = draw_outlines(pixels, [Outline(box, "Lymphocyte")])
    assert drawn.shape == pixels.shape
    assert (drawn != pixels).any()
