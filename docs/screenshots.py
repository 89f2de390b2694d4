"""Take the README's screenshots again, with drawn pictures only.

    python docs/screenshots.py

Needs the packages of requirements-dev.txt and Chromium. Starts the application itself.
"""

import io
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from leuko.labels import InputKind  # noqa: E402  found through the line above
from tests import drawn  # noqa: E402
from tests.browser.chromium import chromium_path  # noqa: E402
from tests.browser.server import running_application  # noqa: E402
from tests.browser.visitor import File, Visitor  # noqa: E402

IMAGES = ROOT / "docs" / "images"
WIDTH, HEIGHT = 1280, 860


def drawn_files() -> list[File]:
    """Crops with large and with small nuclei, and a file that was cut off."""
    looks = enumerate((True, False, True, False, False), start=1)
    files = [
        File(f"cell_{seed}.png", drawn.encode(drawn.draw_crop(seed, large, side_px=128), "PNG"))
        for seed, large in looks
    ]
    return [*files, File("copied_in_haste.png", files[0].data[:2000])]


def drawn_fields() -> list[File]:
    """Fields with many large cells, and with few small ones."""
    return [
        File(f"field_{seed}.png", drawn.encode(drawn.draw_field(seed, malignant, 448), "PNG"))
        for seed, malignant in enumerate((True, False, True), start=1)
    ]


def save(visitor: Visitor, name: str) -> None:
    """Write what the tab shows, packed as tightly as PNG allows without loss."""
    visitor.page.mouse.move(0, HEIGHT - 1)
    with Image.open(io.BytesIO(visitor.page.screenshot(animations="disabled"))) as shot:
        shot.convert("RGB").save(IMAGES / f"{name}.png", optimize=True)


def main() -> None:
    """Start the application, visit its pages, save what they show."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright, running_application(ROOT) as server:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        visitor = Visitor(browser, server.address, width=WIDTH, height=HEIGHT)
        visitor.choose_model(InputKind.CROP)
        visitor.upload(drawn_files())
        visitor.wait_until_drawn()
        save(visitor, "diagnose")
        visitor.visit("Performance")
        visitor.wait_until_drawn()
        save(visitor, "performance")
        visitor.visit("About")
        visitor.wait_until_drawn()
        save(visitor, "about")
        visitor.close()
        visitor = Visitor(browser, server.address, width=WIDTH, height=HEIGHT)
        visitor.choose_model(InputKind.FIELD)
        visitor.visit("Compare")
        visitor.upload(drawn_fields())
        visitor.wait_until_drawn()
        save(visitor, "compare")
        visitor.close()
        browser.close()


if __name__ == "__main__":
    main()
