"""The documented nginx configuration: TLS, passwords, websockets, headers, a log without ids."""

import base64
import http.client
import os
import re
import shutil
import ssl
import subprocess
import tomllib
from contextlib import closing, contextmanager

import pytest
from playwright.sync_api import expect

from leuko.ui.shell.request_guard import HEADERS
from tests import ROOT, drawn
from tests.browser.chromium import LAST_LINE, chromium_path
from tests.browser.conftest import REQUIRED_VARIABLE
from tests.browser.server import free_port, running_application, wait_until_open

pytestmark = pytest.mark.browser

NAME = "leuko.example.org"
USER, PASSWORD = "tester", "made-for-this-test"
EXAMPLE = (ROOT / "docs" / "reverse-proxy" / "nginx.conf").read_text(encoding="utf-8")
MISSING = "nginx or openssl is missing: install Debian's packages 'nginx-light' and 'openssl'"
AROUND = """
daemon off;
master_process off;
pid nginx.pid;
error_log start.log;
events {{}}
http {{
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    {}
}}
"""


@pytest.fixture(scope="module")
def proxy(chromium, tmp_path_factory):
    """nginx before the application, as documented; gives its folder and its TLS port."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or shutil.which("openssl") is None:
        if os.environ.get(REQUIRED_VARIABLE) == "1":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    folder = tmp_path_factory.mktemp("proxy")
    folder.chmod(0o755)
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
         "-keyout", "leuko.key", "-out", "leuko.crt", "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME}"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip
    (folder / "leuko.htpasswd").write_text(f"{USER}:{{PLAIN}}{PASSWORD}\n")
    with running_application(ROOT, STREAMLIT_SERVER_ALLOWED_HOSTS=NAME) as server:
        plain_port, port = free_port(), free_port()
        application = server.address.split(":")[-1].rstrip("/")
        own = (
            EXAMPLE.replace("listen 80;", f"listen 127.0.0.1:{plain_port};")
            .replace("listen 443 ssl;", f"listen 127.0.0.1:{port} ssl;")
            .replace("127.0.0.1:8501", f"127.0.0.1:{application}")
            .replace("/etc/nginx/", f"{folder}/")
            .replace("/var/log/nginx/", f"{folder}/")
        )
        (folder / "nginx.conf").write_text(AROUND.format(own))
        with _running([nginx, "-p", str(folder), "-c", "nginx.conf", "-e", "start.log"]):
            wait_until_open(port)
            yield folder, port, plain_port


@contextmanager
def _running(command):
    process = subprocess.Popen(command)
    try:
        yield
    finally:
        process.terminate()
        process.wait()


def answer(port, path="/", *, password=PASSWORD, **headers):
    """Status and headers of an answer of the proxy."""
    trusting = ssl._create_unverified_context()
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=60, context=trusting)
    known = base64.b64encode(f"{USER}:{password}".encode()).decode()
    asked = {"Host": f"{NAME}:{port}", "Authorization": f"Basic {known}"} | headers
    with closing(connection):
        connection.putrequest("PUT" if "Content-Length" in headers else "GET", path, skip_host=True)
        for name, value in asked.items():
            connection.putheader(name, value)
        connection.endheaders()
        with connection.getresponse() as got:
            return got.status, got.headers


def test_without_a_password_nothing_is_shown_and_the_headers_are_there(proxy):
    _, port, _ = proxy
    status, headers = answer(port, password="wrong")
    assert status == 401
    assert {name: headers[name] for name in HEADERS} == HEADERS


def test_the_page_carries_each_header_once(proxy):
    _, port, _ = proxy
    status, headers = answer(port)
    assert status == 200
    assert {name: headers.get_all(name) for name in HEADERS} == {k: [v] for k, v in HEADERS.items()}
    assert headers["Strict-Transport-Security"].startswith("max-age=")


def test_plain_http_is_led_to_tls(proxy):
    _, _, plain_port = proxy
    connection = http.client.HTTPConnection("127.0.0.1", plain_port, timeout=60)
    with closing(connection):
        connection.request("GET", "/about?secret=1", headers={"Host": NAME})
        with connection.getresponse() as got:
            assert (got.status, got.headers["Location"]) == (301, f"https://{NAME}/about")


def test_a_websocket_passes_for_the_own_page_only(proxy):
    _, port, _ = proxy
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    stream = "/_stcore/stream"
    assert answer(port, stream, **upgrade, Origin=f"https://{NAME}:{port}")[0] == 101
    assert answer(port, stream, **upgrade, Origin="https://evil.example")[0] == 403
    assert answer(port, stream, **(upgrade | {"Host": "evil.example"}))[0] == 403


def test_as_large_a_file_passes_as_the_application_takes_and_no_larger(proxy):
    _, port, _ = proxy
    megabytes = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["server"]
    largest = (megabytes["maxUploadSize"] + 1) * 1024 * 1024
    assert answer(port, "/upload", **{"Content-Length": str(largest + 1)})[0] == 413
    assert f"client_max_body_size {megabytes['maxUploadSize'] + 1}m;" in EXAMPLE


def test_a_picture_is_read_through_the_proxy_and_no_id_is_logged(chromium, proxy):
    folder, port, _ = proxy
    crop = drawn.encode(drawn.draw_crop(1, True, 96), "PNG")
    addresses = []
    browser = chromium.browser_type.launch(
        executable_path=chromium_path(),
        args=["--no-sandbox", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"],
    )
    page = browser.new_page(
        ignore_https_errors=True, http_credentials={"username": USER, "password": PASSWORD}
    )
    page.on("request", lambda request: addresses.append(request.url))
    page.goto(f"https://{NAME}:{port}/?patient=4711")
    page.get_by_text(LAST_LINE).wait_for()
    page.locator("input[type=file]").set_input_files(
        [{"name": "secret-name.png", "mimeType": "image/png", "buffer": crop}]
    )
    expect(page.get_by_text("Download CSV")).to_be_visible()
    browser.close()
    uploads = [url for url in addresses if "/_stcore/upload_file/" in url]
    assert uploads
    session, file = re.search(r"upload_file/([^/?]+)/([^/?]+)", uploads[0]).groups()
    logged = (folder / "leuko.log").read_text() + (folder / "leuko-error.log").read_text()
    assert "/_stcore/upload_file/-" in logged
    for secret in (session, file, "secret-name", "4711", PASSWORD):
        assert secret not in logged
