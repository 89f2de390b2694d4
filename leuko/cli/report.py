"""``leuko report``: published figures beside ours."""

import argparse
import json
from pathlib import Path

from leuko.cli.main import say
from leuko.evaluation.reproduction import as_markdown, as_record, compare, measure
from leuko.models.store import list_models


def run(arguments: argparse.Namespace) -> int:
    """Write the reproduction table, or print one JSON object a model."""
    inventory = list_models(arguments.weights)
    for problem in inventory.problems:
        say(f"leuko: {problem}")
    measured = measure(inventory)
    for one in measured:
        if one.problem:
            say(f"leuko: {one.problem}")
    if arguments.json:
        print(json.dumps([as_record(one) for one in measured], indent=2))
        return 0
    others = [one for one in measured if one.card.study_row is None]
    text = as_markdown(compare(measured), others)
    if arguments.output is None:
        print(text, end="")
    else:
        Path(arguments.output).write_text(text, encoding="utf-8")
        say(f"Wrote {arguments.output}.")
    return 0
