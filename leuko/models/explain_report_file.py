"""The file ``explain_report.json`` of a model folder: read with every check, and written."""

import json
from pathlib import Path

from pydantic import ValidationError

from leuko.errors import ExplainReportError
from leuko.imaging.filenames import display_name
from leuko.models.bounded_read import LARGEST_REPORT_BYTES, read_json
from leuko.models.card import LONGEST_CAUSE, ModelCard
from leuko.models.commands import explain_command
from leuko.models.heatmap_report import REPORT_VERSION, ExplainReport
from leuko.models.records import replace_file

REPORT_FILE = "explain_report.json"


def read_explain_report(card: ModelCard, folder: Path) -> ExplainReport:
    """Read and check the report on the heatmaps of a model.

    Args:
        card: of the model.
        folder: its folder.

    Raises:
        ExplainReportError: when the report is missing, unreadable, newer than this version,
            breaks a rule, or is of another model, other weights or another layer; the message
            says how to make it again.
    """
    again = f"make it again with '{explain_command(card)}'."
    what = f"The report on the heatmaps of '{card.id}'"
    try:
        raw = read_json(folder / REPORT_FILE, LARGEST_REPORT_BYTES)
    except FileNotFoundError:
        raise ExplainReportError(f"{what} is missing: {again}") from None
    except (OSError, ValueError, RecursionError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise ExplainReportError(f"{what} cannot be read ({reason}): {again}") from problem
    version = raw.get("report_version") if isinstance(raw, dict) else None
    if isinstance(version, int) and version > REPORT_VERSION:
        raise ExplainReportError(
            f"{what} is of version {version}, this leuko reads up to version {REPORT_VERSION}: "
            "install a newer leuko or make the report again."
        )
    try:
        report = ExplainReport.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        where = display_name(place, LONGEST_CAUSE) if place else "the report"
        cause = display_name(first["msg"], LONGEST_CAUSE)
        raise ExplainReportError(f"{what} is wrong at '{where}' ({cause}): {again}") from problem
    if report.model_id != card.id:
        raise ExplainReportError(f"{what} is that of '{report.model_id}': {again}")
    if card.weights is None or report.weights_sha256 != card.weights.sha256:
        raise ExplainReportError(f"{what} was made with other weights than its own: {again}")
    if report.layer != card.architecture.heatmap_layer:
        raise ExplainReportError(
            f"{what} was made from the layer '{report.layer}', its card names "
            f"'{card.architecture.heatmap_layer}': {again}"
        )
    return report


def write_explain_report(report: ExplainReport, folder: Path) -> Path:
    """Write a report into a model folder that exists; gives the path of the file.

    Raises:
        ExplainReportError: when the folder cannot be written.
    """
    path = folder / REPORT_FILE
    text = json.dumps(report.model_dump(mode="json"), indent=1, ensure_ascii=False)
    try:
        replace_file(path, f"{text}\n".encode())
    except OSError as problem:
        raise ExplainReportError(
            f"'{path}' cannot be written: {problem.strerror or problem}."
        ) from problem
    return path
