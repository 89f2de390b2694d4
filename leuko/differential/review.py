"""What a reader changed: a history that only grows, so that any step can be undone and told."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from leuko.cell_classes import CELL_CLASSES
from leuko.differential.counted import CellKey, CountedCell

NOT_A_CELL: Final = "Not a cell"
"""Dirt, a smudge or a piece of a cell: it leaves the count."""
NOT_CLASSED: Final = "Not classed"
"""A cell whose class the reader leaves open: it leaves the per cent and is named beside it."""
READER_LABELS: Final[tuple[str, ...]] = (*CELL_CLASSES, NOT_CLASSED, NOT_A_CELL)
"""All that a reader may say of a cell, in the order in which it is listed."""


@dataclass(frozen=True)
class Change:
    """One step of a review.

    Attributes:
        keys: the cells that changed.
        labels: theirs from now on, in the order of ``keys``; None for the suggestion.
        previous: theirs before.
        reader: who changed them; empty where nobody signed in.
        action: what was done; ``undo`` and ``redo`` are steps of the history as well.
    """

    keys: tuple[CellKey, ...]
    labels: tuple[str | None, ...]
    previous: tuple[str | None, ...]
    reader: str = ""
    action: Literal["apply", "undo", "redo"] = "apply"


@dataclass(frozen=True)
class Review:
    """A reader's labels for cells; a value: every method gives a new one.

    Attributes:
        history: all steps, the oldest first; never shortened.
        labels: what the reader says, by cell; cells without an entry keep their suggestion.
        looked_at: cells that the reader has seen.
    """

    history: tuple[Change, ...] = ()
    labels: Mapping[CellKey, str] = field(default_factory=dict)
    looked_at: frozenset[CellKey] = frozenset()
    _done: tuple[Change, ...] = ()
    _undone: tuple[Change, ...] = ()

    def apply(self, keys: Iterable[CellKey], label: str, reader: str = "") -> "Review":
        """Give cells a label; they count as seen, and what was undone cannot be redone any more.

        Args:
            keys: one cell or many; those that bear the label already are seen, not changed.
            label: one of ``READER_LABELS``.
            reader: who does it.

        Raises:
            ValueError: for a label that is none.
        """
        if label not in READER_LABELS:
            raise ValueError(f"{label!r} is none of {', '.join(READER_LABELS)}")
        given = tuple(dict.fromkeys(keys))
        changed = tuple(key for key in given if self.labels.get(key) != label)
        if not changed:
            return self.seen(given)
        before = tuple(self.labels.get(key) for key in changed)
        step = Change(changed, (label,) * len(changed), before, reader)
        after = replace(self._with(step), _done=(*self._done, step), _undone=())
        return after.seen(given)

    def undo(self, reader: str = "") -> "Review":
        """Take the last change back; without one, the review as it is. What was seen stays seen."""
        if not self._done:
            return self
        last = self._done[-1]
        step = Change(last.keys, last.previous, last.labels, reader, "undo")
        return replace(self._with(step), _done=self._done[:-1], _undone=(*self._undone, last))

    def redo(self, reader: str = "") -> "Review":
        """Do again what was undone last; without that, the review as it is."""
        if not self._undone:
            return self
        last = self._undone[-1]
        step = replace(last, reader=reader, action="redo")
        return replace(self._with(step), _done=(*self._done, last), _undone=self._undone[:-1])

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to do again."""
        return bool(self._undone)

    def seen(self, keys: Iterable[CellKey]) -> "Review":
        """Remember that the reader has looked at cells."""
        looked_at = self.looked_at.union(keys)
        return self if looked_at == self.looked_at else replace(self, looked_at=looked_at)

    def is_seen(self, key: CellKey) -> bool:
        """Whether the reader has looked at a cell."""
        return key in self.looked_at

    def label_of(self, key: CellKey) -> str | None:
        """What the reader says of a cell; None where the suggestion stands."""
        return self.labels.get(key)

    def reviewed(self, cells: Mapping[CellKey, CountedCell]) -> dict[CellKey, str]:
        """The label of every cell: the reader's, or the suggestion where there is none.

        Args:
            cells: see :func:`leuko.differential.counted.cells_of`.
        """
        return {key: self.labels.get(key, cell.label) for key, cell in cells.items()}

    def _with(self, step: Change) -> "Review":
        labels = dict(self.labels)
        for key, label in zip(step.keys, step.labels, strict=True):
            if label is None:
                labels.pop(key, None)
            else:
                labels[key] = label
        return replace(self, history=(*self.history, step), labels=labels)
