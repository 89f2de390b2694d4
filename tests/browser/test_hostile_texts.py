"""Models and pictures full of Markdown, HTML and addresses: the browser shows letters only."""

import pytest
from playwright.sync_api import expect

from leuko.ui.performance.page import VIEWS
from tests import ROOT, drawn
from tests.browser.server import running_application
from tests.browser.visitor import File, Visitor
from tests.made_hostile import hostile, make_hostile_copy

pytestmark = pytest.mark.browser

# A bare address becomes a link to itself, which shows where it leads and is followed by a click.
DRAWN_FROM_A_TEXT = """() => [
  ...document.querySelectorAll(
    "[src*=evil], iframe, object, .katex, [aria-label='home icon']"),
  ...[...document.querySelectorAll("a")].filter(link => /^http.*evil/.test(
    link.getAttribute("href") ?? link.getAttribute("xlink:href"))
    && link.getAttribute("href") !== link.textContent),
  ...[...document.querySelectorAll("b, strong, em, code, span[style]")].filter(
    element => /^[bscrl]$/.test(element.textContent)),
].map(element => element.outerHTML.slice(0, 200))"""


@pytest.fixture(scope="module")
def hostile_server(chromium, trained, tmp_path_factory):
    root = tmp_path_factory.mktemp("hostile")
    for name in ("first", "second"):
        make_hostile_copy(trained.folder, root, name)
    with running_application(ROOT, LEUKO_WEIGHTS=str(root)) as running:
        yield running


@pytest.fixture
def tab(chromium, hostile_server):
    visitor = Visitor(chromium, hostile_server.address)
    yield visitor
    visitor.close()


def expect_letters(tab):
    tab.wait_until_idle()
    tab.wait_until_drawn()
    assert tab.page.evaluate(DRAWN_FROM_A_TEXT) == []
    assert tab.foreign_requests == []


def pictures():
    crop = drawn.encode(drawn.draw_crop(1, True, 96), "PNG")
    return [File(f"{hostile('file')}.png", crop), File(f"{hostile('no')}.png", b"no picture")]


def test_no_text_is_drawn_as_anything_but_letters_and_nobody_is_asked(tab):
    expect_letters(tab)
    tab.sidebar.get_by_role("combobox").click()
    expect(tab.page.get_by_role("option").first).to_contain_text("![title-")
    expect_letters(tab)
    tab.page.keyboard.press("Escape")
    tab.upload(pictures())
    expect_letters(tab)
    for title in ("Compare", "About", "Performance"):
        tab.visit(title)
        expect_letters(tab)
    for view in VIEWS:
        tab.page.get_by_role("tab", name=view.name, exact=True).click()
        expect_letters(tab)


def test_a_table_offers_no_download_that_could_hold_a_formula(tab):
    crop = drawn.encode(drawn.draw_crop(1, True, 96), "PNG")
    tab.upload([File("=HYPERLINK(1).png", crop), File("+cmd.png", crop)])
    table = tab.page.get_by_test_id("stDataFrame").first
    table.hover()
    toolbar = tab.page.get_by_test_id("stElementToolbar").first
    expect(toolbar.get_by_role("button").first).to_be_visible()
    expect(toolbar.get_by_role("button", name="Download")).to_have_count(0)
