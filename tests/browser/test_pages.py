"""What holds on every page: it fits, it is legible, it talks to nobody, the keyboard reaches it."""

import pytest
from playwright.sync_api import expect

from tests import drawn
from tests.browser.visitor import File, Visitor

pytestmark = pytest.mark.browser

SIZES = ((1280, 800), (1920, 1080))
TITLES = ("Count", "Compare", "Performance", "About", "Diagnose")
SCROLLERS = ("html", "[data-testid=stMain]", "[data-testid=stSidebarContent]")
MOST_STOPS = 40

NOTHING_SCROLLS_SIDEWAYS = """selectors => selectors
  .flatMap(selector => [...document.querySelectorAll(selector)])
  .every(element => element.scrollWidth <= element.clientWidth)"""

# Text that stands out less than 4.5 to 1 from the nearest opaque background (WCAG 2.2, 1.4.3).
FAINT_TEXTS = """() => {
  const read = colour => {
    const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) =>
    [0, 1, 2].map(i => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const behind = element => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      layers.push(read(getComputedStyle(at).backgroundColor));
      if (layers.at(-1)[3] === 1) break;
    }
    return layers.reverse().reduce((below, top) => over(top, below), [255, 255, 255, 1]);
  };
  const opacity = element => {
    let product = 1;
    for (let at = element; at; at = at.parentElement) product *= getComputedStyle(at).opacity;
    return product;
  };
  const luminance = colour => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const value = colour[i] / 255;
    return sum + weight * (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  }, 0);
  const found = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent.trim();
    const element = walker.currentNode.parentElement;
    if (!text || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
      continue;
    if (element.closest("svg, canvas, [role=grid], :disabled, style, script, [aria-hidden=true]"))
      continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const ground = behind(element);
    const ink = read(getComputedStyle(element).color);
    ink[3] *= opacity(element);
    const [low, high] = [luminance(over(ink, ground)), luminance(ground)].sort((a, b) => a - b);
    const ratio = (high + 0.05) / (low + 0.05);
    if (ratio < 4.5) found.add(`${ratio.toFixed(2)} ${text.slice(0, 60)}`);
  }
  return [...found];
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_fits_and_is_legible(app, tabs, scheme):
    tab = tabs(scheme=scheme)
    tab.upload(
        [
            File.png("one.png", drawn.draw_field(1, malignant=True)),
            File("a_rather_long_file_name_" * 6 + ".png", b"no picture"),
        ]
    )
    for title in TITLES:
        tab.visit(title)
        for width, height in SIZES:
            tab.page.set_viewport_size({"width": width, "height": height})
            expect_no_sideways_scroll(tab)
        tab.wait_until_drawn()
        faint = tab.page.evaluate(FAINT_TEXTS)
        assert faint == [], f"{title} in {scheme}"
        tab.check_nothing_went_wrong()
    tab.close()


def expect_no_sideways_scroll(tab: Visitor) -> None:
    tab.page.wait_for_function(NOTHING_SCROLLS_SIDEWAYS, arg=list(SCROLLERS))


@pytest.mark.parametrize("path", ["", "count", "compare", "performance", "about"])
def test_a_page_opened_by_its_address_shows_itself(visitor, path):
    visitor.go(path)
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(
        {
            "": "Diagnose",
            "count": "Count",
            "compare": "Compare",
            "performance": "Performance",
            "about": "About",
        }[path]
    )


def test_the_keyboard_reaches_the_model_list_and_the_upload_button(visitor):
    expect(visitor.sidebar.get_by_role("combobox")).to_be_visible()
    expect(visitor.page.get_by_text("Upload", exact=True)).to_be_visible()
    stops = []
    for _ in range(MOST_STOPS):
        visitor.page.keyboard.press("Tab")
        stops.append(
            visitor.page.evaluate(
                "() => [document.activeElement.getAttribute('role') ?? "
                "document.activeElement.tagName.toLowerCase(), document.activeElement.innerText]"
            )
        )
    assert any(role == "combobox" for role, _ in stops)
    assert any(role == "button" and "Upload" in (text or "") for role, text in stops)


def test_the_model_is_chosen_with_the_keyboard_alone(visitor):
    models = visitor.sidebar.get_by_role("combobox")
    models.focus()
    before = visitor.sidebar.inner_text()
    for key in ("ArrowDown", "ArrowDown", "Enter"):
        visitor.page.keyboard.press(key)
    expect(visitor.sidebar).not_to_have_text(before)
    visitor.wait_until_idle()
