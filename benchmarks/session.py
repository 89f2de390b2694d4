"""One long session in a browser: how fast the table fills, and whether memory grows.

The application is started as a user starts it, a headless Chromium uploads a thousand different
pictures a hundred at a time, and each hundred is waited for. Printed are the seconds from choosing
the files until the table is complete, and those of them after the last file had arrived, beside
what the model alone needs for as many pictures in the same run (class, heatmaps and gates, batches
of 16), and the memory of the server after each hundred. The first hundred loads libraries and
model, so growth is counted from its end.

    python benchmarks/session.py --pictures FOLDER [--images 1000] [--part 100] [--json]

FOLDER holds pictures as files, at any depth; where there are fewer than asked for, they come again
with another value in one corner, so that no two uploads are equal. Needs Linux (``/proc``),
Chromium and Playwright.
"""

import argparse
import io
import json
import shutil
import statistics
import sys
import time
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Browser, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

ENDINGS = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff"}
BATCH = 16


def read_pictures(folder: Path, images: int) -> list[tuple[str, bytes]]:
    """As many different picture files as asked for."""
    paths = sorted(path for path in folder.rglob("*") if path.suffix.lower() in ENDINGS)
    if not paths:
        raise SystemExit(f"No pictures in '{folder}': name a folder that holds some.")
    files = [(path.name, path.read_bytes()) for path in paths[:images]]
    for number in range(len(files), images):
        with Image.open(paths[number % len(paths)]) as picture:
            pixels = np.array(picture.convert("RGB"))
        pixels[0, 0] = (number % 256, number // 256 % 256, 7)
        stream = io.BytesIO()
        Image.fromarray(pixels).save(stream, "JPEG", quality=92)
        files.append((f"again_{number}.jpg", stream.getvalue()))
    return files


def model_seconds(files: list[tuple[str, bytes]]) -> tuple[str, float]:
    """Model that the application offers first, and its seconds for decoded pictures."""
    from leuko.imaging.decoding.decode import decode_image
    from leuko.inference.classifier import Classifier
    from leuko.models.store import list_models
    from leuko.settings import load_limits

    model = list_models().offered()[0]
    classifier = Classifier.load(model)
    pictures = [decode_image(data, name, load_limits()).pixels for name, data in files]
    classifier.classify(pictures[:BATCH], BATCH)
    taken = []
    for _ in range(3):
        started = time.perf_counter()
        classifier.classify(pictures, BATCH)
        taken.append(time.perf_counter() - started)
    return model.card.title, statistics.median(taken)


def resident_megabytes(process: int) -> float:
    """Memory of a process that lies in RAM."""
    for line in Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise SystemExit(f"Process {process} has ended.")


def visit(browser: Browser, files: list[tuple[str, bytes]], part: int) -> list[dict[str, float]]:
    """Upload part by part; seconds and memory of each."""
    from playwright.sync_api import expect

    from tests.browser.server import running_application
    from tests.browser.visitor import File, Visitor

    rows = []
    arrived: list[float] = []

    def note_upload(request: Request) -> None:
        if "upload_file" in request.url and request.method == "PUT":
            arrived.append((request.timing["startTime"] + request.timing["responseEnd"]) / 1000)

    with running_application(ROOT) as server:
        visitor = Visitor(browser, server.address)
        visitor.page.on("requestfinished", note_upload)
        for start in range(0, len(files), part):
            chunk = [File(name, data, "image/jpeg") for name, data in files[start : start + part]]
            arrived.clear()
            started = time.time()
            visitor.upload(chunk, wait=False)
            expect(visitor.tally).to_contain_text(f"{start + len(chunk)} images")
            expect(visitor.page.get_by_test_id("stProgress")).to_have_count(0)
            visitor.wait_until_idle()
            ended = time.time()
            rows.append(
                {
                    "images": start + len(chunk),
                    "seconds": ended - started,
                    "seconds_after_upload": ended - max(arrived),
                    "megabytes": resident_megabytes(server.process),
                }
            )
            print(f"{start + len(chunk)} images", file=sys.stderr)
        visitor.close()
    return rows


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--part", type=int, default=100)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    files = read_pictures(arguments.pictures, arguments.images)
    title, alone = model_seconds(files[: arguments.part])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        rows = visit(browser, files, arguments.part)
        browser.close()
    growth = rows[-1]["megabytes"] - rows[0]["megabytes"]
    record = {"model": title, "model_seconds": alone, "parts": rows, "growth_megabytes": growth}
    if arguments.json:
        print(json.dumps(record, indent=1))
        return 0
    print(f"{title}: the model alone {alone:.2f} s for {arguments.part} pictures")
    for row in rows:
        print(
            f"{row['images']:5.0f} images: table complete after {row['seconds']:5.2f} s, "
            f"{row['seconds_after_upload']:5.2f} s after the last file had arrived, "
            f"{row['seconds_after_upload'] / alone:4.1f} times the model alone; "
            f"{row['megabytes']:5.0f} MB"
        )
    print(f"growth after the first {arguments.part}: {growth:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
