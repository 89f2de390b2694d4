"""Open an address in Chromium and wait until the application's page is there.

Usage: python tests/browser/load_page.py ADDRESS SECONDS
"""

import sys
import time
import urllib.error
import urllib.request

from playwright.sync_api import sync_playwright

from tests.browser.chromium import LAST_LINE, chromium_path


def wait_until_up(address: str, seconds: float) -> None:
    """Ask until the server answers."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.5)
    raise SystemExit(f"{address} did not answer within {seconds:.0f} s")


def main() -> None:
    address, seconds = sys.argv[1], float(sys.argv[2])
    wait_until_up(address + "_stcore/health", seconds)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(address)
        page.get_by_text(LAST_LINE).wait_for(timeout=60_000)
        page.get_by_role("heading", name="Diagnose").wait_for()
        browser.close()


if __name__ == "__main__":
    main()
