"""A count as CSV: the differential over all fields and of each, and the cells one by one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from leuko.cell_classes import group_of
from leuko.decision.record import verdict_cells
from leuko.differential.counted import CountedField
from leuko.differential.differential import Differential, differential
from leuko.differential.flags import Patient
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, Review
from leuko.models.card import ModelCard
from leuko.workbench.formatting import csv_for_people, threshold_text

ALL_FIELDS: Final = "all fields"
MODEL: Final = ("model", "weights_sha256", "model_fingerprint", "threshold", "model_threshold")
"""Columns that say who counted, as in every other table."""
COUNTED: Final = (
    "class", "group", "suggested_n", "n", "per_cent", "low", "high", "per_100_leukocytes",
    "leukocytes", "flags",
)  # fmt: skip
CELL: Final = (
    "number", "x", "y", "width", "height", "nucleus_px", "nucleus_in_red_cells", "edge",
    "suggestion", "probability", "group", "malignant", "class", "seen", "changed_by",
)  # fmt: skip
VERDICT: Final = ("prediction_set", "deferred", "reasons")


@dataclass(frozen=True)
class FieldLabels:
    """Of a counted field, what its counts need; small enough to be kept for many fields.

    Attributes:
        name: of the file.
        sha256: of its bytes.
        suggested: label of each cell.
        reviewed: what the reader made of them, in the same order.
        notes: on the field.
        error: why it cannot be read; None otherwise.
    """

    name: str
    sha256: str
    suggested: tuple[str, ...] = ()
    reviewed: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    error: str | None = None


def labels_of(field: CountedField, review: Review | None = None) -> FieldLabels:
    """The labels of a field.

    Args:
        field: as counted.
        review: the reader's changes; None for none.
    """
    reviewed = (review or Review()).reviewed(field.by_key)
    return FieldLabels(
        field.name, field.sha256, tuple(cell.label for cell in field.cells),
        tuple(reviewed.values()), field.notes, field.error,
    )  # fmt: skip


def counts_csv(
    fields: Sequence[FieldLabels],
    card: ModelCard,
    threshold: float | None = None,
    target: int = 100,
    patient: Patient | None = None,
) -> str:
    """The differential over all fields, then of each field, one line a class.

    Per cent and interval are empty where fewer than a hundred leukocytes were counted.

    Args:
        fields: each picture once.
        card: of the model that counted.
        threshold: in force; None for the model's own.
        target: leukocytes that were to be counted.
        patient: whose limits hold for flags.
    """
    readable = [one for one in fields if one.error is None]
    suggested = [label for one in readable for label in one.suggested]
    reviewed = [label for one in readable for label in one.reviewed]
    who = _model_cells(card, threshold)
    header = ["file", "file_sha256", *MODEL, *COUNTED, "notes", "error"]
    table: list[list[object]] = [
        [ALL_FIELDS, None, *who, *figures, None, None]
        for figures in _class_lines(suggested, reviewed, target, patient)
    ]
    for one in fields:
        if one.error is not None:
            table.append([one.name, one.sha256, *who, *[None] * len(COUNTED), None, one.error])
            continue
        table += [
            [one.name, one.sha256, *who, *figures, " ".join(one.notes), None]
            for figures in _class_lines(one.suggested, one.reviewed, target, patient)
        ]
    return csv_for_people(header, table)


def cells_csv(
    fields: Iterable[CountedField],
    card: ModelCard,
    threshold: float | None = None,
    review: Review | None = None,
) -> str:
    """All cells of fields, one line a cell.

    Args:
        fields: as counted.
        card: of the model that counted.
        threshold: in force; None for the model's own.
        review: the reader's changes; None for none.
    """
    asked = review or Review()
    readers = {key: step.reader for step in asked.history for key in step.keys}
    who = _model_cells(card, threshold)
    probabilities = [f"probability_{name}" for name in card.classes]
    header = ["file", "file_sha256", *MODEL, *CELL, *probabilities, *VERDICT]
    table: list[list[object]] = []
    for field in fields:
        for key, one in field.by_key.items():
            cell, box = one.cell, one.cell.box
            label = asked.label_of(key)
            size = cell.nucleus_in_red_cells
            table.append([
                field.name, field.sha256, *who, one.number, *box, f"{cell.nucleus_px:.1f}",
                "" if size is None else f"{size:.2f}", _truth(cell.touches_edge),
                one.label, f"{one.probability:.6f}", group_of(one.label),
                _truth(one.result.malignant),
                one.label if label is None else label, _truth(asked.is_seen(key)),
                readers.get(key, "") if label is not None else "",
                *(f"{one.result.probabilities[name]:.6f}" for name in card.classes),
                *verdict_cells(one.verdict, VERDICT),
            ])  # fmt: skip
    return csv_for_people(header, table)


def _class_lines(
    suggested: Sequence[str], reviewed: Sequence[str], target: int, patient: Patient | None
) -> Iterator[list[object]]:
    """The cells of ``COUNTED``, one list a class."""
    count = differential(reviewed, target, patient)
    before = {label: suggested.count(label) for label in set(suggested)}
    for row in count.rows:
        shares = _per_cents([row.share, row.low, row.high], count)
        flags = " ".join(flag.sentence for flag in row.flags)
        yield _line(row.name, before, row.n, [*shares, None], count, flags)
    for one in count.beside:
        per_100 = None if one.per_100 is None or not count.is_per_cent else round(one.per_100, 2)
        yield _line(one.name, before, one.n, [None, None, None, per_100], count, "")
    for name, n in ((NOT_CLASSED, count.not_classed), (NOT_A_CELL, count.not_cells)):
        yield _line(name, before, n, [None] * 4, count, "")


def _line(
    name: str, before: Mapping[str, int], n: int, figures: Sequence[object],
    count: Differential, flags: str,
) -> list[object]:  # fmt: skip
    group = "" if name in (NOT_CLASSED, NOT_A_CELL) else group_of(name)
    return [name, group, before.get(name, 0), n, *figures, count.leukocytes, flags]


def _per_cents(shares: Sequence[float | None], count: Differential) -> list[float | None]:
    return [
        None if share is None or not count.is_per_cent else round(100 * share, 2)
        for share in shares
    ]


def _model_cells(card: ModelCard, threshold: float | None) -> list[str]:
    """The cells of ``MODEL``."""
    used = card.decision_threshold if threshold is None else threshold
    weights = card.weights.sha256 if card.weights else ""
    own = threshold_text(card.decision_threshold)
    return [card.id, weights, card.fingerprint, threshold_text(used), own]


def _truth(value: bool) -> str:
    return str(value).lower()
