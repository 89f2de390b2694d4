"""What becomes of pictures when the server starts again, a file does not arrive, a tab closes."""

import re
import urllib.error
import urllib.request
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests import ROOT, drawn
from tests.browser.server import running_application, wait_until
from tests.browser.visitor import File, Visitor

pytestmark = pytest.mark.browser

GONE = re.compile("images? that it held (is|are) gone")


def picture(seed):
    return File.png(f"{seed}.png", drawn.draw_field(seed, malignant=True))


def test_after_a_restart_the_page_says_what_is_gone_and_takes_the_next_upload(chromium):
    with running_application(ROOT) as server:
        tab, port = Visitor(chromium, server.address), urlsplit(server.address).port
        tab.upload([picture(1), picture(2)])
        expect(tab.tally).to_contain_text("2 images")
    with running_application(ROOT, port):
        expect(tab.page.get_by_text("the 2 images that it held are gone")).to_be_visible()
        tab.upload([picture(3)])
        expect(tab.tally).to_contain_text("1 image ·")
        expect(tab.page.get_by_text(GONE)).to_have_count(0)
        tab.close()


def test_a_page_that_is_loaded_anew_says_what_is_gone(app, tabs):
    tab = tabs()
    tab.upload([picture(1)])
    tab.go("")
    expect(tab.page.get_by_text("the 1 image that it held is gone")).to_be_visible()
    tab.go("")
    expect(tab.page.get_by_text(GONE)).to_have_count(0)


def test_a_file_that_does_not_reach_the_server_stands_in_the_table_with_its_reason(app, tabs):
    tab = tabs()
    tab.page.route(
        re.compile("/_stcore/upload_file/"),
        lambda route: (
            route.abort() if b"second.png" in (route.request.post_data_buffer or b"")
            else route.continue_()
        ),
    )  # fmt: skip
    first, third = picture(1), picture(3)
    tab.upload([first, File("second.png", picture(2).data), third])
    expect(tab.tally).to_contain_text("3 images")
    expect(tab.page.get_by_text("did not reach the server").first).to_be_visible()
    expect(tab.page.get_by_text("second.png").first).to_be_visible()
    tab.console_errors.clear()  # the request that was cut off


def kept_files(process):
    """Files without a name that a process holds open, by their number."""
    found = set()
    for link in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = str(link.readlink())
        except FileNotFoundError:
            continue
        if target.endswith("(deleted)"):
            found.add(target)
    return found


def status(address):
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:
            return answer.status
    except urllib.error.HTTPError as problem:
        return problem.code


def test_pictures_and_downloads_of_a_closed_tab_are_deleted_on_an_idle_server(chromium):
    with running_application(ROOT, LEUKO_FORGET_AFTER_SECONDS="2") as server:
        tab = Visitor(chromium, server.address)
        before = kept_files(server.process)
        tab.upload([picture(1)])
        with tab.page.expect_download() as download:
            tab.page.get_by_text("Download CSV").click()
        csv = download.value.url
        assert status(csv) == HTTPStatus.OK
        assert len(kept_files(server.process) - before) == 1
        tab.close()
        wait_until(lambda: kept_files(server.process) <= before, "the pictures to be deleted")
        wait_until(lambda: status(csv) == HTTPStatus.NOT_FOUND, "the table to be withdrawn")
