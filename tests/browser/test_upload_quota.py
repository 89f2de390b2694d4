"""More files than one session may send are refused, told in a sentence, and nobody else waits."""

import http.client
import re
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests import ROOT, drawn
from tests.browser.server import running_application
from tests.browser.visitor import File, Visitor

pytestmark = pytest.mark.browser

UPLOAD = re.compile("/_stcore/upload_file/")
QUOTA = "More than 1 megabytes were sent at once"
BOUNDARY = "leuko-boundary"


def picture(name, side_px=400):
    """Not packed: three bytes a pixel, and a head."""
    seed = sum(name.encode())
    pixels = drawn.draw_crop(seed, True, side_px)
    return File(name, drawn.encode(pixels, "BMP"), "image/bmp")


@pytest.fixture(scope="module")
def small_server(chromium):
    """A server on which one session may have one megabyte on its way."""
    with running_application(ROOT, LEUKO_MAX_SESSION_MEGABYTES="1") as server:
        yield server


@pytest.fixture
def tab(chromium, small_server):
    opened = Visitor(chromium, small_server.address)
    yield opened
    opened.close()


@dataclass(frozen=True)
class Place:
    """Where a tab sends files, and by which headers it is known."""

    path: str
    headers: dict[str, str]


def place_of(tab):
    """Learn it from a file that the tab sends."""
    with tab.page.expect_request(UPLOAD) as sent:
        tab.upload([picture("first.bmp", 60)])
    headers = sent.value.all_headers()
    kept = {name: headers[name] for name in ("cookie", "x-xsrftoken")}
    return Place(urlsplit(sent.value.url).path.rpartition("/")[0], kept)


class Sender:
    """A program that sends a file of some bytes in parts, as slowly as it is told to."""

    def __init__(self, server, place, name, length, *, announced=True):
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/bmp\r\n\r\n"
        ).encode()
        self._tail = f"\r\n--{BOUNDARY}--\r\n".encode()
        address = urlsplit(server.address)
        self._connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        self._chunked = not announced
        self._connection.putrequest("PUT", f"{place.path}/{name}")
        for key, value in place.headers.items():
            self._connection.putheader(key, value)
        self._connection.putheader("Content-Type", f"multipart/form-data; boundary={BOUNDARY}")
        if announced:
            whole = len(head) + length + len(self._tail)
            self._connection.putheader("Content-Length", str(whole))
        else:
            self._connection.putheader("Transfer-Encoding", "chunked")
        self._connection.endheaders()
        self._send(head)

    def _send(self, data):
        framed = b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data
        self._connection.send(framed)

    def send(self, length):
        self._send(bytes(length))

    def status(self):
        """That of the answer, once it is there."""
        with closing(self._connection), self._connection.getresponse() as answer:
            answer.read()
            return answer.status

    def end(self):
        """Send what ends the file; gives the status."""
        self._send(self._tail)
        if self._chunked:
            self._connection.send(b"0\r\n\r\n")
        return self.status()


def test_a_session_over_its_quota_is_refused_while_another_goes_on(chromium, small_server, tab):
    hers = Visitor(chromium, small_server.address)
    mine, other = place_of(tab), place_of(hers)
    going_on = Sender(small_server, other, "hers", 900_000)
    going_on.send(300_000)
    assert (
        Sender(small_server, mine, "honest", 2**20).status() == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )
    going_on.send(300_000)
    unannounced = Sender(small_server, mine, "chunked", 2**20, announced=False)
    for _ in range(4):
        unannounced.send(2**18)
    assert unannounced.end() == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    going_on.send(300_000)
    assert going_on.end() == HTTPStatus.NO_CONTENT
    assert (
        Sender(small_server, other, "more", 200_000).status() == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    )
    hers.close()


def test_files_beyond_the_quota_stand_in_the_table_with_the_reason(tab):
    statuses = []
    tab.page.on(
        "response", lambda each: statuses.append(each.status) if UPLOAD.search(each.url) else None
    )
    for images, unreadable, names in ((3, 1, "abc"), (6, 4, "def")):  # d and e: the tray is full
        statuses.clear()
        tab.upload([picture(f"{name}.bmp") for name in names], wait=False)
        expect(tab.tally).to_contain_text(f"{images} images")
        assert sorted(statuses) == [204, 204, 413]
        expect(tab.tally).to_contain_text(f"{unreadable} not readable")
    expect(tab.page.get_by_text(QUOTA).first).to_be_visible()


def test_an_upload_of_which_nothing_is_taken_is_told_and_the_next_is_taken(small_server, tab):
    place = place_of(tab)
    going_on = Sender(small_server, place, "slow", 900_000)
    going_on.send(10)
    for count, name in ((2, "a.bmp"), (3, "b.bmp")):
        tab.upload([picture(name)], wait=False)
        expect(tab.tally).to_contain_text(f"{count} images")
        expect(tab.page.get_by_text(name).first).to_be_visible()
    expect(tab.page.get_by_text(QUOTA).first).to_be_visible()
    going_on.send(900_000 - 10)
    assert going_on.end() == HTTPStatus.NO_CONTENT
    tab.upload([picture("c.bmp", 100)])
    expect(tab.tally).to_contain_text("4 images")
    tab.upload([picture("d.bmp")])  # what was held for no page is let go of by now
    expect(tab.tally).to_contain_text("5 images")
    expect(tab.page.get_by_text("did not reach")).to_have_count(0)


def test_files_that_the_user_takes_back_while_another_is_sent_are_not_missed(tab):
    tab.page.route(
        UPLOAD,
        lambda route: (
            None if b"slow.bmp" in (route.request.post_data_buffer or b"") else route.continue_()
        ),
    )
    names = ("slow.bmp", "a.bmp", "b.bmp")
    tab.upload([picture(name, 60) for name in names], wait=False)
    tab.page.get_by_role("button", name="Remove a.bmp").click()
    tab.page.get_by_role("button", name="Remove b.bmp").wait_for()
    tab.page.get_by_role("button", name="Cancel upload of slow.bmp").click()
    expect(tab.tally).to_contain_text("1 image")
    tab.page.get_by_text("Download CSV").wait_for()
    tab.wait_until_idle()
    expect(tab.tally).to_contain_text("1 image ·")
    expect(tab.page.get_by_text("did not reach")).to_have_count(0)
