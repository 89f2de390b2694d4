"""``leuko explain-report``: measure how far the heatmaps of a model can be trusted."""

import argparse
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from leuko.cli.evaluate import EQUAL_WITHIN
from leuko.cli.inventory import find_model
from leuko.cli.main import EXIT_FINE
from leuko.cli.output import say, show, show_json, show_progress
from leuko.data.locate import find_pictures
from leuko.data.registry import read_dataset
from leuko.data.splitting.stratified_sample import choose_pictures
from leuko.errors import PredictionsError
from leuko.evaluation.predictions import Predictions, read_predictions
from leuko.faithfulness.measure import measure_heatmaps
from leuko.faithfulness.probe import Probe
from leuko.imaging.decoding.decode import read_picture
from leuko.inference.classifier import Classifier
from leuko.inference.result import Result
from leuko.models.explain_report_file import write_explain_report
from leuko.models.store import InstalledModel
from leuko.reporting.text.heatmaps import verdicts

SEED = 0


def run(arguments: argparse.Namespace) -> int:
    """Measure the heatmaps on test pictures and put the report into the model folder.

    Raises:
        LeukoError: when the model, its stored predictions or its pictures are not in order, or
            the pictures do not give the stored predictions.
    """
    model = find_model(arguments.weights, arguments.model)
    stored = read_predictions(model.predictions_path, model.card.class_set)
    classifier = Classifier.load(model, arguments.device, "float32")
    rows = choose_pictures(stored.labels, stored.group_ids, arguments.images, SEED)
    pictures = [read_picture(path).pixels for path in _paths(model, stored, rows, arguments.data)]
    results = classifier.classify(pictures)
    _check_predictions(model, stored, rows, results)
    report = measure_heatmaps(
        Probe.load(model, classifier.device),
        pictures,
        results,
        [stored.group_ids[row] for row in rows],
        test_images=stored.n,
        are_groups=stored.has_groups,
        made=datetime.now(UTC).date().isoformat(),
        seed=SEED,
        progress=_progress,
    )
    path = write_explain_report(report, model.folder)
    if arguments.json:
        show_json(json.loads(report.model_dump_json()))
    else:
        for verdict in verdicts(report):
            show(verdict.text)
    say(f"Wrote {path}: measured on {report.images} of {report.test_images} test pictures.")
    return EXIT_FINE


def _paths(
    model: InstalledModel, stored: Predictions, rows: tuple[int, ...], data: Path
) -> list[Path]:
    names = [stored.image_ids[row] for row in rows]
    found = find_pictures(read_dataset(model.card.dataset.id, data), data, names)
    missing = [*found.absent, *found.outside]
    if missing:
        raise PredictionsError(
            f"{len(missing)} of the {len(names)} test pictures of '{model.id}' chosen are not in "
            f"'{data}', such as '{missing[0]}': use the copy of the data set that it was tested on."
        )
    return [found.paths[name] for name in names]


def _check_predictions(
    model: InstalledModel,
    stored: Predictions,
    rows: tuple[int, ...],
    results: Sequence[Result],
) -> None:
    """Refuse pictures or weights that do not give the answers on which every figure rests."""
    found = [list(result.probabilities.values()) for result in results]
    largest = float(np.abs(np.array(found) - stored.probabilities[list(rows)]).max())
    if largest > EQUAL_WITHIN:
        raise PredictionsError(
            f"'{model.id}' does not give its stored predictions on these pictures "
            f"(largest difference of a probability {largest:.2g}): use the copy of the data set "
            "that it was tested on, or see 'python -m leuko evaluate'."
        )


def _progress(done: int, of: int) -> None:
    show_progress(f"{done} of {of} pictures", last=done == of)
