"""Held-out predictions of one model: the table from which every figure is computed."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import TextIOWrapper
from pathlib import Path

import numpy as np

from leuko.arrays import Booleans, Floats, Integers
from leuko.errors import PredictionsError
from leuko.imaging.filenames import display_name
from leuko.labels import ClassSet
from leuko.models.bounded_read import LARGEST_TABLE_BYTES, open_bounded
from leuko.models.records import replace_file

NAME_COLUMNS = ("image_id", "group_id", "label")
PROBABILITY_PREFIX = "probability_"
SUM_TOLERANCE = 1e-4
TIE_TOLERANCE = 1e-12
LONGEST_CAUSE = 400
"""Characters of what is told of a table, which may hold names of any length."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model said about test images whose true class is known; checked when built.

    Attributes:
        image_ids: one name an image, all different.
        group_ids: what each image belongs to (a subject, an acquisition block); an image that
            stands alone is its own group.
        labels: true class of each image, by name.
        probabilities: float64 (n, k), in the order of ``classes.names``; rows sum to 1.
        classes: the classes and which of them are malignant.

    Raises:
        PredictionsError: when a rule above is broken; the message names the first image at fault.
    """

    image_ids: tuple[str, ...]
    group_ids: tuple[str, ...]
    labels: tuple[str, ...]
    probabilities: Floats
    classes: ClassSet

    def __post_init__(self) -> None:
        table = np.array(self.probabilities, dtype=np.float64)  # (n, k)
        table.setflags(write=False)
        object.__setattr__(self, "probabilities", table)
        _check_names(self.image_ids, self.group_ids, self.labels, self.classes)
        _check_probabilities(table, self.image_ids, self.classes)

    @property
    def n(self) -> int:
        """Number of images."""
        return len(self.image_ids)

    @cached_property
    def n_groups(self) -> int:
        """Number of different groups."""
        return len(set(self.group_ids))

    @property
    def has_groups(self) -> bool:
        """Whether some group has more than one image, so that images are not independent."""
        return self.n_groups < self.n

    @cached_property
    def group_indices(self) -> Integers:
        """Group of each image as a number from 0, int64 (n,)."""
        _, inverse = np.unique(np.array(self.group_ids, dtype=str), return_inverse=True)
        return np.asarray(inverse, dtype=np.int64)

    @cached_property
    def label_indices(self) -> Integers:
        """Position of the true class of each image, int64 (n,)."""
        position = {name: index for index, name in enumerate(self.classes.names)}
        return np.array([position[label] for label in self.labels], dtype=np.int64)

    @cached_property
    def predicted_indices(self) -> Integers:
        """Position of the most probable class of each image, int64 (n,).

        A tie goes to a malignant class, so that for two classes this agrees with
        ``malignant_probability >= 0.5``.
        """
        favour = np.zeros(len(self.classes.names))
        favour[list(self.classes.malignant_indices)] = TIE_TOLERANCE
        return np.asarray(np.argmax(self.probabilities + favour, axis=1), dtype=np.int64)

    def suggested_indices(self, threshold: float) -> Integers:
        """Position of the class that the application suggests for each image, int64 (n,).

        The rule of :meth:`leuko.labels.ClassSet.suggest`: the side first, by P(malignant) against
        the threshold, then the most probable class of that side.

        Args:
            threshold: in [0, 1].
        """
        malignant = np.isin(np.arange(len(self.classes.names)), self.classes.malignant_indices)
        side = self.malignant_probability >= threshold  # (n,)
        allowed = malignant[None, :] == side[:, None]  # (n, k)
        best: Integers = np.where(allowed, self.probabilities, -1.0).argmax(axis=1).astype(np.int64)
        return best

    @cached_property
    def is_malignant(self) -> Booleans:
        """Whether the true class of each image is malignant, bool (n,)."""
        return np.isin(self.label_indices, self.classes.malignant_indices)

    @cached_property
    def malignant_probability(self) -> Floats:
        """Probability that an image shows any malignant class, float64 (n,), in [0, 1]."""
        malignant = self.probabilities[:, list(self.classes.malignant_indices)].sum(axis=1)
        total = self.probabilities.sum(axis=1)
        return np.asarray(malignant / total, dtype=np.float64)


def _check_names(
    image_ids: Sequence[str], group_ids: Sequence[str], labels: Sequence[str], classes: ClassSet
) -> None:
    if not image_ids:
        raise PredictionsError("The table has no rows: evaluate the model on its test images.")
    if not len(image_ids) == len(group_ids) == len(labels):
        raise PredictionsError(
            f"There are {len(image_ids)} image ids, {len(group_ids)} group ids and {len(labels)} "
            "labels: give one of each an image."
        )
    seen: set[str] = set()
    for image_id, group_id, label in zip(image_ids, group_ids, labels, strict=True):
        if not image_id or not group_id:
            raise PredictionsError(
                f"Row {len(seen) + 1} has no image id or no group id: evaluate the model again."
            )
        if image_id in seen:
            raise PredictionsError(
                f"Image '{image_id}' stands in the table twice: keep one row an image."
            )
        if label not in classes.names:
            raise PredictionsError(
                f"Image '{image_id}' has the label '{label}', but the model knows "
                f"{', '.join(classes.names)}: correct the label or the card."
            )
        seen.add(image_id)


def _check_probabilities(table: Floats, image_ids: Sequence[str], classes: ClassSet) -> None:
    expected = (len(image_ids), len(classes.names))
    if table.shape != expected:
        raise PredictionsError(
            f"The probabilities have the shape {table.shape}, expected {expected}: give one row "
            "an image and one column a class."
        )
    checks = (
        (~np.isfinite(table).all(axis=1), "has a probability that is no number"),
        (((table < 0) | (table > 1)).any(axis=1), "has a probability outside 0 to 1"),
        (np.abs(table.sum(axis=1) - 1) > SUM_TOLERANCE, "has probabilities that do not sum to 1"),
    )
    for broken, what in checks:
        if broken.any():
            first = int(np.argmax(broken))
            raise PredictionsError(
                f"Image '{image_ids[first]}' {what} ({int(broken.sum())} such rows): evaluate the "
                "model again."
            )


def write_predictions(predictions: Predictions, path: Path) -> None:
    """Write the table that ``read_predictions`` reads.

    Args:
        predictions: one row an image; probabilities keep the nine digits that single precision
            needs.
        path: the CSV file; replaced when it exists, whole or not at all.
    """
    names = [PROBABILITY_PREFIX + name for name in predictions.classes.names]
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([*NAME_COLUMNS, *names])
    for row in range(predictions.n):
        writer.writerow(
            [
                predictions.image_ids[row],
                predictions.group_ids[row],
                predictions.labels[row],
                *(f"{value:.9g}" for value in predictions.probabilities[row]),
            ]
        )
    replace_file(path, stream.getvalue().encode())


def read_predictions(path: Path, classes: ClassSet) -> Predictions:
    """Read a table of held-out predictions and check every row.

    Args:
        path: CSV with the columns ``image_id``, ``group_id``, ``label`` and one
            ``probability_<class>`` a class; other columns are ignored.
        classes: the classes that the model's card names.

    Raises:
        PredictionsError: one sentence that says what is wrong and what mends it.
    """
    where = f"{path.parent.name}/{path.name}"
    columns = _read_text_table(path, where)
    _check_columns(list(columns), classes, where)
    wanted = [PROBABILITY_PREFIX + name for name in classes.names]
    try:
        return Predictions(
            image_ids=tuple(columns["image_id"]),
            group_ids=tuple(columns["group_id"]),
            labels=tuple(columns["label"]),
            probabilities=np.column_stack([_numbers(columns[name]) for name in wanted]),
            classes=classes,
        )
    except PredictionsError as problem:
        raise PredictionsError(f"{where}: {display_name(str(problem), LONGEST_CAUSE)}") from None


def _read_text_table(path: Path, where: str) -> dict[str, list[str]]:
    """Columns of a CSV file as text; the csv module, for it is there before pandas is."""
    try:
        with (
            open_bounded(path, LARGEST_TABLE_BYTES) as content,
            TextIOWrapper(content, encoding="utf-8-sig", newline="") as stream,
        ):
            rows = [row for row in csv.reader(stream, strict=True) if row]
    except FileNotFoundError:
        raise PredictionsError(
            f"{where} is missing: evaluate the model on its test images to make it."
        ) from None
    except (OSError, ValueError, csv.Error) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise PredictionsError(
            f"{where} cannot be read as a CSV table: evaluate the model again. ({reason})"
        ) from problem
    if not rows:
        raise PredictionsError(f"{where} is empty: evaluate the model again.")
    header, *body = rows
    for number, row in enumerate(body, start=2):
        if len(row) != len(header):
            raise PredictionsError(
                f"{where} cannot be read as a CSV table: line {number} has {len(row)} values, "
                f"the header has {len(header)}; evaluate the model again."
            )
    return {name: [row[index] for row in body] for index, name in enumerate(header)}


def _check_columns(present: Sequence[str], classes: ClassSet, where: str) -> None:
    needed = [*NAME_COLUMNS, *(PROBABILITY_PREFIX + name for name in classes.names)]
    for column in needed:
        if column not in present:
            found = display_name(", ".join(present[:12]), LONGEST_CAUSE)
            raise PredictionsError(
                f"{where} has no column '{column}', found {found}: evaluate the "
                "model again with the card that lies beside the table."
            )
    for column in present:
        if column.startswith(PROBABILITY_PREFIX) and column not in needed:
            raise PredictionsError(
                f"{where} has the column '{display_name(column)}', but the model knows "
                f"{', '.join(classes.names)}: correct the table or the card."
            )


def _numbers(texts: Sequence[str]) -> Floats:
    """Numbers of a column; what is no number becomes NaN, which the checks then name."""
    values = np.full(len(texts), np.nan)
    for index, text in enumerate(texts):
        try:
            values[index] = float(text)
        except ValueError:
            continue
    return values
