"""Fields dropped on Count, reviewed by keyboard, read out; five hundred cells on one page.

A server of its own: the tiny model that reads cells is no shipped one.
"""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from leuko.cell_classes import BLAST, CELL_CLASSES, LYMPHOCYTE, MONOCYTE
from tests import ROOT, drawn
from tests.browser.server import Server, running_application
from tests.browser.test_pages import FAINT_TEXTS, SIZES, expect_no_sideways_scroll
from tests.browser.visitor import PATIENCE_MS, File, Visitor
from tests.made_networks import install_cell_model

pytestmark = pytest.mark.browser

FIELDS = [
    File.png(f"{name}.png", drawn.draw_field(seed, malignant=True, side_px=448))
    for seed, name in ((1, "a"), (2, "<b onmouseover=alert(1)>"))
]
MANY = 500
SMALL_BYTES = 100_000
"""More than a change of labels may send; the pictures of the cells have many times that."""


@pytest.fixture(scope="module")
def counting_server(chromium, tmp_path_factory) -> Iterator[Server]:
    root = tmp_path_factory.mktemp("weights")
    install_cell_model(root)
    with running_application(ROOT, LEUKO_WEIGHTS=str(root)) as running:
        yield running


@pytest.fixture
def tab(chromium, counting_server) -> Iterator[Visitor]:
    """A fresh tab on the Count page with two fields counted."""
    visitor = opened(chromium, counting_server, FIELDS)
    yield visitor
    visitor.check_nothing_went_wrong()
    visitor.close()


def opened(chromium, server, files, **options) -> Visitor:
    visitor = Visitor(chromium, server.address, **options)
    visitor.visit("Count")
    visitor.upload(files, wait=False)
    expect(visitor.page.get_by_test_id("stProgress")).to_have_count(0)
    tiles(visitor).first.wait_for()
    visitor.wait_until_idle()
    return visitor


def tiles(tab: Visitor) -> Locator:
    return tab.page.locator(".count .tile")


def group(tab: Visitor, name: str) -> Locator:
    return tab.page.locator(".count .group").filter(has_text=re.compile(rf"^.{re.escape(name)}\d"))


def reviewed(tab: Visitor, name: str) -> Locator:
    """The reviewed number of a class in the differential."""
    row = tab.page.locator(".differential tr").filter(
        has=tab.page.get_by_role("rowheader", name=name, exact=True)
    )
    return row.locator("td.number").nth(1)


def press(tab: Visitor, *keys: str) -> None:
    for key in keys:
        tab.page.keyboard.press(key)


def download(tab: Visitor, button: str) -> list[dict[str, str]]:
    with tab.page.expect_download(timeout=PATIENCE_MS) as waiting:
        tab.page.get_by_role("button", name=button).click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    return list(csv.DictReader(text.splitlines()))


def test_a_click_in_the_gallery_shows_the_cell_in_its_field_and_the_other_way_round(tab):
    last = tiles(tab).last
    last.click()
    expect(last).to_have_attribute("aria-selected", "true")
    expect(tab.page.locator(".lines .selected")).to_have_count(1)
    tab.wait_until_idle()
    shown = tab.page.locator(".count .picked").inner_text()
    tab.page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
    outline = tab.page.locator(".lines g:not(.selected) polygon.line").first
    box = outline.bounding_box()
    assert box is not None
    tab.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(tab.page.locator(".count .picked")).not_to_have_text(shown)
    expect(tab.page.locator(".tile[aria-selected=true]")).to_have_count(1)


def test_one_key_gives_a_class_space_goes_on_and_u_takes_back(tab):
    first = tiles(tab).first
    first.click()
    cell = first.get_attribute("data-cell")
    second = tiles(tab).nth(1).get_attribute("data-cell")
    press(tab, "m")
    expect(group(tab, MONOCYTE).locator(".tile")).to_have_count(1)
    expect(group(tab, MONOCYTE).locator(".tile")).to_have_attribute("data-cell", str(cell))
    expect(reviewed(tab, MONOCYTE)).to_have_text("1")
    press(tab, " ")
    expect(tab.page.locator(".tile.current")).to_have_attribute("data-cell", str(second))
    press(tab, "u")
    expect(group(tab, MONOCYTE).locator(".tile")).to_have_count(0)
    expect(reviewed(tab, MONOCYTE)).to_have_text("0")
    press(tab, "Shift+U")
    expect(reviewed(tab, MONOCYTE)).to_have_text("1")
    assert tab.page.get_by_role("heading", level=1).inner_text() == "Count"


def test_many_cells_at_once_with_shift_and_keys_pressed_faster_than_the_server_answers(tab):
    count = tiles(tab).count()
    tiles(tab).first.click()
    press(tab, *["Shift+ArrowRight"] * 2, "b")
    expect(reviewed(tab, BLAST)).to_have_text("3")
    press(tab, "u", "End", "Shift+Home", "l", "Home", "b", " ", "x", " ", "n")
    expect(reviewed(tab, BLAST)).to_have_text("1")
    expect(reviewed(tab, "Not a cell")).to_have_text("1")
    expect(reviewed(tab, "Not classed")).to_have_text("1")
    expect(reviewed(tab, LYMPHOCYTE)).to_have_text(str(count - 3))
    expect(tab.page.get_by_text(f"{count - 1} leukocytes found")).to_be_visible()


def test_a_click_with_shift_takes_all_between(tab):
    tiles(tab).first.click()
    tiles(tab).nth(2).click(modifiers=["Shift"])
    expect(tab.page.locator(".tile[aria-selected=true]")).to_have_count(3)
    tiles(tab).nth(1).click(modifiers=["Control"])
    expect(tab.page.locator(".tile[aria-selected=true]")).to_have_count(2)
    press(tab, "e")
    expect(reviewed(tab, "Eosinophil")).to_have_text("2")


def test_keys_typed_into_another_field_stay_there(tab):
    tiles(tab).first.click()
    press(tab, "b")
    expect(reviewed(tab, BLAST)).to_have_text("1")
    tab.page.locator(".count select.fields").focus()
    press(tab, "m", "x")
    tab.sidebar.get_by_role("combobox").first.focus()
    press(tab, "m", "x")
    press(tab, "Escape")
    expect(reviewed(tab, BLAST)).to_have_text("1")
    expect(reviewed(tab, MONOCYTE)).to_have_text("0")


def test_every_cell_is_looked_at_by_keyboard_and_the_count_is_read_out(tab):
    count = tiles(tab).count()
    tiles(tab).first.click()
    press(tab, *[" "] * count)
    expect(tab.page.get_by_text("Reviewed: every uncertain cell")).to_be_visible()
    press(tab, "Home", "Shift+End", "b")
    expect(reviewed(tab, BLAST)).to_have_text(str(count))
    tab.wait_until_idle()
    cells = download(tab, "Download cells (CSV)")
    assert len(cells) == count
    assert {row["class"] for row in cells} == {BLAST}
    assert {row["seen"] for row in cells} == {"true"}
    assert {row["file"] for row in cells} == {file.name for file in FIELDS}
    counts = {row["class"]: row for row in download(tab, "Download differential (CSV)")[:14]}
    assert counts[BLAST]["n"] == str(count)
    assert sum(int(counts[name]["suggested_n"]) for name in CELL_CLASSES) == count


def test_a_review_outlives_another_page_and_another_tab_knows_nothing_of_it(
    tab, chromium, counting_server
):
    tiles(tab).first.click()
    press(tab, "m")
    expect(reviewed(tab, MONOCYTE)).to_have_text("1")
    other = opened(chromium, counting_server, FIELDS[:1])
    expect(reviewed(other, MONOCYTE)).to_have_text("0")
    other.close()
    tab.visit("About")
    tab.visit("Count")
    expect(reviewed(tab, MONOCYTE)).to_have_text("1")
    tiles(tab).first.click()
    press(tab, "p")
    expect(reviewed(tab, "Promyelocyte")).to_have_text("1")


def test_zoom_asks_the_server_for_nothing(tab):
    tab.wait_until_idle()
    before = tab.frames_sent
    board = tab.page.locator(".count:visible")
    board.get_by_role("button", name="Zoom in").click()
    board.get_by_role("button", name="Zoom in").click()
    expect(board.locator(".factor")).to_have_text("2.3×")
    board.get_by_role("button", name="Fit").click()
    expect(board.locator(".factor")).to_have_text("1×")
    board.get_by_label("Outlines").uncheck()
    expect(board.locator(".lines")).to_be_hidden()
    assert tab.frames_sent == before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_fits_and_is_legible(chromium, counting_server, scheme):
    files = [FIELDS[0], File("a_rather_long_file_name_" * 6 + ".png", b"no picture")]
    tab = opened(chromium, counting_server, files, scheme=scheme)
    tiles(tab).first.click()
    tab.wait_until_idle()
    for width, height in SIZES:
        tab.page.set_viewport_size({"width": width, "height": height})
        expect_no_sideways_scroll(tab)
    assert tab.page.evaluate(FAINT_TEXTS) == []
    tab.check_nothing_went_wrong()
    tab.close()


def test_five_hundred_cells_are_reviewed_without_sending_a_picture_again(chromium, counting_server):
    tab = Visitor(chromium, counting_server.address)
    received: list[int] = []
    tab.page.on(
        "websocket", lambda socket: socket.on("framereceived", lambda f: received.append(len(f)))
    )
    tab.go("count")
    tab.upload(many_fields(), wait=False)
    expect(tab.page.get_by_test_id("stProgress")).to_have_count(0)
    tiles(tab).first.wait_for()
    tab.wait_until_idle()
    count = tiles(tab).count()
    assert count >= MANY
    whole = sum(received)
    tiles(tab).first.click()
    press(tab, "m")
    expect(reviewed(tab, MONOCYTE)).to_have_text("1")
    tab.wait_until_idle()
    received.clear()
    sent = tab.frames_sent
    press(tab, "p")
    expect(reviewed(tab, "Promyelocyte")).to_have_text("1")
    tab.wait_until_idle()
    assert tab.frames_sent == sent + 1
    assert sum(received) < SMALL_BYTES < whole / 10
    press(tab, "Home", "Shift+End", "b")
    expect(reviewed(tab, BLAST)).to_have_text(str(count))
    tab.check_nothing_went_wrong()
    tab.close()


def many_fields() -> list[File]:
    """About a hundred fields: fourteen that are drawn, each turned and mirrored."""
    drawn_fields = [drawn.draw_field(seed, malignant=True) for seed in range(14)]
    turned = [
        np.rot90(side, turns)
        for pixels in drawn_fields
        for side in (pixels, pixels[:, ::-1])
        for turns in range(4)
    ]
    return [File.png(f"{n}.png", np.ascontiguousarray(one)) for n, one in enumerate(turned)]
