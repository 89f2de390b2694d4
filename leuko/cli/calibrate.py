"""``leuko calibrate``: fit the gates of a model, so that it knows when to defer to a person."""

import argparse
import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from leuko.calibration.fit_gates import FittedGates, Sources, fit_gates
from leuko.calibration.own_pictures import OWN_ID, read_own_pictures
from leuko.cli.evaluate import EQUAL_WITHIN, recorded_split
from leuko.cli.inventory import find_model
from leuko.cli.main import EXIT_FINE
from leuko.cli.output import say, show, show_json, show_progress
from leuko.data.kind_pictures import find_neighbours
from leuko.data.splitting.split import GROUPED, SplitPlan, split_dataset
from leuko.errors import GatesError, PredictionsError
from leuko.evaluation.predictions import Predictions, read_predictions
from leuko.inference.classifier import Classifier
from leuko.models.card import ModelCard, write_card
from leuko.models.gates.thresholds import NOVELTY_FILE
from leuko.models.records import replace_file
from leuko.models.store import InstalledModel
from leuko.reporting.text.gates import gate_sentences

OWN_TEST, OWN_VALIDATION = 0.35, 0.35
"""Of a laboratory's own pictures; the others stand for what the microscope gives."""


def run(arguments: argparse.Namespace) -> int:
    """Fit the gates of a model and put them into its folder.

    Raises:
        LeukoError: when the model or the pictures are not in order, or the pictures do not give
            the stored predictions.
    """
    model = find_model(arguments.weights, arguments.model)
    # The old gates are no part of it: a damaged file must not keep anybody from making it anew.
    bare = InstalledModel(model.folder, model.card.model_copy(update={"gates": None}))
    classifier = Classifier.load(bare, arguments.device, "float32")
    sources = own_sources(bare.card, arguments.data) if arguments.own else _sources(bare, arguments)
    fitted = fit_gates(
        classifier,
        sources,
        made=datetime.now(UTC).date().isoformat(),
        coverage=arguments.coverage,
        check=(lambda _: None) if arguments.own else lambda found: _check(bare, found),
        progress=_progress,
    )
    card = store_gates(bare, fitted)
    if arguments.json:
        assert card.gates is not None  # noqa: S101  just put there
        show_json(json.loads(card.gates.model_dump_json()))
    else:
        for sentence in gate_sentences(card):
            show(sentence)
    say(f"Wrote the gates of {card.id} into {model.folder}.")
    return EXIT_FINE


def store_gates(model: InstalledModel, fitted: FittedGates) -> ModelCard:
    """Write the file, then the card that names it; gives the new card.

    Raises:
        GatesError: when the folder cannot be written.
    """
    card = ModelCard.model_validate({**model.card.model_dump(), "gates": fitted.gates.model_dump()})
    path = model.folder / NOVELTY_FILE
    try:
        if fitted.novelty is None:
            path.unlink(missing_ok=True)
        else:
            replace_file(path, fitted.novelty)
        write_card(card, model.folder)
    except OSError as problem:
        raise GatesError(
            f"'{model.folder}' cannot be written: {problem.strerror or problem}."
        ) from problem
    return card


def _sources(model: InstalledModel, arguments: argparse.Namespace) -> Sources:
    card = model.card
    return Sources(
        split=recorded_split(card, arguments.data),
        title=card.dataset.title,
        own=False,
        group_meaning=card.split.group_meaning,
        out_of_distribution=find_neighbours(arguments.data, card.dataset.id),
    )


def own_sources(card: ModelCard, folder: Path) -> Sources:
    """A laboratory's own pictures in three parts that share no group.

    Raises:
        DatasetError: when the folder is not laid out as needed.
        SplitError: when there are too few pictures or groups.
    """
    dataset = read_own_pictures(folder, card)
    for sentence in dataset.notes:
        say(sentence)
    split = split_dataset(dataset, SplitPlan(GROUPED, OWN_TEST, OWN_VALIDATION))
    return Sources(
        split=split,
        title=dataset.title,
        own=True,
        group_meaning=dataset.group_meaning,
        out_of_distribution=find_neighbours(folder, OWN_ID),
    )


def _check(model: InstalledModel, found: Predictions) -> None:
    """Refuse pictures or weights that do not give the answers on which every figure rests."""
    if not model.predictions_path.is_file():
        return
    stored = read_predictions(model.predictions_path, model.card.class_set)
    again = f"see 'python -m leuko evaluate {model.id}'"
    if stored.image_ids != found.image_ids:
        raise PredictionsError(
            f"The stored predictions of '{model.id}' are of other pictures than its split names: "
            f"{again}."
        )
    largest = float(np.abs(stored.probabilities - found.probabilities).max())
    if largest > EQUAL_WITHIN:
        raise PredictionsError(
            f"'{model.id}' does not give its stored predictions on these pictures (largest "
            f"difference of a probability {largest:.2g}): {again}."
        )


def _progress(what: str, done: int, of: int) -> None:
    show_progress(f"{what}: {done} of {of} pictures", last=done == of)
