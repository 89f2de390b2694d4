"""A batch through several models: looked at, stepped through, enlarged, downloaded.

The tests share one tab and one batch. None relies on what another left selected.
"""

import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import expect

from leuko.models.store import list_models
from tests import drawn
from tests.browser.visitor import File, Visitor, tab_of_fields
from tests.csv_lines import csv_lines

pytestmark = pytest.mark.browser

HTML_NAME = "<img src=x onerror=alert(1)>.png"
WIDE = drawn.draw_field(4, malignant=True, side_px=320)[:200]
FILES = [
    File.png("first.png", drawn.draw_field(1, malignant=True)),
    File.png("second.png", drawn.draw_field(2, malignant=False)),
    File.png("wide.png", WIDE),
    File.png(HTML_NAME, drawn.draw_field(3, malignant=True)),
    File("broken.png", drawn.encode(WIDE, "PNG")[:700]),
]
READABLE = len(FILES) - 1


@pytest.fixture(scope="module")
def shared_tab(tabs) -> Iterator[Visitor]:
    with tab_of_fields(tabs, FILES, "Compare") as tab:
        yield tab


@pytest.fixture
def batch(app, shared_tab) -> Iterator[Visitor]:
    """The shared tab at its first image; after each test nothing may have gone wrong in it."""
    page = shared_tab.page
    while page.get_by_role("button", name="Previous").is_enabled():
        step(shared_tab, "Previous")
    yield shared_tab
    shared_tab.check_nothing_went_wrong()


def step(batch: Visitor, label: str) -> None:
    with batch.picture_changes():
        batch.page.get_by_role("button", name=label).click()


def go_to(batch: Visitor, name: str) -> None:
    while not batch.heading.inner_text().endswith(f" · {name}"):
        step(batch, "Next")


def grid(batch: Visitor):
    return batch.page.locator(".compare")


def cells(batch: Visitor):
    return grid(batch).locator(".cell[data-place]")


def ticked(batch: Visitor) -> list[str]:
    boxes = batch.sidebar.get_by_role("checkbox")
    return [box.get_attribute("aria-label") or "" for box in boxes.all() if box.is_checked()]


ONE_CLASS = re.compile(r", (0\.\d\d|> 0\.99)$")
SUGGESTED = re.compile(rf"{ONE_CLASS.pattern}| or |^Any of its \d classes$|^No class with enough")


def test_every_ticked_model_has_its_answer_heatmap_and_own_figures(batch):
    models = ticked(batch)
    assert len(models) >= 2
    expect(cells(batch)).to_have_count(len(models))
    for title, cell in zip(models, cells(batch).all(), strict=True):
        expect(cell.locator(".title")).to_have_text(title)
        expect(cell.locator(".figures")).to_contain_text("balanced accuracy")
        expect(cell.locator(".suggestion")).to_have_text(SUGGESTED)
        if not ONE_CLASS.search(cell.locator(".suggestion").inner_text()):
            expect(cell.locator(".decision")).to_contain_text("Refer to a haematologist.")
        expect(cell.locator(".peak")).to_contain_text("logit units")
        expect(cell.locator("img.heat")).to_be_visible()
        expect(cell.get_by_role("img", name=re.compile(r"^P\(malignant\): "))).to_be_visible()
    expect(grid(batch).get_by_text("Picture as uploaded")).to_be_visible()


def test_agreement_is_counted_and_is_not_called_accuracy(batch):
    expect(batch.tally).to_have_text(
        re.compile(
            rf"^{len(FILES)} images · (both|all \d) models? agree on malignant or benign for "
            rf"\d of {READABLE}, on the class for \d of {READABLE} · 1 not readable$"
        )
    )
    expect(batch.page.get_by_text("Agreement is not accuracy")).to_be_visible()
    expect(batch.page.get_by_role("table")).to_contain_text(f"of {READABLE}")
    expect(batch.page.get_by_test_id("stAlert")).to_contain_text("broken.png")


def test_j_and_k_move_through_the_images(batch):
    grid(batch).focus()
    batch.page.keyboard.press("j")
    expect(batch.heading).to_contain_text(f"2 of {len(FILES)}")
    batch.wait_until_idle()
    batch.page.keyboard.press("k")
    expect(batch.heading).to_contain_text(f"1 of {len(FILES)}")
    batch.wait_until_idle()


def test_a_file_name_with_html_is_text_and_runs_nothing(batch):
    go_to(batch, HTML_NAME)
    expect(batch.heading).to_contain_text(HTML_NAME)
    expect(batch.page.locator("img[src=x], [onerror]")).to_have_count(0)
    assert batch.dialogs == []


def test_opacity_zoom_and_enlarging_ask_the_server_for_nothing(batch):
    go_to(batch, "wide.png")
    before = batch.frames_sent
    grid(batch).get_by_role("slider").fill("30")
    for heat in cells(batch).locator("img.heat").all():
        expect(heat).to_have_css("opacity", "0.3")
    grid(batch).get_by_role("button", name="Zoom in").click()
    zoomed = {stage.get_attribute("style") for stage in grid(batch).locator(".stage").all()}
    assert len(zoomed) == 1
    assert "scale(1.5)" in zoomed.pop()
    grid(batch).get_by_role("button", name="Fit").click()

    pane = cells(batch).first.locator(".pane")
    small = pane.bounding_box()
    cells(batch).first.get_by_role("button", name="Enlarge").click()
    expect(cells(batch).nth(1)).to_be_hidden()
    large = pane.bounding_box()
    assert large["width"] > 1.2 * small["width"]
    assert large["width"] / large["height"] == pytest.approx(320 / 200, rel=0.02)
    grid(batch).locator(".all").click()
    expect(cells(batch).nth(1)).to_be_visible()
    grid(batch).get_by_role("slider").fill("70")
    assert batch.frames_sent == before


def test_panes_of_all_models_stand_at_one_height(batch):
    boxes = [pane.bounding_box() for pane in grid(batch).locator(".pane").all()]
    across = [box for box in boxes if box["y"] == pytest.approx(boxes[0]["y"])]
    assert len(across) >= 3
    assert {round(box["width"]) for box in boxes} == {round(boxes[0]["width"])}


def test_another_class_changes_every_heatmap(batch):
    choice = batch.page.get_by_test_id("stMain").get_by_role("combobox")
    choice.click()
    batch.page.get_by_role("option", name="Heatmap for Pro-B ALL").click()
    for caption in cells(batch).locator(".caption").all():
        expect(caption).to_have_text("Grad-CAM: evidence for Pro-B ALL")
    batch.wait_until_idle()
    choice.click()
    batch.page.get_by_role("option", name="Heatmap for what each model suggests").click()
    batch.wait_until_idle()


def test_the_png_is_a_picture_wide_enough_for_all_models(batch):
    go_to(batch, "wide.png")
    with batch.page.expect_download() as waiting:
        batch.page.get_by_role("button", name="Download this comparison (PNG)").click()
    assert waiting.value.suggested_filename == "wide_comparison.png"
    with Image.open(waiting.value.path()) as sheet:
        assert sheet.format == "PNG"
        assert sheet.width > 3 * 400


def test_the_csv_has_a_line_an_image_and_model(batch):
    with batch.page.expect_download() as waiting:
        batch.page.get_by_role("button", name="Download CSV").click()
    text = waiting.value.path().read_text(encoding="utf-8")
    lines = list(csv_lines(text))
    titles = {model.id: model.card.title for model in list_models().models}
    models = ticked(batch)
    assert len(lines) == len(FILES) * len(models)
    assert {titles[line["model"]] for line in lines} == set(models)
    assert {line["file"] for line in lines} == {file.name for file in FILES}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 1920])
def test_the_words_in_the_grid_stand_out(app, batch, scheme, width):
    batch.page.emulate_media(color_scheme=scheme)
    batch.page.set_viewport_size({"width": width, "height": 800})
    for selector in (".figures", ".suggestion", ".caption", ".legend", ".bars"):
        text = cells(batch).first.locator(selector)
        expect(text).to_be_visible()
        assert text.evaluate("element => element.scrollWidth <= element.clientWidth + 1")
        assert text.evaluate("element => getComputedStyle(element).opacity") == "1"
    batch.page.emulate_media(color_scheme="light")
    batch.page.set_viewport_size({"width": 1280, "height": 800})
