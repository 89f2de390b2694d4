"""What the gates cost beside the prediction: kind and quality of a picture, model by model.

- prediction: reading the file, preprocessing, class and heatmaps of all classes;
- cells: the search for leukocytes, whose masks the pages show and the kind gate reads;
- gates: kind and quality.

Times are milliseconds a picture, medians of repeats that alternate, on the pictures of a folder.

    python benchmarks/gates.py --pictures FOLDER [--batch 16] [--repeats 9] [--json]
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from leuko.imaging.decoding.decode import read_picture
from leuko.inference.allocator import ask_for_huge_pages
from leuko.inference.classifier import Classifier
from leuko.inspection.cells.segmentation import find_cells
from leuko.inspection.kind.classify import recognise_kind
from leuko.inspection.pyramid import Copies, shrink
from leuko.inspection.quality.measures import measure_quality
from leuko.models.store import InstalledModel, list_models
from leuko.settings import load_limits

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff", ".bmp", ".webp"})


def measure(model: InstalledModel, paths: list[Path], repeats: int) -> dict[str, object]:
    """Times of one model, milliseconds a picture."""
    limits = load_limits()
    classifier = Classifier.load(model)
    pictures = [read_picture(path, limits).pixels for path in paths]
    small = [shrink(pixels) for pixels in pictures]
    masks = [find_cells(copy) for copy in small]

    def predict() -> object:
        read = [read_picture(path, limits).pixels for path in paths]
        return classifier.classify(read, len(read), cells=False)

    def look_for_cells() -> object:
        return [find_cells(shrink(pixels)) for pixels in pictures]

    def judge() -> object:
        found = []
        for pixels, copy, mask in zip(pictures, small, masks, strict=True):
            copies = Copies.of(pixels, copy)
            quality = measure_quality(pixels, copies)
            found.append(recognise_kind(pixels, mask, quality, copies))
        return found

    works: dict[str, Callable[[], object]] = {
        "prediction": predict, "cells": look_for_cells, "gates": judge,
    }  # fmt: skip
    times: dict[str, list[float]] = {name: [] for name in works}
    for repeat in range(repeats + 1):
        for name, work in works.items():
            started = time.perf_counter()
            work()
            if repeat:  # the first round warms up
                times[name].append((time.perf_counter() - started) / len(paths))
    found: dict[str, object] = {
        f"{name}_ms": 1000 * statistics.median(values) for name, values in times.items()
    }
    return {"model": model.id, "batch": len(paths)} | found


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pictures", type=Path, required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--repeats", type=int, default=9)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    files = sorted(path for path in arguments.pictures.rglob("*") if path.suffix in SUFFIXES)
    if not files:
        print(f"No pictures in {arguments.pictures}.", file=sys.stderr)
        return 2
    ask_for_huge_pages()
    chosen = files[:: max(1, len(files) // arguments.batch)][: arguments.batch]
    models = [model for model in list_models().models if model.has_weights]
    rows = [measure(model, chosen, arguments.repeats) for model in models]
    if arguments.json:
        print(json.dumps(rows, indent=1))
        return 0
    print(f"batch {len(chosen)}, milliseconds a picture")
    print(f"{'model':32} {'prediction':>10} {'cells':>7} {'gates':>7} {'gates/prediction':>17}")
    for row in rows:
        share = float(str(row["gates_ms"])) / float(str(row["prediction_ms"]))
        print(
            f"{row['model']:32} {row['prediction_ms']:10.1f} {row['cells_ms']:7.1f} "
            f"{row['gates_ms']:7.1f} {share:17.2f}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
