"""``leuko report``: published figures beside ours, or everything about one model."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from leuko.cli.inventory import find_models, pick
from leuko.cli.main import EXIT_FINE
from leuko.cli.output import say, show, show_json, write_text
from leuko.errors import LeukoError
from leuko.evaluation.published.reproduction import as_markdown, as_record, compare, measure
from leuko.reporting.charts.palette import model_styles


def run(arguments: argparse.Namespace) -> int:
    """Write the reproduction table, print one JSON object a model, or write a model's report.

    Raises:
        LeukoError: when a report has no file to go to, or cannot be written there.
    """
    if arguments.model is not None:
        return write_model_report(arguments)
    inventory = find_models(arguments.weights)
    for problem in inventory.problems:
        say(f"leuko: {problem}")
    measured = measure(inventory)
    for one in measured:
        if one.problem:
            say(f"leuko: {one.problem}")
    if arguments.json:
        show_json([as_record(one) for one in measured], indent=2)
        return EXIT_FINE
    others = [one for one in measured if one.card.study_row is None]
    text = as_markdown(compare(measured), others)
    if arguments.output is None:
        for line in text.splitlines():
            show(line)
    else:
        _write(Path(arguments.output), text)
    return EXIT_FINE


def write_model_report(arguments: argparse.Namespace) -> int:
    """Write the printable report of one model as an HTML file.

    Raises:
        ModelNotFoundError: when no such model is installed.
        LeukoError: when no file is named, ``--json`` is asked for, or the file cannot be written.
    """
    from leuko.reporting.html.content import report_content
    from leuko.reporting.html.model_report import model_report

    if arguments.output is None:
        raise LeukoError("Name the file of the report: --output FILE.html.")
    if arguments.json:
        raise LeukoError("The report of one model is an HTML file: leave out --json.")
    inventory = find_models(arguments.weights)
    model = pick(inventory, arguments.model)
    style = model_styles(one.card for one in inventory.models)[model.id]
    content = report_content(model, style)
    for problem in (content.problem, content.history_problem):
        if problem:
            say(f"leuko: {problem}")
    _write(arguments.output, model_report(content, datetime.now(UTC).date().isoformat()))
    return EXIT_FINE


def _write(path: Path, text: str) -> None:
    write_text(path, text, "--output")
    say(f"Wrote {path}.")
