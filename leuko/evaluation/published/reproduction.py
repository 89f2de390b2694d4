"""Published figure, ours on a random split, ours on a grouped split: one table, row by row."""

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leuko.errors import PredictionsError
from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.published.differences import run_remark, start_remark
from leuko.evaluation.published.studies import PublishedRow, published_rows
from leuko.evaluation.summary import Summary, summarise
from leuko.labels import SplitPolicy
from leuko.models.card import ModelCard
from leuko.models.store import InstalledModel, Inventory
from leuko.statistics.estimate import Estimate

Triple = list[float] | None
LINE_WIDTH = 96
FIGURES = ("accuracy", "sensitivity", "specificity", "auroc")


@dataclass(frozen=True)
class Measured:
    """One model's own figures.

    Attributes:
        card: of the model.
        summary: its figures, or None.
        problem: why there are none.
    """

    card: ModelCard
    summary: Summary | None
    problem: str = ""

    def figure(self, name: str) -> Estimate | None:
        """An estimate by the name that a study uses.

        Accuracy is that of all classes; sensitivity, specificity and AUROC are those of malignant
        against benign.

        Args:
            name: one of ``FIGURES``.
        """
        if self.summary is None:
            return None
        if name == "accuracy":
            return self.summary.overall.accuracy
        estimate: Estimate = getattr(self.summary.binary, name)
        return estimate


@dataclass(frozen=True)
class Comparison:
    """One published row and what became of it here.

    Attributes:
        published: the study's figure.
        paper: our model on a random split, or None when it was not trained.
        grouped: our model on a grouped split, or None.
    """

    published: PublishedRow
    paper: Measured | None
    grouped: Measured | None


def printed_range(printed: str | None) -> tuple[float, float] | None:
    """What a study printed, in per cent, as (low, high) fractions; None where it printed nothing.

    Args:
        printed: one number, or two joined by an en dash where the study's tables disagree.
    """
    if printed is None:
        return None
    ends = [float(part) / 100 for part in printed.split("–")]
    return min(ends), max(ends)


def measure(inventory: Inventory) -> list[Measured]:
    """Figures of all models; a broken table never hides the others."""
    return [_measure_one(model) for model in inventory.models]


def _measure_one(model: InstalledModel) -> Measured:
    try:
        predictions = read_predictions(model.predictions_path, model.card.class_set)
    except PredictionsError as problem:
        return Measured(model.card, None, str(problem))
    return Measured(model.card, summarise(predictions, model.card.decision_threshold))


def compare(measured: Sequence[Measured]) -> list[Comparison]:
    """All published rows, each with our two models; a row without models is kept."""
    ours: dict[tuple[str, SplitPolicy], Measured] = {
        (one.card.study_row, one.card.split.policy): one
        for one in measured
        if one.card.study_row is not None
    }
    return [
        Comparison(
            row, ours.get((row.row, SplitPolicy.PAPER)), ours.get((row.row, SplitPolicy.GROUPED))
        )
        for row in published_rows()
    ]


def as_record(one: Measured) -> dict[str, object]:
    """One model as plain values; an unmeasurable figure is None."""
    summary = one.summary
    record: dict[str, object] = {
        "model": one.card.id,
        "study_row": one.card.study_row,
        "split_policy": one.card.split.policy.value,
        "n_test": summary.n if summary else 0,
        "n_groups": summary.n_groups if summary else 0,
    }
    record |= {name: _triple(one.figure(name)) for name in FIGURES}
    return record


def _triple(estimate: Estimate | None) -> Triple:
    if estimate is None or estimate.value is None:
        return None
    if estimate.low is None or estimate.high is None:
        return None
    return [estimate.value, estimate.low, estimate.high]


def as_markdown(comparisons: Sequence[Comparison], others: Sequence[Measured] = ()) -> str:
    """The whole report.

    Args:
        comparisons: from :func:`compare`.
        others: models that reproduce no study, listed below.
    """
    lines = [
        "# Reproduction of the published systems",
        "",
        "Made by `python -m leuko report`; do not edit. Accuracy is that of all classes;",
        "sensitivity and specificity are those of malignant against benign. Brackets hold 95 %",
        "intervals. All studies split pictures at random; `grouped` keeps subjects or acquisition",
        "blocks apart, which is what a new patient would meet.",
        *_start_of(comparisons),
        "",
        "| row | network | data | figure | published | ours, random split | ours, grouped split |",
        "|---|---|---|---|---|---|---|",
    ]
    for comparison in comparisons:
        lines += _rows_of(comparison)
    lines += ["", "## What differs, row by row", ""]
    for comparison in comparisons:
        lines += _remarks_of(comparison)
    if others:
        lines += ["", "## Models beside the studies", ""]
        lines += ["| model | split | test images | groups | accuracy | sensitivity | specificity |"]
        lines += ["|---|---|---|---|---|---|---|"]
        for one in others:
            lines.append(_other_row(one))
    return "\n".join(lines) + "\n"


def _start_of(comparisons: Sequence[Comparison]) -> list[str]:
    runs = [one for each in comparisons for one in (each.paper, each.grouped) if one is not None]
    sentence = start_remark([one.card for one in runs])
    return ["", *textwrap.wrap(sentence, LINE_WIDTH)] if sentence else []


def _rows_of(comparison: Comparison) -> list[str]:
    row = comparison.published
    published: Mapping[str, str | None] = {
        "accuracy": row.accuracy,
        "sensitivity": row.sensitivity,
        "specificity": row.specificity,
        "auroc": row.auroc,
    }
    lines = []
    for index, name in enumerate(FIGURES):
        head = [row.row, row.network, row.dataset] if index == 0 else ["", "", ""]
        printed = published[name]
        cells = [
            *head,
            name,
            f"{printed} %" if printed else "–",
            _cell(comparison.paper, name),
            _cell(comparison.grouped, name),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return lines


def _cell(one: Measured | None, name: str) -> str:
    if one is None:
        return "not trained"
    estimate = one.figure(name)
    if estimate is None or one.summary is None:
        return "no held-out results"
    return estimate.text(one.summary.digits)


def _remarks_of(comparison: Comparison) -> list[str]:
    row = comparison.published
    lines = [f"- **{row.row}**: published with {row.training}."]
    if row.remark:
        lines[0] += f" {row.remark[0].upper()}{row.remark[1:]}."
    for one in (comparison.paper, comparison.grouped):
        if one is None or one.summary is None:
            continue
        remark = run_remark(one.card, one.summary, row.accuracy)
        lines.append(f"  - `{one.card.id}` ({one.card.split.policy.value}): {remark}")
    return lines


def _other_row(one: Measured) -> str:
    head = f"| `{one.card.id}` | {one.card.split.policy.value} "
    if one.summary is None:
        return head + "| – | – | no held-out results | – | – |"
    figures = " | ".join(_cell(one, name) for name in FIGURES[:3])
    return head + f"| {one.summary.n} | {one.summary.n_groups} | {figures} |"
