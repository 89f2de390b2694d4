"""Which cells must be looked at before a count may be called reviewed."""

from collections.abc import Iterable
from typing import Final

from leuko.cell_classes import BLAST
from leuko.differential.counted import CellKey, CountedCell, CountedField, cells_of
from leuko.differential.review import Review

UNSURE_FROM: Final = 0.5
"""Uncertainty from which the suggested class is no more probable than all others together."""


def must_be_seen(cell: CountedCell) -> bool:
    """Whether a reader has to look at a cell: a deferred or unsure one, and what may be a blast.

    It may be one where the model suggests a malignant class or its prediction set holds one.
    """
    named = {cell.label, *(cell.verdict.prediction_set or ())}
    may_be_malignant = bool(named & (cell.verdict.malignant | {BLAST}))
    return cell.deferred or cell.uncertainty >= UNSURE_FROM or may_be_malignant


def left_to_review(fields: Iterable[CountedField], review: Review) -> list[CellKey]:
    """Cells that must be seen and are not yet, in the order of the fields.

    Args:
        fields: that are counted.
        review: the reader's.
    """
    return [
        key
        for key, cell in cells_of(fields).items()
        if not review.is_seen(key) and must_be_seen(cell)
    ]


def is_reviewed(fields: Iterable[CountedField], review: Review) -> bool:
    """Whether nothing is left to look at; a count without cells is not reviewed."""
    listed = list(fields)
    return bool(cells_of(listed)) and not left_to_review(listed, review)
