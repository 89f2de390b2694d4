"""How long the Performance page takes to appear, beside a bare Streamlit page with the same charts.

Forty model folders of 5,000 test images in 60 groups are made. Each figure is the time from
opening the address in a fresh Chromium, on a server that has just been started and has run no
script yet, until all charts and tables are drawn and the script has ended. The bare page draws as
many Plotly charts and tables of as many rows, and nothing else. Both pages are measured in turn,
and the ratio of the medians is printed; beside it the processor time of server and browser, which
also holds where other work slows the machine down.

"figures kept" is a new server whose figures were computed once before; "first time ever" is a new
server with an empty cache folder, which computes 2,000 resamples of every figure of every model.

Then the page is run again and again within one process, and the script time of such a rerun is
printed for each of its tabs, as wall time and as processor time of its thread.

    python benchmarks/performance_page.py [--models 40] [--images 5000] [--repeats 5]
"""

import argparse
import json
import logging
import os
import resource
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

GROUPS = 60
CLASSES = ("Benign", "Early", "Pre", "Pro")
PATIENCE_MS = 600_000
RERUNS = 7
Seconds = tuple[float, float]  # wall, processor
SETTLED = '[data-testid="stApp"][data-test-script-state="notRunning"]'
BARE = """
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
st.set_page_config(layout="wide")
st.title("Performance")
for number in range({tables}):
    columns = {{f"column {{c}}": [f"0.9{{c}} (0.90-0.95)"] * {models} for c in range(16)}}
    st.dataframe(pd.DataFrame(columns), key=f"table {{number}}")
for number in range({charts}):
    figure = go.Figure()
    for model in range(6):
        figure.add_bar(
            x=["a", "b", "c", "d"], y=[0.9, 0.8, 0.7, 0.6], name=f"model {{model}}",
            error_y={{"type": "data", "array": [0.05] * 4, "arrayminus": [0.1] * 4}},
        )
    st.plotly_chart(figure, key=f"chart {{number}}")
"""
TIMED = """
import runpy, time
import streamlit as st
st.session_state["leuko_framed"] = True  # as after app.py has run once
started, busy = time.perf_counter(), time.thread_time()
runpy.run_path({page!r})
st.session_state["script_seconds"] = (time.perf_counter() - started, time.thread_time() - busy)
"""


def make_model(root: Path, number: int, images: int) -> None:
    """Write one model folder: a card and a table of predictions."""
    generator = np.random.default_rng(number)
    name = f"made-{number:02}"
    folder = root / name
    folder.mkdir()
    group_of = np.arange(images) % GROUPS
    truth = group_of % len(CLASSES)
    logits = generator.normal(size=(images, len(CLASSES)))
    logits += generator.normal(scale=0.7, size=(GROUPS, len(CLASSES)))[group_of]
    logits[np.arange(images), truth] += 1.5 + number / 20
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    lines = [",".join(["image_id", "group_id", "label", *(f"probability_{c}" for c in CLASSES)])]
    lines += [
        f"{row:05}.png,g{group_of[row]},{CLASSES[truth[row]]},"
        + ",".join(f"{value:.9g}" for value in p[row])
        for row in range(images)
    ]
    (folder / "test_predictions.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    history = ["epoch,train_loss,validation_loss,train_accuracy,validation_accuracy"]
    history += [f"{e},{0.8**e},{0.83**e},{1 - 0.8**e},{1 - 0.83**e}" for e in range(1, 13)]
    (folder / "training_history.csv").write_text("\n".join(history) + "\n", encoding="utf-8")
    (folder / "card.json").write_text(json.dumps(card(name, images)), encoding="utf-8")


def card(name: str, images: int) -> dict[str, object]:
    """A valid card of a folder of results."""
    digest = "0123456789abcdef" * 4
    return {
        "card_version": 1, "id": name, "title": f"Made network {name}", "study_row": None,
        "architecture": {"library": "timm", "name": "mobilenetv2_100",
                         "heatmap_layer": "conv_head", "parameters": 2_228_996},
        "classes": list(CLASSES), "malignant": list(CLASSES[1:]),
        "input": {"kind": "field", "side_px": 224, "mean": [0.5] * 3, "std": [0.25] * 3,
                  "steps": [{"step": "fit_square", "side_px": 224}]},
        "temperature": 1.0, "decision_threshold": 0.5,
        "dataset": {"id": "made", "title": "Made data", "images": images * 10,
                    "licence": "CC BY 4.0", "source": "Made for this measurement.", "notes": []},
        "split": {"policy": "grouped", "group_meaning": "block of one class", "seed": 0,
                  "sha256": digest, "train": images * 8, "validation": images, "test": images,
                  "test_groups": GROUPS, "left_out": 0, "copies": 0},
        "training": {"recipe": {"id": name}, "initialisation": "none", "epochs": 12,
                     "best_epoch": 9, "seconds": 754.0, "device": "CPU, float32",
                     "library_versions": {"torch": "2.11.0"}, "finished": "2025-11-21"},
        "weights": None,
    }  # fmt: skip


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds_to_draw(
    script: Path, folder: Path, path: str, charts: int, tables: int, chromium: str
) -> Seconds:
    """Start a server, open a page, wait until all is drawn and the script has ended, stop both.

    Returns:
        Wall seconds from opening the address on, and processor seconds of server and browser
        together from their start to their end.
    """
    before = processor_seconds()
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
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.set_default_timeout(PATIENCE_MS)
            started = time.perf_counter()
            page.goto(f"http://127.0.0.1:{port}/{path}")
            if charts:
                page.locator(".js-plotly-plot:has(svg.main-svg)").nth(charts - 1).wait_for()
            if tables:
                page.locator('[data-testid="stDataFrame"] canvas').nth(tables - 1).wait_for()
            page.locator(SETTLED).wait_for()
            wall = time.perf_counter() - started
            browser.close()
    finally:
        server.terminate()
        server.wait()
    return wall, processor_seconds() - before


def processor_seconds() -> float:
    """Of all children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def wait_until_up(address: str) -> None:
    """Ask until the server answers."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(address, timeout=1):  # noqa: S310  our own http address
                return
        except OSError:  # not up yet, or too busy to answer
            time.sleep(0.1)
    raise SystemExit("the server did not start")


def first_tab() -> tuple[int, int]:
    """Charts and tables on the tab that opens first; also keeps the figures of all models."""
    page = AppTest.from_file(str(ROOT / "pages" / "performance.py"), default_timeout=600).run()
    if page.exception:
        raise SystemExit(f"the page failed: {page.exception}")
    return len(page.get("plotly_chart")), len(page.dataframe)


def print_reruns() -> None:
    """Script time of a rerun of each tab, on a page that has been drawn before."""
    from leuko.ui.performance.page import VIEWS

    script = TIMED.format(page=str(ROOT / "pages" / "performance.py"))
    print(f"\n{'rerun of tab':24} {'median s':>9} {'of processor':>13} {'first run s':>12}")
    for view in VIEWS:
        page = AppTest.from_string(script, default_timeout=600)
        page.session_state["performance_view"] = view.name
        page.run()
        if page.exception:
            print(f"{view.name:24} failed: {page.exception[0].message}")
            continue
        first, _ = page.session_state["script_seconds"]
        seconds = []
        for _ in range(RERUNS):
            page.run()
            seconds.append(page.session_state["script_seconds"])
        wall, busy = (statistics.median(column) for column in zip(*seconds, strict=True))
        print(f"{view.name:24} {wall:9.3f} {busy:13.3f} {first:12.3f}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=int, default=40)
    parser.add_argument("--images", type=int, default=5000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--reruns-only", action="store_true", help="leave the browser out")
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # Streamlit's words on running without a server
    chromium = os.environ.get("LEUKO_CHROMIUM") or shutil.which("chromium")
    if not chromium and not options.reruns_only:
        raise SystemExit("No Chromium: install Debian's chromium or set LEUKO_CHROMIUM.")
    with tempfile.TemporaryDirectory() as made:
        weights, kept, empty = (Path(made) / name for name in ("weights", "kept", "empty"))
        weights.mkdir()
        for number in range(options.models):
            make_model(weights, number, options.images)
        os.environ |= {"LEUKO_WEIGHTS": str(weights), "LEUKO_CACHE": str(kept)}
        charts, tables = first_tab()
        if chromium and not options.reruns_only:
            print_first_paint(Path(made), empty, chromium, charts, tables, options)
        print_reruns()
    if "torch" in sys.modules:
        raise SystemExit("torch was imported")


def print_first_paint(
    made: Path, empty: Path, chromium: str, charts: int, tables: int, options: argparse.Namespace
) -> None:
    """Cold starts in turn; medians and their ratio to the bare page's."""
    bare = made / "bare.py"
    bare.write_text(
        BARE.format(charts=charts, tables=tables, models=options.models), encoding="utf-8"
    )
    app, path = ROOT / "app.py", "performance"
    starts: list[list[Seconds]] = [[], [], []]
    for _ in range(options.repeats):
        starts[0].append(seconds_to_draw(bare, made, "", charts, tables, chromium))
        starts[1].append(seconds_to_draw(app, ROOT, path, charts, tables, chromium))
    print(f"{options.models} models of {options.images:,} images; {charts} charts, {tables} tables")
    print(f"{'page':28} {'median s':>9} {'ratio':>6} {'of processor':>13} {'ratio':>6}")
    names = ("bare Streamlit page", "Performance, figures kept", "Performance, first time ever")
    bare_median = median_of(starts[0])
    for name, measured in zip(names, starts, strict=True):
        if not measured:
            kept = os.environ["LEUKO_CACHE"]
            os.environ["LEUKO_CACHE"] = str(empty)
            measured.append(seconds_to_draw(app, ROOT, path, charts, tables, chromium))
            os.environ["LEUKO_CACHE"] = kept
        wall, busy = median_of(measured)
        print(
            f"{name:28} {wall:9.2f} {wall / bare_median[0]:6.2f} {busy:13.2f} "
            f"{busy / bare_median[1]:6.2f}",
            flush=True,
        )


def median_of(measured: list[Seconds]) -> Seconds:
    """Median of wall times and of processor times."""
    wall, busy = zip(*measured, strict=True)
    return statistics.median(wall), statistics.median(busy)


if __name__ == "__main__":
    main()
