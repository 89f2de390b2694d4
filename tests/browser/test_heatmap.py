"""Class, layout, colours, scale, contours, blinking and zoom of the viewer, as a reader uses them.

The tests share one tab and two pictures. None relies on what another left chosen.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from leuko.imaging.rendering.colormaps import COLOUR_MAPS, colour_table
from leuko.imaging.rendering.overlay import DEFAULT_OPACITY, overlay
from leuko.labels import InputKind, class_title
from tests import drawn
from tests.browser.visitor import File, Visitor, shipped_model, tab_of_fields

pytestmark = pytest.mark.browser

PICTURES = {
    "one.png": drawn.draw_field(1, malignant=True),
    "two.png": drawn.draw_field(2, malignant=False),
}
FILES = [File.png(name, pixels) for name, pixels in PICTURES.items()]
LAYOUTS = ("Side by side", "Overlay", "Contours", "Blink")
NEXT_TURNS = """viewer => new Promise(done => {
  const turns = [];
  const watch = new MutationObserver(() => {
    turns.push(viewer.dataset.shows);
    if (turns.length === 3) { watch.disconnect(); done(turns); }
  });
  watch.observe(viewer, { attributeFilter: ["data-shows"] });
})"""
RGBA = """canvas => {
  const context = canvas.getContext("2d");
  return [canvas.width, canvas.height,
    [...context.getImageData(0, 0, canvas.width, canvas.height).data]];
}"""


@pytest.fixture(scope="module")
def shared_tab(tabs) -> Iterator[Visitor]:
    with tab_of_fields(tabs, FILES) as tab:
        yield tab


@pytest.fixture
def tab(app, shared_tab) -> Iterator[Visitor]:
    """The shared tab as it is at first; after each test nothing may have gone wrong in it."""
    layout(shared_tab, "Side by side")
    choose(shared_tab, "Scale", "own")
    choose(shared_tab, "Colours", COLOUR_MAPS[0])
    shared_tab.viewer.get_by_role("slider").fill(f"{100 * DEFAULT_OPACITY:.0f}")
    shared_tab.viewer.get_by_role("button", name="Fit").click()
    yield shared_tab
    shared_tab.check_nothing_went_wrong()


def layout(tab: Visitor, name: str) -> None:
    tab.viewer.get_by_role("radio", name=name, exact=True).click()


def choose(tab: Visitor, label: str, value: str) -> None:
    tab.viewer.get_by_label(label, exact=True).select_option(value)


def tiles(tab: Visitor) -> Locator:
    return tab.viewer.get_by_role("radiogroup", name="Heatmap for").get_by_role("radio")


def pixels_of(canvas: Locator) -> np.ndarray:
    """uint8 (H, W, 4)."""
    width, height, values = canvas.evaluate(RGBA)
    return np.array(values, np.uint8).reshape(height, width, 4)


def number_in(text: str) -> float:
    return float(re.search(r"[0-9.]+(e[+-]\d+)?", text).group())


def peak_of(tile: Locator) -> float:
    text = tile.inner_text()
    return 0.0 if "no positive evidence" in text else number_in(text.split("peak")[1])


def zoom_of(tab: Visitor) -> list[str]:
    return [
        str(stage.evaluate("stage => stage.style.transform"))
        for stage in tab.viewer.locator(".stage").all()
    ]


def next_picture(tab: Visitor, key: str) -> None:
    tab.page.get_by_role("heading", name="Diagnose").click()
    with tab.picture_changes():
        tab.page.keyboard.press(key)


def test_every_class_has_its_small_map_with_name_probability_and_peak(tab):
    card = shipped_model(InputKind.FIELD).card
    expect(tiles(tab)).to_have_count(len(card.classes))
    for name, tile in zip(card.classes, tiles(tab).all(), strict=True):
        expect(tile).to_contain_text(class_title(name))
        expect(tile).to_contain_text(re.compile(r"P (0\.\d\d|> 0\.99|< 0\.01)"))
        expect(tile).to_contain_text(re.compile(r"peak [0-9.]+|no positive evidence"))
        assert pixels_of(tile.locator(".base"))[..., 3].min() == 255


def test_a_click_on_a_class_shows_it_large_and_asks_the_server_for_nothing(tab):
    before = tab.frames_sent
    for tile in tiles(tab).all():
        tile.click()
        title = tile.locator(".name").inner_text()
        expect(tile).to_have_attribute("aria-checked", "true")
        expect(tab.viewer.locator(".caption")).to_have_text(f"Grad-CAM: evidence for {title}")
        if peak_of(tile) > 0:
            expect(tab.heat).to_be_visible()
            assert pixels_of(tab.heat)[..., 3].max() > 200
        else:
            expect(tab.heat).to_be_hidden()
            expect(tab.viewer.locator(".notice")).to_contain_text("No positive evidence")
    for name in LAYOUTS:
        layout(tab, name)
    for name in COLOUR_MAPS:
        choose(tab, "Colours", name)
    for name in ("own", "picture", "batch"):
        choose(tab, "Scale", name)
    # Frames leave in order: had anything above asked for a rerun, this one would not be the first.
    next_picture(tab, "j" if tab.heading.inner_text().startswith("1 of") else "k")
    assert tab.frames_sent == before + 1


def test_arrow_keys_choose_the_next_class_and_tab_stops_once(tab):
    first = tiles(tab).first
    first.click()
    tab.page.keyboard.press("ArrowRight")
    expect(tiles(tab).nth(1)).to_be_focused()
    expect(tiles(tab).nth(1)).to_have_attribute("aria-checked", "true")
    assert [tile.get_attribute("tabindex") for tile in tiles(tab).all()].count("0") == 1
    tab.page.keyboard.press("ArrowLeft")
    expect(first).to_have_attribute("aria-checked", "true")


def test_the_layouts_show_what_they_are_called(tab):
    strongest(tab).click()
    plain, lines = tab.viewer.locator("figure.plain"), tab.viewer.locator(".lines")
    for name in LAYOUTS:
        layout(tab, name)
        expect(plain).to_be_visible(visible=name == "Side by side")
        expect(lines).to_be_visible(visible=name == "Contours")
        expect(strongest(tab).locator(".heat")).to_be_visible()
        if name != "Blink":
            expect(tab.heat).to_be_visible(visible=name != "Contours")


def strongest(tab: Visitor) -> Locator:
    return max(tiles(tab).all(), key=peak_of)


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_colour_map_and_colour_bar_are_the_table_of_that_name(tab, name):
    strongest(tab).click()
    choose(tab, "Colours", name)
    ramp = pixels_of(tab.viewer.locator(".ramp"))[0, :, :3]
    np.testing.assert_array_equal(ramp, colour_table(name))
    heat = pixels_of(tab.heat)
    opaque = heat[heat[..., 3] > 250]
    assert len(opaque)
    np.testing.assert_allclose(
        opaque[:, :3].astype(int), colour_table(name)[opaque[:, 3]].astype(int), atol=2
    )


def test_one_scale_for_all_classes_ends_at_the_strongest_of_them(tab):
    weakest = min((t for t in tiles(tab).all() if peak_of(t) > 0), key=peak_of)
    most = max(peak_of(tile) for tile in tiles(tab).all())
    weakest.click()
    top = tab.viewer.locator(".top")
    assert number_in(top.inner_text()) == pytest.approx(peak_of(weakest))
    relative = pixels_of(tab.heat)[..., 3].max()
    choose(tab, "Scale", "picture")
    assert number_in(top.inner_text()) == pytest.approx(most)
    expect(tab.viewer.locator(".meaning")).to_contain_text("any class in this picture")
    expected = 255 * peak_of(weakest) / most
    assert pixels_of(tab.heat)[..., 3].max() == pytest.approx(
        expected * relative / 255, abs=1 + 0.06 * expected
    )
    choose(tab, "Scale", "batch")
    assert number_in(top.inner_text()) >= 0.95 * most
    expect(tab.viewer.locator(".meaning")).to_contain_text(f"all {len(FILES)} pictures")
    expect(tab.viewer.locator(".unit")).to_have_text("logit units")


def test_contours_are_three_lines_over_the_unaltered_picture(tab):
    strongest(tab).click()
    layout(tab, "Contours")
    expect(tab.heat).to_be_hidden()
    lines = tab.viewer.locator(".lines .line")
    expect(lines).to_have_count(3)
    for share, line in zip((0.25, 0.5, 0.75), lines.all(), strict=True):
        assert line.get_attribute("d")
        place = round(255 * share)
        colour = ", ".join(str(part) for part in colour_table(COLOUR_MAPS[0])[place])
        expect(line).to_have_css("stroke", f"rgb({colour})")
    expect(tab.viewer.locator(".meaning")).to_contain_text("25, 50 and 75 %")


def test_a_contour_line_runs_where_the_map_has_that_value(tab):
    strongest(tab).click()
    heat = pixels_of(tab.heat)[..., 3] / 255
    layout(tab, "Contours")
    path = tab.viewer.locator(".lines .line").nth(1).get_attribute("d")
    points = np.array(re.findall(r"[ML]([0-9.]+) ([0-9.]+)", path), float) - 0.5
    rows, columns = points[:, 1].round().astype(int), points[:, 0].round().astype(int)
    assert np.abs(heat[rows, columns] - 0.5).max() < 0.1


def test_blinking_takes_turns_until_it_is_paused_and_starts_only_on_demand(tab):
    viewer = tab.viewer
    strongest(tab).click()
    expect(viewer).to_have_attribute("data-beats", "false")
    layout(tab, "Blink")
    turns = viewer.evaluate(NEXT_TURNS)
    assert turns in (["picture", "heat", "picture"], ["heat", "picture", "heat"])
    viewer.get_by_role("button", name="Pause").click()
    expect(viewer).to_have_attribute("data-beats", "false")
    for _ in range(2):
        shown = viewer.get_attribute("data-shows")
        expect(tab.heat).to_be_visible(visible=shown == "heat")
        viewer.get_by_role("button", name="Swap").click()
        assert viewer.get_attribute("data-shows") != shown
    viewer.get_by_role("button", name="Start").click()
    expect(viewer).to_have_attribute("data-beats", "true")
    layout(tab, "Overlay")
    expect(viewer).to_have_attribute("data-beats", "false")
    expect(tab.heat).to_be_visible()


def test_nothing_blinks_while_the_page_is_hidden(tab):
    layout(tab, "Blink")
    expect(tab.viewer).to_have_attribute("data-beats", "true")
    for hidden in (True, False):
        tab.page.evaluate(
            """hidden => {
              Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
              document.dispatchEvent(new Event("visibilitychange"));
            }""",
            hidden,
        )
        expect(tab.viewer).to_have_attribute("data-beats", str(not hidden).lower())


def test_who_asked_for_less_motion_starts_the_blinking_by_hand(app, tabs):
    tab = tabs(motion="reduce")
    tab.choose_model(InputKind.FIELD)
    tab.upload(FILES[:1])
    layout(tab, "Blink")
    expect(tab.viewer).to_have_attribute("data-beats", "false")
    tab.viewer.get_by_role("button", name="Start").click()
    expect(tab.viewer).to_have_attribute("data-beats", "true")
    tab.check_nothing_went_wrong()
    tab.close()


def test_picture_heatmap_and_contours_share_one_zoom_and_keys_move_it(tab):
    tab.viewer.focus()
    tab.page.keyboard.press("+")
    tab.page.keyboard.press("ArrowLeft")
    first, second = zoom_of(tab)
    assert first == second
    assert "scale(1.5)" in first
    layout(tab, "Contours")
    assert zoom_of(tab) == [first, second]
    tab.viewer.focus()
    tab.page.keyboard.press("0")
    assert all("scale(1)" in each for each in zoom_of(tab))


def test_the_value_under_the_pointer_is_told_in_units_of_evidence(tab):
    strongest(tab).click()
    heat = pixels_of(tab.heat)[..., 3]
    row, column = np.unravel_index(heat.argmax(), heat.shape)
    box = tab.viewer.locator(".heated .pane").bounding_box()
    tab.page.mouse.move(
        box["x"] + (column + 0.5) / heat.shape[1] * box["width"],
        box["y"] + (row + 0.5) / heat.shape[0] * box["height"],
    )
    here = tab.viewer.locator(".here")
    expect(here).to_contain_text("here ")
    assert number_in(here.inner_text()) == pytest.approx(peak_of(strongest(tab)), rel=0.1)


def test_settings_stay_when_the_next_picture_is_shown_and_the_class_is_the_suggested_one(tab):
    layout(tab, "Overlay")
    choose(tab, "Colours", "viridis")
    choose(tab, "Scale", "picture")
    next_picture(tab, "j" if tab.heading.inner_text().startswith("1 of") else "k")
    expect(tab.viewer).to_have_attribute("data-layout", "overlay")
    expect(tab.viewer.get_by_label("Colours", exact=True)).to_have_value("viridis")
    expect(tab.viewer.get_by_label("Scale", exact=True)).to_have_value("picture")
    expect(tiles(tab).and_(tab.page.locator("[aria-checked=true]"))).to_have_count(1)


def test_the_download_looks_as_the_screen_does_at_first(tab):
    card = shipped_model(InputKind.FIELD).card
    with tab.page.expect_download() as waiting:
        tab.page.get_by_role("button", name=re.compile("Download heatmaps")).click()
    name = tab.heading.inner_text().split(" · ")[1]
    suggested = next(
        each for each in card.classes
        if tab.page.get_by_text(re.compile(rf"^{re.escape(class_title(each))}, [0-9><]")).count()
    )  # fmt: skip
    tiles(tab).nth(card.classes.index(suggested)).click()
    with zipfile.ZipFile(waiting.value.path()) as archive:
        (member,) = [each for each in archive.namelist() if each.startswith(Path(name).stem)]
        saved = np.asarray(Image.open(io.BytesIO(archive.read(member))).convert("RGB"))
    heat = Image.fromarray(pixels_of(tab.heat)[..., 3]).resize(
        saved.shape[1::-1], Image.Resampling.BILINEAR
    )
    shown = overlay(
        PICTURES[name], np.asarray(heat, np.float32) / 255, DEFAULT_OPACITY, COLOUR_MAPS[0]
    )
    assert np.abs(shown.astype(int) - saved.astype(int)).mean() < 1.5


@pytest.mark.parametrize("name", ["Side by side", "Contours"])
def test_the_view_is_saved_with_its_words_below_it(tab, name):
    strongest(tab).click()
    layout(tab, name)
    with tab.page.expect_download() as waiting:
        tab.viewer.get_by_role("button", name="Save this view (PNG)").click()
    assert waiting.value.suggested_filename.endswith("_view.png")
    with Image.open(waiting.value.path()) as saved:
        height, width = PICTURES["one.png"].shape[:2]
        across = 2 if name == "Side by side" else 1
        assert saved.format == "PNG"
        assert saved.width >= across * width
        assert saved.height / saved.width > height / (across * width)


def test_another_method_is_computed_for_the_shown_picture_and_named(tab):
    page = tab.page
    layout(tab, "Overlay")
    tab.viewer.get_by_role("button", name="Zoom in").click()
    for title in ("HiResCAM", "Grad-CAM"):
        box = page.get_by_role("combobox", name=re.compile("Method"))
        box.scroll_into_view_if_needed()  # a list closes when the page scrolls under it
        page.wait_for_timeout(500)
        box.click()
        page.get_by_role("option", name=title, exact=True).click()
        expect(tab.viewer.locator(".caption")).to_contain_text(f"{title}: evidence for")
        expect(tab.heat).to_be_visible()
        expect(tab.viewer.locator(".notice")).to_have_text("")
        assert "scale(1.5)" in zoom_of(tab)[0]
    expect(tab.viewer).to_have_attribute("data-layout", "overlay")


def test_the_picture_is_the_largest_thing_and_nothing_is_wider_than_the_page(tab):
    layout(tab, "Side by side")
    box = tab.viewer.locator(".heated .pane").bounding_box()
    for other in (*tiles(tab).all(), tab.viewer.locator(".scale"), tab.viewer.locator(".tools")):
        size = other.bounding_box()
        assert size["width"] * size["height"] < box["width"] * box["height"]
    assert tab.page.evaluate(
        "() => document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
