"""One server and one Chromium for the whole package; each test that needs one opens a tab."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests import ROOT
from tests.browser.chromium import chromium_path
from tests.browser.server import Server, running_application
from tests.browser.server_log import without_early_leavers
from tests.browser.visitor import Visitor

REQUIRED_VARIABLE = "LEUKO_REQUIRE_BROWSER"
MISSING = "Chromium is missing: install Debian's package 'chromium', or name it in LEUKO_CHROMIUM"
LOG_SHOWN_CHARS = 8000


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """A running Chromium; without one the test is skipped, or fails where told."""
    path = chromium_path()
    if path is None and os.environ.get(REQUIRED_VARIABLE) == "1":
        pytest.fail(MISSING)
    if path is None:
        pytest.skip(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def server(chromium) -> Iterator[Server]:
    """The application with the shipped models; not started where there is no browser."""
    with running_application(ROOT) as running:
        yield running


@pytest.fixture
def app(request, server) -> Iterator[Server]:
    """The running application; what it printed stands below a failure, and is no traceback."""
    before = server.log.stat().st_size
    request.node.printed = lambda: _printed_since(server.log, before)
    yield server
    assert "Traceback" not in without_early_leavers(_printed_since(server.log, before))


def _printed_since(log: Path, start: int) -> str:
    return log.read_bytes()[start:].decode("utf-8", "replace")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Attach what the server printed to a failure."""
    report = yield
    if report.failed and hasattr(item, "printed"):
        report.sections.append(("Captured server log", item.printed()[-LOG_SHOWN_CHARS:]))
    return report


@pytest.fixture(scope="package")
def tabs(server, chromium) -> Iterator[Callable[..., Visitor]]:
    """Opens tabs on the Diagnose page, each with its own session; closes what is left open."""
    opened: list[Visitor] = []

    def open_tab(**options: object) -> Visitor:
        opened.append(Visitor(chromium, server.address, **options))
        return opened[-1]

    yield open_tab
    for visitor in opened:
        visitor.close()


@pytest.fixture
def visitor(app, tabs) -> Iterator[Visitor]:
    """A fresh tab on the Diagnose page; at the end nothing may have gone wrong in it."""
    fresh = tabs()
    yield fresh
    fresh.check_nothing_went_wrong()
    fresh.close()
