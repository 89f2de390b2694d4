"""How long the Diagnose page takes to appear, beside a bare Streamlit page.

Each figure is the time from opening the address in a fresh Chromium, on a server that has just
been started and has run no script yet, until the model list, the place to drop images and the
last line are all visible. The bare page holds the same three things and nothing else. Both pages
are measured in turn, and the ratio of the medians is printed.

    python benchmarks/first_paint.py [--repeats 5]
"""

import argparse
import os
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
LAST_LINE = "Research use. Not a medical device."
BARE = f"""
import streamlit as st
st.set_page_config(layout="wide")
st.title("Diagnose")
st.sidebar.selectbox("Model", ["one", "two"])
st.file_uploader("Drop images here", accept_multiple_files=True)
st.caption("{LAST_LINE}")
"""


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_to_paint(script: Path, folder: Path, chromium: str) -> float:
    """Start a server, open its page, wait for the last line, stop both."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script),
         "--server.port", str(port), "--server.address", "127.0.0.1",
         "--server.headless", "true", "--browser.gatherUsageStats", "false",
         "--server.fileWatcherType", "none"],
        cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    try:
        wait_until_up(f"http://127.0.0.1:{port}/_stcore/health")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
            page = browser.new_page()
            started = time.perf_counter()
            page.goto(f"http://127.0.0.1:{port}/")
            page.get_by_test_id("stFileUploaderDropzone").wait_for(timeout=120_000)
            page.get_by_role("combobox").first.wait_for()
            page.get_by_text(LAST_LINE).wait_for()
            seconds = time.perf_counter() - started
            browser.close()
        return seconds
    finally:
        server.terminate()
        server.wait()


def wait_until_up(address: str) -> None:
    """Ask until the server answers."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310  our own http address
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    repeats = parser.parse_args().repeats
    chromium = os.environ.get("LEUKO_CHROMIUM") or shutil.which("chromium")
    if not chromium:
        raise SystemExit("No Chromium: install Debian's chromium or set LEUKO_CHROMIUM.")
    times: dict[str, list[float]] = {"bare Streamlit page": [], "Diagnose page": []}
    with tempfile.TemporaryDirectory() as made:
        bare = Path(made) / "bare.py"
        bare.write_text(BARE, encoding="utf-8")
        for _ in range(repeats):
            times["bare Streamlit page"].append(seconds_to_paint(bare, Path(made), chromium))
            times["Diagnose page"].append(seconds_to_paint(ROOT / "app.py", ROOT, chromium))
    medians = {name: statistics.median(values) for name, values in times.items()}
    print(f"{'page':24} {'median s':>9} {'ratio':>6}")
    for name, median in medians.items():
        print(f"{name:24} {median:9.2f} {median / medians['bare Streamlit page']:6.2f}")


if __name__ == "__main__":
    main()
