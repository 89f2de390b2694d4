"""A printable report of one model: everything that the page of figures shows, in one HTML file."""

import json

from leuko import __version__
from leuko.evaluation.by_group import DRAWN_GROUPS
from leuko.evaluation.curves.all import ModelCurves, model_curves
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.summary import Summary
from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.models.commands import training_command
from leuko.reporting.charts.confusion import confusion_figure, share_text
from leuko.reporting.charts.curves import precision_recall_figure, roc_figure
from leuko.reporting.charts.groups import groups_figure
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.charts.probabilities import reliability_figure, score_figure
from leuko.reporting.charts.shortcuts import baselines, baselines_figure, baselines_sentence
from leuko.reporting.charts.training import training_figure
from leuko.reporting.html.cell_sections import cell_sections
from leuko.reporting.html.content import ReportContent
from leuko.reporting.html.heatmap_sections import heatmap_parts
from leuko.reporting.html.page import Chart, Part, Section, Source, Table, Text, html_page
from leuko.reporting.tables.metrics import CLASS_METRICS, class_rows, figure_rows, group_rows
from leuko.reporting.text import card as facts
from leuko.reporting.text.definitions import definitions
from leuko.reporting.text.gates import gate_sentences

RESEARCH_USE = "Research use. Not a medical device."
ONE_SIDED = "No curve: all test images are on one side of malignant against benign."


def model_report(content: ReportContent, made: str) -> str:
    """The report as one HTML file that fetches nothing; made for paper as for the screen.

    Args:
        content: of :func:`leuko.reporting.html.content.report_content`.
        made: date on which the report is made, ISO 8601; stands on the first lines.

    Returns:
        HTML. The same content and date give the same text. Texts of the card are escaped.
    """
    card, summary, predictions = content.card, content.summary, content.predictions
    sections = [Section("Identity", _identity(card)), *cell_sections(content)]
    if summary is None or predictions is None:
        sections.append(Section("Figures", [Text([content.problem])]))
    else:
        sections += _results(content, summary, predictions)
    sections += [
        Section("When it does not answer", [Text(gate_sentences(card), as_list=True)]),
        Section("How far its heatmaps can be trusted", heatmap_parts(content)),
        Section("Training curves", _training_curves(content)),
        Section("Data", [Text(facts.data_facts(card), as_list=True)]),
        Section("Split", [Text(facts.split_facts(card), as_list=True)]),
        Section("Training", _training(card)),
        Section("Definitions", [Table(_definition_rows())]),
    ]
    lines = [
        RESEARCH_USE,
        f"Model {card.id}. Report made on {made} with leuko {__version__}. Figures are computed "
        "from test images that the model has never seen, each with its 95 % interval; malignant "
        "is the positive class.",
    ]
    return html_page(card.title, lines, sections)


def _identity(card: ModelCard) -> list[Part]:
    weights = card.weights
    rows = {
        "Model": card.id,
        "Title": card.title,
        "Weights, sha256": weights.sha256 if weights else "none: results only",
        "Weights, size": f"{weights.bytes:,} bytes, {weights.precision}" if weights else "–",
        "Weights, licence": weights.licence if weights else "–",
        "Network": (
            f"{card.architecture.name} ({card.architecture.library}), "
            f"{card.architecture.parameters:,} parameters"
        ),
        "Initialisation": card.training.initialisation,
        "Reads": (f"{card.input.kind.plural}, {card.input.side_px} × {card.input.side_px} px"),
        "Classes": ", ".join(class_title(name) for name in card.classes),
        "Malignant": ", ".join(class_title(name) for name in card.malignant),
        "Decision threshold": f"P(malignant) ≥ {card.decision_threshold:.2f}",
        "Temperature": f"{card.temperature:.3g}",
        "Data set": f"{card.dataset.title}, {card.dataset.images:,} pictures",
        "Split": f"{card.split.policy.value}, seed {card.split.seed}, sha256 {card.split.sha256}",
        "Follows published row": card.study_row or "none",
    }
    return [Table([{"Fact": name, "Value": value} for name, value in rows.items()])]


def _results(content: ReportContent, summary: Summary, predictions: Predictions) -> list[Section]:
    style, card = content.style, content.card
    curves = model_curves(predictions, summary.threshold)
    sections = [
        Section(
            f"Figures at the decision threshold {summary.threshold:.2f}",
            [
                Table(figure_rows(summary), frozenset({"Value", "Images"})),
                Text(facts.interval_facts(summary), small=True),
            ],
        ),
        Section(
            "Confusion matrix",
            [
                Chart("Images and share of the true class", confusion_figure(summary)),
                Table(_confusion_rows(summary), frozenset(_columns(summary))),
            ],
        ),
        Section(
            "Each class against all others, decided by the suggested class",
            [Table(class_rows(summary), frozenset({"Images", "Groups", *CLASS_METRICS}))],
        ),
        Section("Curves: malignant against benign", _curves(curves, style)),
        Section(
            "Probabilities",
            [
                Chart("Reliability", reliability_figure(curves.reliability, style)),
                Text(facts.reliability_facts(summary, curves.reliability), small=True),
                Chart(
                    "Test images of each class by P(malignant)",
                    score_figure(curves.scores, summary.threshold),
                ),
            ],
        ),
        Section("Group by group, the worst first", _groups(content, curves, summary)),
    ]
    if card.audit is not None:
        found = baselines(summary.overall.balanced_accuracy, card.audit, summary.digits)
        chart = Chart("Balanced accuracy", baselines_figure(found, style))
        parts: list[Part] = [chart, Text([baselines_sentence(found)])]
        sections.append(Section("Beside the shortcuts of the data set", parts))
    return sections


def _curves(curves: ModelCurves, style: ModelStyle) -> list[Part]:
    if curves.roc is None or curves.precision_recall is None:
        return [Text([ONE_SIDED])]
    recall = precision_recall_figure(curves.precision_recall, style, curves.precision_recall_band)
    return [
        Chart("ROC curve", roc_figure(curves.roc, style, curves.roc_band)),
        Text(facts.band_facts(curves.roc_band), small=True),
        Chart("Precision-recall curve", recall),
        Text(facts.band_facts(curves.precision_recall_band), small=True),
    ]


def _groups(content: ReportContent, curves: ModelCurves, summary: Summary) -> list[Part]:
    sentences = Text(facts.group_facts(curves.groups, content.card.split.group_meaning))
    if not curves.groups:
        return [sentences]
    rows = group_rows(curves.groups[:DRAWN_GROUPS], summary.classes)
    return [
        sentences,
        Chart("Images by group", groups_figure(curves.groups, content.style)),
        Table(rows, frozenset(rows[0]) - {"Group"}),
    ]


def _columns(summary: Summary) -> list[str]:
    return [f"suggested {class_title(name)}" for name in summary.classes.names]


def _confusion_rows(summary: Summary) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = []
    for name, counts in zip(summary.classes.names, summary.confusion, strict=True):
        cases = sum(counts)
        cells = [
            f"{count} ({share_text(count, cases, summary.digits)})" if cases else f"{count}"
            for count in counts
        ]
        named = dict(zip(_columns(summary), cells, strict=True))
        rows.append({"True class": f"{class_title(name)} ({cases})", **named})
    return rows


def _training_curves(content: ReportContent) -> list[Part]:
    if content.history is None:
        return [Text([content.history_problem])]
    best = content.card.training.best_epoch
    figure = training_figure(content.history, best, content.style)
    if figure is None:
        return [Text(["The training history holds neither losses nor accuracies."])]
    return [
        Chart("Loss and accuracy by epoch", figure),
        Text([f"Dashed line: epoch {best}, whose weights were kept."], small=True),
    ]


def _training(card: ModelCard) -> list[Part]:
    recipe = json.dumps(card.training.recipe, indent=1, ensure_ascii=False)
    return [
        Text(facts.training_facts(card), as_list=True),
        Text(["The command that trains it again, and the recipe as it was run:"]),
        Source(training_command(card)),
        Source(recipe),
    ]


def _definition_rows() -> list[dict[str, str]]:
    return [
        {
            "Figure": one.name,
            "Formula": one.formula,
            "Meaning": one.meaning,
            "Source": one.source,
        }
        for one in definitions()
    ]
