"""A batch with good and bad files: read, looked at, stepped through, downloaded.

The tests share one tab and one batch. None relies on which picture another left selected.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from leuko.labels import InputKind
from leuko.ui.diagnose.results import HEADER_PX, ROW_PX
from tests import drawn
from tests.browser.visitor import PATIENCE_MS, File, Visitor, shipped_model, tab_of_fields
from tests.csv_lines import csv_lines

pytestmark = pytest.mark.browser

HTML_NAME = "<img src=x onerror=alert(1)>.png"
BAD_HTML_NAME = "<svg onload=alert(2)>.png"
WIDE = drawn.draw_field(4, malignant=True, side_px=320)[:200]
TALL = drawn.draw_field(6, malignant=False, side_px=320)[:, :140]
PICTURES = {
    "first.png": drawn.draw_field(1, malignant=True),
    "second.png": drawn.draw_field(2, malignant=False),
    "wide.png": WIDE,
    "tall.png": TALL,
    HTML_NAME: drawn.draw_field(3, malignant=True),
}
CUT_OFF = "The file is cut off before its end. Copy or export the picture again."
FILES = [
    *(File.png(name, pixels) for name, pixels in PICTURES.items()),
    File("broken.png", drawn.encode(WIDE, "PNG")[:700]),
    File(BAD_HTML_NAME, b""),
]
TICK_PX = 14
"""How far from the table's left edge the tick boxes of its rows lie."""


@pytest.fixture(scope="module")
def shared_tab(tabs) -> Iterator[Visitor]:
    with tab_of_fields(tabs, FILES) as tab:
        yield tab


@pytest.fixture
def batch(app, shared_tab) -> Iterator[Visitor]:
    """The shared tab; after each test nothing may have gone wrong in it."""
    yield shared_tab
    shared_tab.check_nothing_went_wrong()


def test_a_broken_file_gets_its_sentence_and_the_good_ones_their_class(batch):
    expect(batch.page.get_by_text(f"{len(FILES)} images")).to_contain_text("2 not readable")
    warning = batch.page.get_by_test_id("stAlert")
    expect(warning).to_contain_text(f"broken.png: {CUT_OFF}")
    select(batch, "first.png")
    expect(batch.suggestion).to_be_visible()
    expect(batch.viewer.locator("img.picture").first).to_be_visible()


def test_html_in_a_file_name_is_text_and_runs_nothing(batch):
    expect(batch.page.get_by_test_id("stAlert")).to_contain_text(BAD_HTML_NAME)
    select(batch, HTML_NAME)
    expect(batch.heading).to_contain_text(HTML_NAME)
    expect(batch.page.locator("img[src=x], [onerror], svg[onload]")).to_have_count(0)
    assert batch.dialogs == []


def test_the_csv_holds_a_row_for_every_file(batch):
    text = download(batch, "Download CSV", "leuko_.*[.]csv").read_text(encoding="utf-8")
    rows = {row["file"]: row for row in csv_lines(text)}
    assert set(rows) == {file.name for file in FILES}
    card = shipped_model(InputKind.FIELD).card
    for name in PICTURES:
        probabilities = [float(rows[name][f"probability_{each}"]) for each in card.classes]
        assert sum(probabilities) == pytest.approx(1, abs=1e-4)
        assert rows[name]["most_probable"] in card.classes
        assert rows[name]["suggestion"]
        assert rows[name]["model"] == card.id
        assert rows[name]["error"] == ""
    assert rows["broken.png"]["error"] == CUT_OFF
    assert rows["broken.png"]["suggestion"] == ""


def test_the_archive_holds_a_heatmap_of_every_picture_at_its_own_size(batch):
    path = download(batch, r"Download heatmaps \(ZIP\)", "leuko_.*_heatmaps[.]zip")
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        sizes = {}
        for name in archive.namelist():
            with Image.open(io.BytesIO(archive.read(name))) as picture:
                assert picture.format == "PNG"
                sizes[name] = picture.size
    assert len(sizes) == len(PICTURES)
    (wide,) = [size for name, size in sizes.items() if name.startswith("wide")]
    assert wide == (320, 200)
    assert sorted(sizes.values()) == sorted(p.shape[1::-1] for p in PICTURES.values())
    assert not [name for name in sizes if re.search(r'[<>:"/\\|?*]', name)]


def test_opacity_zoom_and_layout_ask_the_server_for_nothing(batch):
    select(batch, "wide.png")
    viewer, heat = batch.viewer, batch.heat
    before = batch.frames_sent

    viewer.get_by_role("slider").fill("30")
    expect(heat).to_have_css("opacity", "0.3")
    viewer.get_by_role("slider").fill("100")
    expect(heat).to_have_css("opacity", "1")
    expect(viewer.locator(".opacity").get_by_text("100 %")).to_be_visible()

    left, right = viewer.locator(".stage").all()
    assert scale_of(left) == 1
    viewer.get_by_role("button", name="Zoom in").click()
    assert scale_of(left) == pytest.approx(1.5)
    assert transform_of(left) == transform_of(right)
    viewer.locator(".pane").last.dblclick(position={"x": 20, "y": 20})
    viewer.locator(".pane").last.dblclick(position={"x": 20, "y": 20})
    assert scale_of(left) == pytest.approx(2.5)
    assert transform_of(left) == transform_of(right)
    viewer.get_by_role("button", name="Fit").click()
    assert scale_of(left) == scale_of(right) == 1

    viewer.get_by_role("radio", name="Overlay").click()
    expect(viewer.locator("figure.plain")).to_be_hidden()
    expect(heat).to_be_visible()
    viewer.get_by_role("radio", name="Side by side").click()
    expect(viewer.locator("figure.plain")).to_be_visible()

    # Frames leave in order: had anything above asked for a rerun, this one would not be the first.
    step(batch, "k")
    assert batch.frames_sent == before + 1


@pytest.mark.parametrize("name", ["wide.png", "tall.png"])
@pytest.mark.parametrize("layout", ["Overlay", "Side by side"])
def test_no_picture_is_ever_stretched(batch, name, layout):
    select(batch, name)
    batch.viewer.get_by_role("radio", name=layout).click()
    height, width = PICTURES[name].shape[:2]
    shown = batch.viewer.locator(".stage > :is(img, canvas):visible").all()
    assert len(shown) >= 2  # picture and heat
    for image in shown:
        box = image.bounding_box()
        assert box is not None
        assert box["width"] / box["height"] == pytest.approx(width / height, rel=0.01)


def test_opacity_stays_when_the_next_picture_is_shown(batch):
    select(batch, "first.png")
    batch.viewer.get_by_role("slider").fill("40")
    select(batch, "second.png")
    expect(batch.heat).to_have_css("opacity", "0.4")
    expect(batch.viewer.get_by_role("slider")).to_have_value("40")


def test_j_and_k_move_through_the_batch_and_stop_at_its_ends(batch):
    go_to_start(batch)
    names = [batch.heading.inner_text()]
    for _ in FILES[1:]:
        step(batch, "j")
        names.append(batch.heading.inner_text())
    assert [name.split(" · ")[0] for name in names] == [
        f"{place} of {len(FILES)}" for place in range(1, len(FILES) + 1)
    ]
    assert {name.split(" · ")[1] for name in names} == {file.name for file in FILES}
    expect(batch.page.get_by_role("button", name="Next")).to_be_disabled()
    step(batch, "k")
    expect(batch.heading).to_have_text(names[-2])


def test_a_tick_in_the_table_shows_that_picture(batch):
    table = batch.page.get_by_test_id("stDataFrame")
    for place in (4, 3):
        table.click(position={"x": TICK_PX, "y": HEADER_PX + (place - 0.5) * ROW_PX})
        expect(batch.heading).to_contain_text(f"{place} of {len(FILES)}")
        batch.wait_until_idle()


def test_results_outlive_a_visit_to_another_page(batch):
    select(batch, "second.png")
    shown, tally = batch.heading.inner_text(), batch.tally.inner_text()
    batch.visit("Performance")
    expect(batch.page.get_by_role("tab", name="All models")).to_be_visible()
    batch.visit("Diagnose")
    expect(batch.tally).to_have_text(tally)
    expect(batch.heading).to_have_text(shown)
    expect(batch.suggestion).to_be_visible()
    expect(batch.viewer.locator("img.picture").first).to_be_visible()


def step(batch: Visitor, key: str) -> None:
    """Press a key and wait until another picture is shown."""
    with batch.picture_changes():
        batch.page.keyboard.press(key)


def go_to_start(batch: Visitor) -> None:
    batch.page.get_by_role("heading", name="Diagnose").click()  # away from any field for text
    while not batch.heading.inner_text().startswith("1 of "):
        step(batch, "k")


def select(batch: Visitor, name: str) -> None:
    """Step through the batch until a file is shown."""
    if batch.heading.inner_text().endswith(f" · {name}"):
        return
    go_to_start(batch)
    for _ in FILES:
        if batch.heading.inner_text().endswith(f" · {name}"):
            return
        step(batch, "j")
    pytest.fail(f"{name} is not in the batch")


def download(batch: Visitor, button: str, file_name: str) -> Path:
    with batch.page.expect_download(timeout=PATIENCE_MS) as waiting:
        batch.page.get_by_role("button", name=re.compile(button)).click()
    assert re.fullmatch(file_name, waiting.value.suggested_filename)
    return Path(waiting.value.path())


def transform_of(stage: Locator) -> str:
    return str(stage.evaluate("stage => getComputedStyle(stage).transform"))


def scale_of(stage: Locator) -> float:
    return float(stage.evaluate("stage => new DOMMatrix(getComputedStyle(stage).transform).a"))
