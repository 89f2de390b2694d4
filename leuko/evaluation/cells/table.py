"""What a cell model said of cells whose label is known, be it fine or coarse, by laboratory."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np

from leuko.arrays import Booleans, Floats, Integers
from leuko.cell_classes import GROUPS, LABEL_SETS
from leuko.errors import PredictionsError
from leuko.evaluation.csv_columns import ColumnReader
from leuko.evaluation.predictions import (
    LONGEST_CAUSE,
    NAME_COLUMNS,
    PROBABILITY_PREFIX,
    check_columns,
    check_probabilities,
)
from leuko.imaging.filenames import display_name
from leuko.labels import ClassSet
from leuko.models.records import replace_file

LABORATORY: Final = "laboratory"
CELL_COLUMNS: Final = (LABORATORY, *NAME_COLUMNS)
LONGEST_NAME: Final = 80
"""Characters of the name of a laboratory."""
_REPORTED: Final = tuple(name for group, names in GROUPS.items() for name in (*names, group))


@dataclass(frozen=True, eq=False)
class CellPredictions:
    """What a model said of labelled cells; checked when built.

    Attributes:
        laboratories: where each cell was stained and photographed; empty where nobody says so.
        image_ids: one name a cell, all different within a laboratory.
        group_ids: what each cell belongs to, such as a subject or a field.
        labels: a class of the model, or a coarse label of ``cell_classes.LABEL_SETS``.
        probabilities: float64 (n, k), in the order of ``classes.names``; rows sum to 1.
        classes: the classes and which of them are malignant.

    Raises:
        PredictionsError: when a rule above is broken; the message names the first cell at fault.
    """

    laboratories: tuple[str, ...]
    image_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: Floats
    classes: ClassSet

    def __post_init__(self) -> None:
        table = np.array(self.probabilities, dtype=np.float64)  # (n, k)
        table.setflags(write=False)
        object.__setattr__(self, "probabilities", table)
        _check_names(self)
        check_probabilities(table, self.image_ids, self.classes)

    @property
    def n(self) -> int:
        """Number of cells."""
        return len(self.image_ids)

    @cached_property
    def laboratory_names(self) -> tuple[str, ...]:
        """The laboratories, by name."""
        return tuple(sorted(set(self.laboratories)))

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """The labels that occur, as they are reported: a group after its classes, wider last."""
        order = dict.fromkeys((*_REPORTED, *LABEL_SETS, *self.classes.names))
        present = set(self.labels)
        return tuple(name for name in order if name in present)

    @cached_property
    def label_indices(self) -> Integers:
        """Position of each cell's label in ``label_names``, int64 (n,)."""
        place = {name: index for index, name in enumerate(self.label_names)}
        return np.fromiter((place[label] for label in self.labels), np.int64, self.n)

    @cached_property
    def malignant_probability(self) -> Floats:
        """Probability of any malignant class, float64 (n,), in [0, 1]."""
        malignant = self.probabilities[:, list(self.classes.malignant_indices)].sum(axis=1)
        return np.asarray(malignant / self.probabilities.sum(axis=1), dtype=np.float64)

    @cached_property
    def is_malignant(self) -> Booleans:
        """Cells that are known to be malignant, bool (n,)."""
        return self._where([set(names) <= self.classes.malignant for names in self._members])

    @cached_property
    def is_not_malignant(self) -> Booleans:
        """Cells that are known not to be malignant, bool (n,)."""
        return self._where([not set(names) & self.classes.malignant for names in self._members])

    def suggested_indices(self, threshold: float) -> Integers:
        """Position of the suggested class of each cell, int64 (n,).

        The rule of :meth:`leuko.labels.ClassSet.suggest`: the side first, by P(malignant) against
        the threshold, then the most probable class of that side.
        """
        malignant = np.isin(np.arange(len(self.classes.names)), self.classes.malignant_indices)
        side = self.malignant_probability >= threshold  # (n,)
        allowed = malignant[None, :] == side[:, None]  # (n, k)
        best: Integers = np.where(allowed, self.probabilities, -1.0).argmax(axis=1).astype(np.int64)
        return best

    def agrees(self, suggested: Integers) -> Booleans:
        """Whether each suggested class is one of those that the cell's label stands for, (n,)."""
        names = self.classes.names
        fits = np.array([[name in members for name in names] for members in self._members])
        return np.asarray(fits[self.label_indices, suggested], dtype=np.bool_)

    def where(self, chosen: Booleans) -> "CellPredictions":
        """The cells chosen by a mask, bool (n,), at least one."""
        places = np.flatnonzero(chosen).tolist()
        columns = (self.laboratories, self.image_ids, self.group_ids, self.labels)
        laboratories, images, groups, labels = (tuple(one[i] for i in places) for one in columns)
        rows = self.probabilities[places]
        return CellPredictions(laboratories, images, groups, labels, rows, self.classes)

    def of(self, laboratory: str) -> "CellPredictions":
        """The cells of one laboratory."""
        return self.where(np.array([name == laboratory for name in self.laboratories]))

    @cached_property
    def _members(self) -> list[tuple[str, ...]]:
        return [classes_of(label, self.classes) for label in self.label_names]

    def _where(self, of_labels: Sequence[bool]) -> Booleans:
        return np.asarray(np.array(of_labels)[self.label_indices], dtype=np.bool_)


def classes_of(label: str, classes: ClassSet) -> tuple[str, ...]:
    """The classes of a model that a label stands for; none for what is no label.

    Args:
        label: a class of the model, or a label of ``cell_classes.LABEL_SETS``.
        classes: of the model.
    """
    if label in classes.names:
        return (label,)
    return tuple(name for name in LABEL_SETS.get(label, ()) if name in classes.names)


def _check_names(table: CellPredictions) -> None:
    columns = (table.laboratories, table.image_ids, table.group_ids, table.labels)
    if not table.image_ids:
        raise PredictionsError("The table has no rows: evaluate the model on labelled cells.")
    if len({len(column) for column in columns}) > 1:
        counts = ", ".join(str(len(column)) for column in columns)
        raise PredictionsError(
            f"There are {counts} laboratories, image ids, group ids and labels: give one of each "
            "a cell."
        )
    known = {label for label in set(table.labels) if classes_of(label, table.classes)}
    seen: set[tuple[str, str]] = set()
    for laboratory, image_id, group_id, label in zip(*columns, strict=True):
        if not image_id or not group_id:
            raise PredictionsError(
                f"Row {len(seen) + 1} has no image id or no group id: evaluate the model again."
            )
        if len(laboratory) > LONGEST_NAME:
            raise PredictionsError(
                f"Cell '{image_id}' names a laboratory with {len(laboratory)} letters: use at most "
                f"{LONGEST_NAME}."
            )
        if (laboratory, image_id) in seen:
            raise PredictionsError(
                f"Cell '{image_id}' stands in the table twice: keep one row a cell."
            )
        if label not in known:
            raise PredictionsError(
                f"Cell '{image_id}' has the label '{label}', but the model knows "
                f"{', '.join(table.classes.names)}, or names that stand for several of them: "
                "correct the label or the card."
            )
        seen.add((laboratory, image_id))


def write_cell_predictions(table: CellPredictions, path: Path) -> None:
    """Write the table that :func:`read_cell_predictions` reads.

    Args:
        table: one row a cell; probabilities keep nine digits.
        path: the CSV file; replaced when it exists, whole or not at all.
    """
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*CELL_COLUMNS, *(PROBABILITY_PREFIX + name for name in table.classes.names)])
    columns = (table.laboratories, table.image_ids, table.group_ids, table.labels)
    for *names, row in zip(*columns, table.probabilities, strict=True):
        writer.writerow([*names, *(f"{value:.9g}" for value in row)])
    replace_file(path, stream.getvalue().encode())


def read_cell_predictions(
    path: Path, classes: ClassSet, *, needs_laboratory: bool = True
) -> CellPredictions:
    """Read a table of labelled cells and check every row.

    Args:
        path: CSV with the columns ``laboratory``, ``image_id``, ``group_id``, ``label`` and one
            ``probability_<class>`` a class; other columns are ignored.
        classes: the classes that the model's card names.
        needs_laboratory: whether the column ``laboratory`` must be there; without it all cells
            are of the laboratory with the empty name.

    Raises:
        PredictionsError: one sentence that says what is wrong and what mends it; also where the
            table is larger than :mod:`leuko.evaluation.csv_columns` allows.
    """
    reader = ColumnReader(path)
    header = reader.header()
    has_laboratory = needs_laboratory or LABORATORY in header
    names = CELL_COLUMNS if has_laboratory else NAME_COLUMNS
    check_columns(header, names, classes, reader.where)
    found = reader.columns(names, [PROBABILITY_PREFIX + name for name in classes.names])
    images, groups, labels = (found.texts[name] for name in NAME_COLUMNS)
    laboratories = found.texts[LABORATORY] if has_laboratory else ("",) * len(images)
    try:
        if needs_laboratory:
            _check_laboratories(laboratories, images)
        return CellPredictions(laboratories, images, groups, labels, found.numbers, classes)
    except PredictionsError as problem:
        cause = display_name(str(problem), LONGEST_CAUSE)
        raise PredictionsError(f"{reader.where}: {cause}") from None


def _check_laboratories(laboratories: Sequence[str], image_ids: Sequence[str]) -> None:
    if "" in laboratories:
        first = image_ids[laboratories.index("")]
        raise PredictionsError(f"Cell '{first}' names no laboratory: evaluate the model again.")
