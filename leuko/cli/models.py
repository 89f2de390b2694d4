"""``leuko models``: what is installed."""

import argparse
import json

from leuko.cli.main import say
from leuko.models.store import HOW_TO_INSTALL, InstalledModel, list_models


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
    """List the models; a folder that is not in order is reported on standard error."""
    inventory = list_models(arguments.weights)
    for problem in inventory.problems:
        say(f"leuko: {problem}")
    records = [describe(model) for model in inventory.models]
    if arguments.json:
        print(json.dumps(records, ensure_ascii=False, indent=2))
    else:
        for record in records:
            weights = "" if record["has_weights"] else "  (results only)"
            print(f"{record['id']:32} {record['input_kind']:10} {record['title']}{weights}")
        if not records:
            say(f"No model is installed: {HOW_TO_INSTALL}.")
    return 1 if inventory.problems else 0
