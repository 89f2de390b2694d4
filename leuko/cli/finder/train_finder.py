"""``leuko train-finder``: fit the network that finds leukocytes."""

import argparse
import hashlib
from collections import Counter

from leuko.cli.main import EXIT_FINE
from leuko.cli.output import say, show, show_progress
from leuko.errors import DatasetError
from leuko.inspection.cells.network import FinderRecord
from leuko.models.records import replace_file
from leuko.settings import load_limits


def run(arguments: argparse.Namespace) -> int:
    """Fit on the training side of every laboratory but those that are left out, and write it."""
    from leuko.training.finder.fit import FitSettings, fit
    from leuko.training.finder.onnx_file import onnx_bytes
    from leuko.training.finder.teaching import read_teaching

    pictures = list(read_teaching(arguments.data, load_limits()))
    known = {picture.laboratory for picture in pictures}
    for name in arguments.without:
        if name not in known:
            raise DatasetError(
                f"No laboratory '{name}' to leave out: name one of {', '.join(sorted(known))}."
            )
    taught = [
        picture
        for picture in pictures
        if not picture.held_out and picture.laboratory not in arguments.without
    ]
    counts = dict(sorted(Counter(picture.laboratory for picture in taught).items()))
    say(f"Training on {len(taught)} pictures: {counts}.")
    settings = FitSettings(steps=arguments.steps, seed=arguments.seed)

    def report(step: int, loss: float) -> None:
        show_progress(f"step {step} of {settings.steps}, loss {loss:.3f}")

    content = onnx_bytes(fit(taught, settings, report))
    record = FinderRecord(
        sha256=hashlib.sha256(content).hexdigest(),
        pictures=counts,
        steps=settings.steps,
        batch=settings.batch,
        seed=settings.seed,
    )
    replace_file(arguments.write, content)
    replace_file(
        arguments.write.with_suffix(".json"), f"{record.model_dump_json(indent=2)}\n".encode()
    )
    show(f"{arguments.write}: {len(content)} bytes, sha256 {record.sha256}")
    return EXIT_FINE
