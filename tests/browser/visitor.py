"""What a person does in the browser, in her words, and what must never happen meanwhile."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, WebSocket, expect

from leuko.labels import InputKind
from leuko.models.store import InstalledModel, list_models
from tests import drawn
from tests.browser.chromium import LAST_LINE
from tests.drawn import Pixels

PATIENCE_MS = 120_000
"""Machines that test do other work too; nothing here measures time."""
expect.set_options(timeout=PATIENCE_MS)
BESIDE_THE_PAGE = re.compile(r"/(count|compare|performance|about)/_stcore/(health|host-config)$")
"""Where Streamlit looks for its server first when a page is opened by address: 404, then above."""
DRAWN = """async () => {
  await document.fonts.ready;
  const charts = [...document.querySelectorAll("[data-testid=stPlotlyChart]")];
  return charts.every(chart => chart.querySelector(".main-svg"))
    && [...document.images].every(image => image.complete);
}"""
INLINE_SCHEMES = frozenset({"data", "blob", "about"})


@dataclass(frozen=True)
class File:
    """A file to upload.

    Attributes:
        name: as the browser names it.
        data: its bytes.
        type: media type.
    """

    name: str
    data: bytes
    type: str = "image/png"

    @classmethod
    def png(cls, name: str, pixels: Pixels) -> "File":
        """A picture as a PNG."""
        return cls(name, drawn.encode(pixels, "PNG"))


def shipped_model(kind: InputKind) -> InstalledModel:
    """The shipped model for a kind of picture."""
    able = [
        model
        for model in list_models().models
        if model.card.input.kind is kind and model.has_weights
    ]
    assert able, f"no model for {kind.plural} is shipped in weights/"
    return able[0]


class Visitor:
    """One browser tab with its own session."""

    def __init__(
        self,
        browser: Browser,
        address: str,
        *,
        width: int = 1280,
        height: int = 800,
        scheme: Any = "light",
        motion: Any = "no-preference",
    ) -> None:
        self.address = address
        self.console_errors: list[str] = []
        self.foreign_requests: list[str] = []
        self.dialogs: list[str] = []
        self.frames_sent = 0
        self._open = True
        self._context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion=motion,
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.console_errors.append(str(error)))
        self.page.on("request", lambda request: self._on_address(request.url))
        self.page.on("dialog", self._on_dialog)
        self.page.on("websocket", self._on_websocket)
        self.go("")

    def _on_console(self, message: Any) -> None:
        if message.type == "error" and not BESIDE_THE_PAGE.search(message.location["url"]):
            self.console_errors.append(message.text)

    def _on_address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in INLINE_SCHEMES and parts.hostname != "127.0.0.1":
            self.foreign_requests.append(url)

    def _on_dialog(self, dialog: Any) -> None:
        self.dialogs.append(dialog.message)
        dialog.dismiss()

    def _on_websocket(self, socket: WebSocket) -> None:
        self._on_address(socket.url)
        socket.on("framesent", self._on_frame)

    def _on_frame(self, _: object) -> None:
        self.frames_sent += 1

    def go(self, path: str) -> None:
        """Open a page of the application by its address, in a new session."""
        self.page.goto(self.address + path)
        self.page.get_by_text(LAST_LINE).wait_for()
        self.wait_until_idle()

    def visit(self, title: str) -> None:
        """Go to a page by the navigation, within the session."""
        self.page.get_by_role("link", name=title, exact=True).first.click()
        self.page.get_by_role("heading", name=title, level=1).wait_for()
        self.wait_until_idle()

    def wait_until_idle(self) -> None:
        """Wait until the script has run to its end."""
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()

    def wait_until_drawn(self) -> None:
        """Wait until pictures, charts and letters are on the screen as well."""
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        self.page.wait_for_function(DRAWN)

    def choose_model(self, kind: InputKind) -> InstalledModel:
        """Choose the model for a kind of picture in the sidebar."""
        model = shipped_model(kind)
        self.sidebar.get_by_role("combobox").click()
        self.page.get_by_role("option", name=model.card.title, exact=True).click()
        self.sidebar.get_by_text(f"Reads {kind.plural}").wait_for()
        self.wait_until_idle()
        return model

    def upload(self, files: Sequence[File], *, wait: bool = True) -> None:
        """Give files to the upload area, wherever it stands; wait for all results."""
        self.page.locator("input[type=file]").set_input_files(
            [{"name": each.name, "mimeType": each.type, "buffer": each.data} for each in files]
        )
        if wait:
            self.page.get_by_text("Download CSV").wait_for()
            expect(self.page.get_by_test_id("stProgress")).to_have_count(0)
            self.wait_until_idle()

    @contextmanager
    def picture_changes(self) -> Iterator[None]:
        """What is done inside shows another picture of the batch; wait for it."""
        before = self.heading.inner_text()
        yield
        expect(self.heading).not_to_have_text(before)
        self.wait_until_idle()

    def check_nothing_went_wrong(self) -> None:
        """No error in the console, no foreign host, no dialog, no traceback on the page."""
        assert self.console_errors == [], self.console_errors
        assert self.foreign_requests == [], self.foreign_requests
        assert self.dialogs == [], self.dialogs
        expect(self.page.get_by_text("Traceback")).to_have_count(0)
        expect(self.page.get_by_test_id("stException")).to_have_count(0)

    def close(self) -> None:
        """Close the tab."""
        if self._open:
            self._open = False
            self._context.close()

    @property
    def sidebar(self) -> Locator:
        """The sidebar."""
        return self.page.get_by_test_id("stSidebar")

    @property
    def viewer(self) -> Locator:
        """Picture and heatmap."""
        return self.page.locator(".viewer")

    @property
    def heat(self) -> Locator:
        """The large heatmap, not those of the classes' tiles."""
        return self.viewer.locator(".heated .heat")

    @property
    def heading(self) -> Locator:
        """Which picture is shown, such as "2 of 7 · field.png"."""
        return self.page.get_by_text(re.compile(r"^\d+ of \d+ · ")).last

    @property
    def tally(self) -> Locator:
        """The counts of the batch, such as "7 images · 3 suggest malignant"."""
        return self.page.get_by_text(re.compile(r"^\d+ images?( · |$)")).first

    @property
    def suggestion(self) -> Locator:
        """The words "Model suggests" above the class, not the table's column of that name."""
        return self.page.get_by_test_id("stHtml").get_by_text("Model suggests", exact=True)


@contextmanager
def tab_of_fields(
    tabs: Callable[..., Visitor], files: Sequence[File], title: str = "Diagnose"
) -> Iterator[Visitor]:
    """A tab with the model of fields and these files on one of the pages, for many tests."""
    tab = tabs()
    tab.choose_model(InputKind.FIELD)
    if title != "Diagnose":
        tab.visit(title)
    tab.upload(files)
    yield tab
    tab.close()
