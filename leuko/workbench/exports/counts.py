"""A differential count and its cells as CSV, with what the model suggested beside the reader's."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from leuko.differential.counted import CountedCell, CountedField, cells_of, each_once
from leuko.differential.differential import Beside, Differential, Row, differential
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, Review
from leuko.models.card import ModelCard
from leuko.workbench.formatting import csv_for_people, threshold_text

if TYPE_CHECKING:
    from leuko.differential.counted import CellKey

MODEL_COLUMNS = ("model", "model_fingerprint", "threshold")
CELL_COLUMNS = (
    "file", "file_sha256", "number", "x", "y", "width", "height", "nucleus_px",
    "nucleus_in_red_cells", "edge", "suggested", "probability", "reviewed", "changed", "looked_at",
    "deferred", "findings", "prediction_set",
)  # fmt: skip
"""Of a cell; x, y, width and height are of its box, pixels of the picture."""
COUNT_COLUMNS = (
    "class", "suggested_n", "suggested_per_cent", "suggested_low", "suggested_high",
    "reviewed_n", "reviewed_per_cent", "reviewed_low", "reviewed_high", "unit", "flags", "remark",
)  # fmt: skip
PER_CENT, PER_100, CELLS = "% of leukocytes", "per 100 leukocytes", "cells"


def cells_csv(
    fields: Iterable[CountedField], review: Review, card: ModelCard, threshold: float
) -> str:
    """One line a cell, in the order of the fields; a picture that cannot be read has a line too.

    Args:
        fields: counted with the model, at the threshold.
        review: the reader's changes.
        card: of the model.
        threshold: in force.
    """
    header = [
        *CELL_COLUMNS, *(f"probability_{name}" for name in card.classes), *MODEL_COLUMNS, "error",
    ]  # fmt: skip
    model = [card.id, card.fingerprint, threshold_text(threshold)]
    rows: list[list[object]] = []
    for field in each_once(fields):
        if field.error is not None:
            blank = [None] * (len(CELL_COLUMNS) - 2 + len(card.classes))
            rows.append([field.name, field.sha256, *blank, *model, field.error])
        rows += [
            [field.name, field.sha256, *_cell(key, cell, review, card), *model, ""]
            for key, cell in field.by_key.items()
        ]
    return csv_for_people(header, rows)


def _cell(key: "CellKey", counted: CountedCell, review: Review, card: ModelCard) -> list[object]:
    cell, said = counted.cell, review.label_of(key)
    size = cell.nucleus_in_red_cells
    result, verdict = counted.result, counted.verdict
    return [
        counted.number, *cell.box, f"{cell.nucleus_px:.1f}",
        None if size is None else f"{size:.2f}", _yes(cell.touches_edge),
        counted.label, f"{counted.probability:.6f}", said or counted.label,
        _yes(said not in (None, counted.label)), _yes(review.is_seen(key)),
        _yes(counted.deferred), " ".join(verdict.reasons),
        None if verdict.prediction_set is None else "; ".join(verdict.prediction_set),
        *(f"{result.probabilities[name]:.6f}" for name in card.classes),
    ]  # fmt: skip


def _yes(told: bool) -> str:
    return "yes" if told else "no"


def differential_csv(
    fields: Iterable[CountedField],
    review: Review,
    target: int,
    card: ModelCard,
    threshold: float,
) -> str:
    """One line a class: what the model suggested beside what the reader made of it.

    Shares are empty below the number of leukocytes that allows them; a remark says so.

    Args:
        fields: counted with the model, at the threshold.
        review: the reader's changes.
        target: leukocytes that were to be counted.
        card: of the model.
        threshold: in force.
    """
    cells = cells_of(fields)
    suggested = differential([cell.label for cell in cells.values()], target)
    reviewed = differential(list(review.reviewed(cells).values()), target)
    model = [card.id, card.fingerprint, threshold_text(threshold)]
    listed: list[tuple[Row | Beside, Row | Beside]] = [
        *zip(suggested.rows, reviewed.rows, strict=True),
        *zip(suggested.beside, reviewed.beside, strict=True),
    ]
    rows: list[list[object]] = [
        [
            after.name,
            *_share(before, suggested),
            *_share(after, reviewed),
            PER_CENT if isinstance(after, Row) else PER_100,
            " ".join(flag.sentence for flag in after.flags) if isinstance(after, Row) else "",
            "",
        ]
        for before, after in listed
    ]
    totals = (
        ("Leukocytes", suggested.leukocytes, reviewed.leukocytes, reviewed.remark),
        (NOT_CLASSED, suggested.not_classed, reviewed.not_classed, ""),
        (NOT_A_CELL, suggested.not_cells, reviewed.not_cells, ""),
    )
    rows += [
        [name, before, *[None] * 3, after, *[None] * 3, CELLS, "", remark]
        for name, before, after, remark in totals
    ]
    return csv_for_people([*COUNT_COLUMNS, *MODEL_COLUMNS], [[*row, *model] for row in rows])


def _share(row: Row | Beside, counted: Differential) -> list[object]:
    if not counted.is_per_cent:
        return [row.n, None, None, None]
    if isinstance(row, Beside):
        values: list[float | None] = [row.per_100, row.low, row.high]
    else:
        values = [None if one is None else 100 * one for one in (row.share, row.low, row.high)]
    return [row.n, *(None if one is None else f"{one:.2f}" for one in values)]
