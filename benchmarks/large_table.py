"""Seconds and memory that a test table of a million images costs, step by step.

Each kind of table is made, then measured in a process of its own: reading it, the summary, the
curves, the mistakes. Printed are wall seconds, processor seconds and the peak of memory so far.

    python benchmarks/large_table.py [--images 1000000]
"""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

CLASSES = ("Benign", "Early", "Pre", "Pro")
MIB = 1024
KINDS = {  # name: groups (0: every image stands alone), classes, decimals of a probability
    "images alone, 2 classes": (0, 2, 9),
    "images alone, 4 classes, ties": (0, 4, 2),
    "60 groups, 4 classes": (60, 4, 9),
    "100,000 groups, 4 classes": (100_000, 4, 9),
}


def make_table(path: Path, images: int, groups: int, classes: int, decimals: int) -> None:
    """Write a table whose answers are right more often than not."""
    generator = np.random.default_rng(0)
    truth = generator.integers(0, classes, images)
    group = generator.integers(0, groups, images) if groups else np.arange(images)
    logits = generator.normal(size=(images, classes))
    logits[np.arange(images), truth] += 1.7
    p = np.exp(logits)
    p = np.round(p / p.sum(axis=1, keepdims=True), decimals)
    p /= p.sum(axis=1, keepdims=True)
    with path.open("w", encoding="utf-8") as stream:
        names = CLASSES[:classes]
        columns = [f"probability_{name}" for name in names]
        stream.write(",".join(["image_id", "group_id", "label", *columns]) + "\n")
        for row in range(images):
            values = ",".join(f"{value:.9g}" for value in p[row])
            stream.write(f"{row:07}.png,g{group[row]},{names[truth[row]]},{values}\n")


def measure(path: Path, classes: int) -> None:
    """Print what each step costs in this process."""
    from leuko.evaluation.curves.all import model_curves
    from leuko.evaluation.mistakes import mistakes
    from leuko.evaluation.predictions import Predictions, read_predictions
    from leuko.evaluation.summary import summarise
    from leuko.labels import ClassSet

    names = CLASSES[:classes]
    class_set = ClassSet(names, frozenset(names[1:]))

    found: list[Predictions] = []
    steps: dict[str, Callable[[], object]] = {
        "read": lambda: found.append(read_predictions(path, class_set)),
        "summary": lambda: summarise(found[0]),
        "curves": lambda: model_curves(found[0], 0.5),
        "mistakes": lambda: mistakes(found[0], 0.5),
    }
    for name, work in steps.items():
        wall, busy = time.perf_counter(), time.process_time()
        work()
        wall, busy = time.perf_counter() - wall, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MIB
        print(f"  {name:10} {wall:8.2f} s {busy:8.2f} s of processor {peak:8.0f} MiB", flush=True)


def main() -> None:
    """Make each table and measure it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--images", type=int, default=1_000_000)
    parser.add_argument("--table", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--classes", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.table is not None:
        measure(options.table, options.classes)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "test_predictions.csv"
        for name, (groups, classes, decimals) in KINDS.items():
            make_table(path, options.images, groups, classes, decimals)
            print(f"{options.images:,} images; {name}", flush=True)
            subprocess.run(
                [sys.executable, __file__, "--table", str(path), "--classes", str(classes)],
                check=True,
            )


if __name__ == "__main__":
    main()
