"""Leukocytes of fields with what a model says of each, and how a cell is named."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from leuko.decision.verdict import Verdict
from leuko.inference.result import Result

if TYPE_CHECKING:  # a page that shows what was counted needs nothing of what finds cells
    from leuko.inspection.cells.found import Cell

CellKey = tuple[str, int]
"""A cell's identity everywhere: sha256 of its picture's file, number within the picture."""


@dataclass(frozen=True, eq=False)
class CountedCell:
    """One leukocyte of a field.

    Attributes:
        number: from 1, within its field, in the order in which cells were found.
        cell: where it lies.
        result: what the model says, its evidence over the cut that the network read.
        verdict: on it, at the threshold in force.
    """

    number: int
    cell: "Cell"
    result: Result
    verdict: Verdict

    @property
    def label(self) -> str:
        """The suggested class."""
        return self.result.label

    @property
    def probability(self) -> float:
        """Of the suggested class, in [0, 1]."""
        return self.result.probabilities[self.label]

    @property
    def uncertainty(self) -> float:
        """From 0, sure, to 1: what the suggested class leaves to all others."""
        return 1.0 - self.probability

    @property
    def deferred(self) -> bool:
        """Whether a person has to decide."""
        return self.verdict.deferred


@dataclass(frozen=True, eq=False)
class CountedField:
    """A picture with its leukocytes.

    Attributes:
        name: of the file, as the user gave it.
        sha256: of its bytes; empty where they could not be read.
        width_px, height_px: of the picture; 0 for one that cannot be read.
        cells: in the order of their numbers.
        red_cell_px: diameter of its red cells; None where these could not be measured.
        notes: what is to be known of the field as a whole, one sentence each.
        error: why it cannot be read, one sentence; there are no cells then.
        refused: whether it looks like no blood and so was not counted, until somebody insists.
    """

    name: str
    sha256: str
    width_px: int
    height_px: int
    cells: tuple[CountedCell, ...] = ()
    red_cell_px: float | None = None
    notes: tuple[str, ...] = ()
    error: str | None = None
    refused: bool = False

    def key(self, cell: CountedCell) -> CellKey:
        """The identity of one of its cells."""
        return self.sha256, cell.number

    @cached_property
    def by_key(self) -> Mapping[CellKey, CountedCell]:
        """Its cells by their identity, in order."""
        return {self.key(cell): cell for cell in self.cells}


def each_once(fields: Iterable[CountedField]) -> Iterator[CountedField]:
    """Fields without further copies of the same file, whose cells would be counted twice.

    Args:
        fields: in any order; what could not be read stays.
    """
    met: set[str] = set()
    for one in fields:
        if one.error is not None or one.sha256 not in met:
            yield one
        met.add(one.sha256)


def cells_of(fields: Iterable[CountedField]) -> dict[CellKey, CountedCell]:
    """All cells of fields by their identity, each once, in the order of the fields."""
    return {key: cell for one in fields for key, cell in one.by_key.items()}


def most_uncertain_first(cells: Mapping[CellKey, CountedCell]) -> list[CellKey]:
    """Identities in the order in which a reader looks: deferred ones first, then by uncertainty.

    Args:
        cells: of one class or of all; ties stay in their order.
    """
    return sorted(cells, key=lambda key: (not cells[key].deferred, -cells[key].uncertainty))
