"""The part of the printable report that says how far the heatmaps of a model can be trusted."""

from leuko.models.commands import explain_command
from leuko.reporting.charts.heatmaps import cells_figure, removal_figure
from leuko.reporting.html.content import ReportContent
from leuko.reporting.html.page import Chart, Part, Source, Table, Text
from leuko.reporting.tables.heatmaps import figure_rows, method_sentences, sample_sentence
from leuko.reporting.text.heatmaps import verdicts

RESULTS_ONLY = "This folder holds results only: there is no network whose heatmaps to judge."
NOT_MEASURED = "Nobody has measured it. This command does, from the test pictures in FOLDER:"


def heatmap_parts(content: ReportContent) -> list[Part]:
    """Verdicts, charts and figures; or why there are none and the command that makes them.

    Args:
        content: of the whole report.
    """
    report = content.heatmaps
    if report is None:
        if content.heatmaps_problem:
            return [Text([content.heatmaps_problem])]
        if content.card.weights is None:
            return [Text([RESULTS_ONLY])]
        return [Text([NOT_MEASURED]), Source(explain_command(content.card))]
    sentences = [verdict.text for verdict in verdicts(report)]
    parts: list[Part] = [Text(sentences, as_list=True), Text([sample_sentence(report)], small=True)]
    if report.removal is not None:
        chart = removal_figure(report.removal, content.style)
        parts.append(Chart("The score while pixels are removed, and while they come back", chart))
    spread = cells_figure(report.cells, content.style)
    if spread is not None:
        parts.append(Chart("The evidence on leukocytes and beside them", spread))
    rows = figure_rows(report)
    parts += [
        Table(rows, frozenset({"Value", "Images"})),
        Text(method_sentences(report), small=True),
    ]
    return parts
