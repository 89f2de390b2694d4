"""What a cell model is worth in a laboratory that it never saw: the left-out-laboratory table.

For each laboratory a twin of the model was trained without it and then read all of its cells. A
class that only one laboratory brought cannot be told from that laboratory by any split of pooled
pictures; a twin has no such way out.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from leuko.evaluation.cells.figures import CellFigures, cell_figures, label_recalls
from leuko.evaluation.cells.recalls import Recalls
from leuko.evaluation.cells.table import (
    CellPredictions,
    read_cell_predictions,
    write_cell_predictions,
)
from leuko.labels import ClassSet
from leuko.statistics.estimate import Estimate, IntervalMethod, supported_digits
from leuko.statistics.intervals import RESAMPLES, percentile_interval

LEFT_OUT_FILE: Final = "left_out_predictions.csv"
NO_LABORATORY = "no laboratory with two labels"


@dataclass(frozen=True)
class LeftOutFigures:
    """Figures of the twins of one model, each on the laboratory that it never saw.

    Attributes:
        classes: of the model.
        threshold: of the model's card, at which the twins decide too.
        laboratories: one after the other, by name.
        balanced_accuracy: mean over the laboratories of their balanced accuracy, so that each
            counts the same however many cells it has; the one figure to rank models by.
        resamples, seed: of the bootstrap.
    """

    classes: ClassSet
    threshold: float
    laboratories: tuple[CellFigures, ...]
    balanced_accuracy: Estimate
    resamples: int
    seed: int

    @property
    def measured(self) -> tuple[CellFigures, ...]:
        """Laboratories with cells of two labels or more, over which the mean is taken."""
        return tuple(one for one in self.laboratories if one.balanced_accuracy.value is not None)

    @property
    def digits(self) -> int:
        """Decimals that the mean supports: those of the smallest laboratory in it."""
        return min((one.digits for one in self.measured), default=supported_digits(0))


def read_left_out(folder: Path, classes: ClassSet) -> CellPredictions:
    """Read and check what the twins said.

    Args:
        folder: of the model.
        classes: the classes that the model's card names.

    Raises:
        PredictionsError: when the table is missing, too large or breaks a rule.
    """
    return read_cell_predictions(folder / LEFT_OUT_FILE, classes)


def write_left_out_predictions(predictions: CellPredictions, folder: Path) -> Path:
    """Write what the twins said into the folder of the model; gives the path of the file.

    Args:
        predictions: for each laboratory, of a twin trained without it, all of its cells.
        folder: of the model; exists.

    Raises:
        ValueError: when a cell names no laboratory.
        OSError: when the file cannot be written.
    """
    if "" in predictions.laboratory_names:
        raise ValueError("a cell names no laboratory")
    path = folder / LEFT_OUT_FILE
    write_cell_predictions(predictions, path)
    return path


def left_out_figures(
    predictions: CellPredictions,
    threshold: float,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> LeftOutFigures:
    """Figures for each laboratory, and their mean.

    Args:
        predictions: of the twins.
        threshold: P(malignant) at or above which a cell is called malignant.
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """
    names = predictions.laboratory_names
    tables = {name: predictions.of(name) for name in names}
    recalls = {
        name: label_recalls(table, table.suggested_indices(threshold), seed + place, resamples)
        for place, (name, table) in enumerate(tables.items())
    }
    figures = tuple(
        cell_figures(table, threshold, name, seed + place, resamples)
        for place, (name, table) in enumerate(tables.items())
    )
    return LeftOutFigures(
        classes=predictions.classes,
        threshold=threshold,
        laboratories=figures,
        balanced_accuracy=_mean_over(recalls, figures),
        resamples=resamples,
        seed=seed,
    )


def _mean_over(recalls: dict[str, Recalls], figures: tuple[CellFigures, ...]) -> Estimate:
    """Mean of the balanced accuracies; laboratories are independent and resampled each on its own.

    The laboratories themselves are as they are: the interval says nothing of one more.
    """
    found = [one for one in figures if one.balanced_accuracy.value is not None]
    values = [
        one.balanced_accuracy.value for one in found if one.balanced_accuracy.value is not None
    ]
    if not values:
        return Estimate(None, reason=NO_LABORATORY)
    mean, units = float(np.mean(values)), min(one.balanced_accuracy.units for one in found)
    for one in found:
        if one.balanced_accuracy.low is None:
            reason = f"{one.laboratory}: {one.balanced_accuracy.reason}"
            return Estimate(mean, reason=reason, units=units)
    drawn = np.mean([recalls[one.laboratory].drawn_means for one in found], axis=0)
    limits = percentile_interval(drawn)
    if limits is None:
        return Estimate(mean, reason="too few groups hold a case", units=units)
    number = len(found)
    words = f"bootstrap within {number} laborator{'y' if number == 1 else 'ies'}"
    return Estimate(mean, *limits, method=words, units=units, interval=IntervalMethod.BOOTSTRAP)
