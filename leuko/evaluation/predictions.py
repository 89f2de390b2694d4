"""Held-out predictions of one model: the table from which every figure is computed."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from leuko.arrays import Booleans, Floats, Integers
from leuko.errors import PredictionsError
from leuko.evaluation.csv_columns import ColumnReader
from leuko.imaging.filenames import display_name
from leuko.labels import ClassSet
from leuko.models.records import replace_file
from leuko.statistics.large_samples import BLOCKS, EXACT_IMAGES, random_blocks, score_levels

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
        check_probabilities(table, self.image_ids, self.classes)

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
        position = {name: index for index, name in enumerate(sorted(set(self.group_ids)))}
        return np.fromiter((position[name] for name in self.group_ids), np.int64, self.n)

    @property
    def is_large(self) -> bool:
        """Whether resampling draws blocks and levels; see :mod:`leuko.statistics.large_samples`."""
        return self.n > EXACT_IMAGES

    @property
    def n_drawn(self) -> int:
        """Number of units that a resample draws: the groups, or random blocks of them."""
        return min(self.n_groups, BLOCKS) if self.is_large else self.n_groups

    @cached_property
    def drawn_indices(self) -> Integers:
        """Which of the units that a resample draws each image belongs to, int64 (n,)."""
        if self.n_drawn == self.n_groups:
            return self.group_indices
        return random_blocks(self.group_indices, self.n_groups, self.n_drawn)

    def ranking_scores(self, scores: Floats) -> Floats:
        """Scores as resamples rank them: as they are, or by levels in a large table, (n,)."""
        return score_levels(scores) if self.is_large else scores

    @cached_property
    def label_indices(self) -> Integers:
        """Position of the true class of each image, int64 (n,)."""
        position = {name: index for index, name in enumerate(self.classes.names)}
        return np.fromiter((position[label] for label in self.labels), np.int64, self.n)

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


def check_probabilities(table: Floats, image_ids: Sequence[str], classes: ClassSet) -> None:
    """Refuse what is no table of probabilities.

    Args:
        table: float64 (n, k).
        image_ids: n names, for the sentence.
        classes: k classes.

    Raises:
        PredictionsError: when the shape is another, or a row holds no probabilities that sum to 1.
    """
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
        PredictionsError: one sentence that says what is wrong and what mends it; also where the
            table is larger than :mod:`leuko.evaluation.csv_columns` allows.
    """
    reader = ColumnReader(path)
    check_columns(reader.header(), NAME_COLUMNS, classes, reader.where)
    columns = reader.columns(NAME_COLUMNS, [PROBABILITY_PREFIX + name for name in classes.names])
    image_ids, group_ids, labels = (columns.texts[name] for name in NAME_COLUMNS)
    try:
        return Predictions(image_ids, group_ids, labels, columns.numbers, classes)
    except PredictionsError as problem:
        cause = display_name(str(problem), LONGEST_CAUSE)
        raise PredictionsError(f"{reader.where}: {cause}") from None


def check_columns(
    present: Sequence[str], names: Sequence[str], classes: ClassSet, where: str
) -> None:
    """Refuse a table whose columns do not fit the model.

    Args:
        present: titles of its columns.
        names: titles of the columns of text that it must have.
        classes: the classes that the model's card names.
        where: folder and name of the file, for the sentence.

    Raises:
        PredictionsError: when a column is missing, stands there twice, or is of another class.
    """
    needed = [*names, *(PROBABILITY_PREFIX + name for name in classes.names)]
    for column in needed:
        if present.count(column) > 1:
            raise PredictionsError(
                f"{where} has the column '{column}' {present.count(column)} times: keep one of "
                "them."
            )
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
