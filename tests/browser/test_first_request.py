"""A fresh server whose first visitor opens the address of a page, not of the application."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import ROOT
from tests.browser.server import running_application


@pytest.mark.browser
def test_the_first_visitor_of_a_page_sees_it_in_its_frame(chromium):
    with running_application(ROOT) as server:
        page = chromium.new_page()
        page.goto(f"{server.address}performance")
        expect(page.get_by_role("heading", name="Performance", exact=True)).to_be_visible(
            timeout=60_000
        )
        expect(page.get_by_text("Research use. Not a medical device.")).to_be_visible(
            timeout=60_000
        )
        expect(page.get_by_role("link", name="Diagnose")).to_be_visible()
        page.close()
