"""Nothing leaves the machine: every connection of the server is watched, and of the browser."""

import http.client
import os
import subprocess
import sys
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from leuko.ui.shell.request_guard import HEADERS
from tests import ROOT, drawn
from tests.browser.server import running_application
from tests.browser.visitor import File, Visitor

pytestmark = pytest.mark.browser

WATCH = """
import os, sys

def watch(event, arguments):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        asked = arguments[1]
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        asked = arguments[0]
    else:
        return
    line = repr((event, asked)) + "\\n"
    written = os.open(os.environ["LEUKO_TEST_WATCH"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(written, line.encode())
    os.close(written)

sys.addaudithook(watch)
"""
OWN_NAMES = ("'127.0.0.1'", "'localhost'", "'::1'", "None", "b'127.0.0.1'")


@pytest.fixture(scope="module")
def watched(chromium, tmp_path_factory):
    """A server and the file that names every host it connects to or looks up."""
    folder = tmp_path_factory.mktemp("watch")
    (folder / "sitecustomize.py").write_text(WATCH)
    log = folder / "connections.txt"
    paths = [str(folder), *filter(None, [os.environ.get("PYTHONPATH")])]
    with running_application(
        ROOT, PYTHONPATH=os.pathsep.join(paths), LEUKO_TEST_WATCH=str(log)
    ) as server:
        yield server, log


def opened(server, origin, host=None, path="/_stcore/stream"):
    """Ask for a websocket as a browser would, on a page of some origin; gives the status."""
    place = urlsplit(server.address)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    headers = {
        "Host": host or place.netloc,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    if origin is not None:
        headers["Origin"] = origin
    connection.request("GET", path, headers=headers)
    with closing(connection), connection.getresponse() as answer:
        return answer.status


def strangers(log):
    lines = log.read_text().splitlines() if log.exists() else []
    return [line for line in lines if not any(name in line for name in OWN_NAMES)]


def test_the_watch_sees_a_connection(watched, tmp_path):
    _, log = watched
    other = tmp_path / "seen.txt"
    environment = os.environ | {"PYTHONPATH": str(log.parent), "LEUKO_TEST_WATCH": str(other)}
    code = (
        "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    )
    subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    assert "'192.0.2.1'" in other.read_text()
    assert strangers(other) != []


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://evil.example:8501", "null", "http://127.0.0.1:1"]
)
def test_a_websocket_of_another_site_is_refused_and_nobody_is_asked_about_it(watched, origin):
    server, log = watched
    assert opened(server, origin) == 403
    assert strangers(log) == []


def test_a_host_name_that_somebody_pointed_at_this_machine_is_refused(watched):
    server, log = watched
    assert opened(server, "http://evil.example", host="evil.example") == 403
    assert strangers(log) == []


def test_a_websocket_of_the_own_page_is_opened(watched):
    server, _ = watched
    assert opened(server, server.address.rstrip("/")) == 101


def test_every_answer_forbids_frames_guessed_types_and_referrers(watched):
    place = urlsplit(watched[0].address)
    connection = http.client.HTTPConnection(place.hostname, place.port, timeout=60)
    with closing(connection):
        for path in ("/", "/_stcore/health", "/no-such-page"):
            connection.request("GET", path)
            with connection.getresponse() as answer:
                answer.read()
                assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_pages_and_an_upload_reach_nobody_but_this_machine(chromium, watched):
    server, log = watched
    visitor = Visitor(chromium, server.address)
    visitor.upload([File("a.png", drawn.encode(drawn.draw_crop(1, True, 96), "PNG"))])
    for title in ("Compare", "About", "Performance", "Diagnose"):
        visitor.visit(title)
    visitor.check_nothing_went_wrong()
    visitor.close()
    assert strangers(log) == []
