"""Metrics as fractions of counts, for one table or for many resampled ones at once.

A fraction whose denominator is 0 is NaN in here and "not measurable" outside, never 0.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats, Integers
from leuko.evaluation.predictions import Predictions


@dataclass(frozen=True)
class Fraction:
    """Hits and trials of one metric, of any matching shape; ``value`` is NaN without trials."""

    hits: Floats
    trials: Floats

    @property
    def value(self) -> Floats:
        """Hits by trials."""
        hits, trials = np.broadcast_arrays(self.hits, self.trials)
        out = np.full(trials.shape, np.nan)
        np.divide(hits, trials, out=out, where=trials > 0)
        return out


@dataclass(frozen=True)
class Outcomes:
    """A two-by-two table, or many of them.

    Attributes:
        true_positives, false_negatives, false_positives, true_negatives: counts of images.
    """

    true_positives: Floats
    false_negatives: Floats
    false_positives: Floats
    true_negatives: Floats

    @property
    def cases(self) -> Floats:
        """Images that truly belong to the positive class."""
        return self.true_positives + self.false_negatives

    def accuracy(self) -> Fraction:
        """(TP + TN) / all."""
        right = self.true_positives + self.true_negatives
        return Fraction(right, right + self.false_positives + self.false_negatives)

    def sensitivity(self) -> Fraction:
        """TP / (TP + FN)."""
        return Fraction(self.true_positives, self.cases)

    def specificity(self) -> Fraction:
        """TN / (TN + FP)."""
        return Fraction(self.true_negatives, self.true_negatives + self.false_positives)

    def precision(self) -> Fraction:
        """TP / (TP + FP)."""
        return Fraction(self.true_positives, self.true_positives + self.false_positives)

    def f1(self) -> Fraction:
        """2 TP / (2 TP + FP + FN)."""
        twice = 2 * self.true_positives
        return Fraction(twice, twice + self.false_positives + self.false_negatives)

    def measured(self, metric: "Metric") -> Floats:
        """Value of a metric; NaN for precision and F1 where no image belongs to the class.

        Without a single case both would be 0 by arithmetic, and an absent class would look like
        a failed one.
        """
        value = metric(self).value
        if metric in (Outcomes.precision, Outcomes.f1):
            return np.where(self.cases > 0, value, np.nan)
        return value


Metric = Callable[[Outcomes], Fraction]


@dataclass(frozen=True)
class Cells:
    """Counts of images by true class, suggested class and binary suggestion.

    Attributes:
        counts: (..., k, k, 2); axes are the true class, the suggested class, and whether
            P(malignant) reached the threshold.
        malignant: positions of the malignant classes.
    """

    counts: Floats
    malignant: tuple[int, ...]

    @property
    def confusion(self) -> Floats:
        """(..., k, k), rows the true class, columns the suggested one."""
        return np.asarray(self.counts.sum(axis=-1), dtype=np.float64)

    def binary(self) -> Outcomes:
        """Malignant against benign, as decided by the threshold."""
        by_truth = self.counts.sum(axis=-2)  # (..., k, 2)
        diseased = by_truth[..., list(self.malignant), :].sum(axis=-2)
        sound = by_truth.sum(axis=-2) - diseased
        return Outcomes(diseased[..., 1], diseased[..., 0], sound[..., 1], sound[..., 0])

    def one_versus_rest(self, position: int) -> Outcomes:
        """One class against all others, as decided by the suggested class."""
        table = self.confusion
        hits = table[..., position, position]
        missed = table[..., position, :].sum(axis=-1) - hits
        wrong = table[..., :, position].sum(axis=-1) - hits
        return Outcomes(hits, missed, wrong, table.sum(axis=(-2, -1)) - hits - missed - wrong)

    def right_class(self) -> Fraction:
        """Share of images whose suggested class is the true one."""
        table = self.confusion
        return Fraction(np.trace(table, axis1=-2, axis2=-1), table.sum(axis=(-2, -1)))

    def mean_over_classes(self, metric: Metric) -> Floats:
        """Unweighted mean of a one-versus-rest metric; NaN where any class has none."""
        classes = range(self.counts.shape[-2])
        values = [self.one_versus_rest(position).measured(metric) for position in classes]
        return np.asarray(np.mean(values, axis=0), dtype=np.float64)


@dataclass(frozen=True, eq=False)
class ImageCells:
    """The cell of the table of counts that each image belongs to.

    Attributes:
        codes: (n,), position among the k * k * 2 cells.
        classes: number of classes k.
        malignant: positions of the malignant classes.
    """

    codes: Integers
    classes: int
    malignant: tuple[int, ...]

    @classmethod
    def of(cls, predictions: Predictions, threshold: float) -> "ImageCells":
        """Find the cell of each image.

        Args:
            predictions: checked predictions of n images.
            threshold: P(malignant) at or above which an image counts as suggested malignant.
        """
        k = len(predictions.classes.names)
        reached = (predictions.malignant_probability >= threshold).astype(np.int64)
        where = (predictions.label_indices, predictions.suggested_indices(threshold), reached)
        codes = np.ravel_multi_index(where, (k, k, 2)).astype(np.int64)
        return cls(codes, k, predictions.classes.malignant_indices)

    @property
    def kinds(self) -> Cells:
        """One image of each cell, (k * k * 2, k, k, 2)."""
        cells = self.classes**2 * 2
        return self._shaped(np.eye(cells), cells)

    def counted(self, members: Integers, number: int) -> Cells:
        """Count the images of each unit.

        Args:
            members: (n,), unit of each image, from 0.
            number: of units.

        Returns:
            Counts of shape (number, k, k, 2).
        """
        cells = self.classes**2 * 2
        counts = np.bincount(members * cells + self.codes, minlength=number * cells)
        return self._shaped(counts.astype(np.float64), number)

    def _shaped(self, counts: Floats, number: int) -> Cells:
        return Cells(counts.reshape(number, self.classes, self.classes, 2), self.malignant)


def cells_by_group(predictions: Predictions, threshold: float) -> Cells:
    """Count the images of each group.

    Args:
        predictions: checked predictions of n images in G groups.
        threshold: P(malignant) at or above which an image counts as suggested malignant.

    Returns:
        Counts of shape (G, k, k, 2).
    """
    cells = ImageCells.of(predictions, threshold)
    return cells.counted(predictions.group_indices, predictions.n_groups)
