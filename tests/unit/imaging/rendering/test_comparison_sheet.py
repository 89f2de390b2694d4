import numpy as np
import pytest

from leuko.imaging.rendering.colormaps import colour_table
from leuko.imaging.rendering.comparison_sheet import (
    ACROSS,
    MARGIN_PX,
    PANEL_PX,
    SheetBar,
    SheetPanel,
    draw_sheet,
)
from leuko.imaging.rendering.fonts import sheet_font, spelled, wrapped

GREEN = np.full((40, 60, 3), (0, 160, 0), np.uint8)
FONT = sheet_font(17)


def sheet_of(*panels, heading=("x.png",), pixels=GREEN):
    return draw_sheet(pixels, panels, heading, ["Research use."])


def count(sheet, colour):
    return int((sheet == np.array(colour, np.uint8)).all(axis=2).sum())


def test_every_panel_shows_the_picture_at_one_size():
    height = round(40 * PANEL_PX / 60)
    one = sheet_of(SheetPanel("Picture as uploaded"))
    three = sheet_of(*(SheetPanel(f"Model {n}") for n in range(3)))
    assert count(one, (0, 160, 0)) == PANEL_PX * height
    assert count(three, (0, 160, 0)) == 3 * PANEL_PX * height


def test_more_panels_than_fit_go_to_a_second_row():
    full = sheet_of(*(SheetPanel(f"{n}") for n in range(ACROSS)))
    more = sheet_of(*(SheetPanel(f"{n}") for n in range(ACROSS + 1)))
    assert more.shape[1] == full.shape[1]
    assert more.shape[0] > full.shape[0] + 300


def test_heat_is_painted_where_it_is_and_has_a_colour_bar():
    heat = np.zeros((4, 6), np.float32)
    heat[:, 4:] = 1
    plain, heated = (sheet_of(SheetPanel("m", heat=h, peak="1.00 points")) for h in (None, heat))
    hottest = tuple(int(v) for v in colour_table()[-1])
    assert count(plain, hottest) == 0
    assert count(heated, hottest) > 0
    below = heated.shape[0] // 2
    assert count(heated[:below, : MARGIN_PX + PANEL_PX // 3], (0, 160, 0)) > 0
    assert heated.shape[0] > plain.shape[0]


def test_a_bar_is_as_long_as_its_share():
    lengths = []
    for share in (0.25, 1.0):
        sheet = sheet_of(SheetPanel("m", bars=(SheetBar("ALL", "x", share, "#D55E00"),)))
        lengths.append(int((sheet == (0xD5, 0x5E, 0x00)).all(axis=2).sum(axis=1).max()))
    assert lengths[0] == pytest.approx(PANEL_PX / 4, abs=2)
    assert lengths[1] == pytest.approx(PANEL_PX, abs=2)


def test_a_very_tall_picture_does_not_make_an_endless_sheet():
    assert sheet_of(SheetPanel("m"), pixels=np.zeros((4000, 20, 3), np.uint8)).shape[0] < 1200


def test_no_line_is_wider_than_its_column():
    text = "a name " + "without_a_single_space_" * 9 + " and an end"
    lines = wrapped(text, 200, FONT)
    assert all(FONT.getlength(line) <= 200 for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


def test_different_names_stay_different_where_letters_are_missing():
    assert spelled("Größe 0.92–0.97 ≥ ж.png") == "Größe 0.92–0.97 ≥ ж.png"
    assert spelled("\u4e2d.png") == "\\u4e2d.png"
    assert spelled("\u6587.png") != spelled("\u4e2d.png")
