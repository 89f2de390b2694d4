"""``leuko models``: what is installed."""

import argparse

from leuko.cli.inventory import models_folder, nothing_in
from leuko.cli.main import EXIT_FINE, EXIT_PARTLY
from leuko.cli.output import say, show, show_json
from leuko.models.store import InstalledModel, list_models


def describe(model: InstalledModel) -> dict[str, object]:
    """One model as a plain record."""
    card = model.card
    return {
        "id": card.id,
        "title": card.title,
        "architecture": card.architecture.name,
        "dataset": card.dataset.id,
        "input_kind": card.input.kind.value,
        "classes": list(card.classes),
        "malignant": list(card.malignant),
        "split_policy": card.split.policy.value,
        "study_row": card.study_row,
        "has_weights": model.has_weights,
    }


def run(arguments: argparse.Namespace) -> int:
    """List the models; a folder that is not in order is reported on standard error.

    Raises:
        LeukoError: when the folder of the models is not there or may not be read.
    """
    inventory = list_models(models_folder(arguments.weights))
    for problem in inventory.problems:
        say(f"leuko: {problem}")
    records = [describe(model) for model in inventory.models]
    if arguments.json:
        show_json(records, indent=2)
    else:
        for record in records:
            weights = "" if record["has_weights"] else "  (results only)"
            show(f"{record['id']:32} {record['input_kind']:10} {record['title']}{weights}")
    if not records and not inventory.problems:
        say(f"leuko: {nothing_in(arguments.weights)}")
    return EXIT_FINE if records and not inventory.problems else EXIT_PARTLY
