"""What a cell model is worth on held-out cells of laboratories that it knows."""

from dataclasses import dataclass

from leuko.evaluation.cells.figures import CellFigures, cell_figures
from leuko.evaluation.cells.table import CellPredictions
from leuko.labels import ClassSet
from leuko.statistics.intervals import RESAMPLES


@dataclass(frozen=True)
class PooledFigures:
    """Figures on held-out cells.

    Attributes:
        classes: of the model.
        threshold: at which it decides.
        everyone: all cells together.
        laboratories: one after the other, by name; none where the table does not name them.
    """

    classes: ClassSet
    threshold: float
    everyone: CellFigures
    laboratories: tuple[CellFigures, ...]


def pooled_figures(
    predictions: CellPredictions, threshold: float, seed: int = 0, resamples: int = RESAMPLES
) -> PooledFigures:
    """Figures over all held-out cells, and laboratory by laboratory.

    Args:
        predictions: of the model on cells that it was not trained on.
        threshold: P(malignant) at or above which a cell is called malignant.
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """
    named = [name for name in predictions.laboratory_names if name]
    return PooledFigures(
        classes=predictions.classes,
        threshold=threshold,
        everyone=cell_figures(predictions, threshold, "", seed, resamples),
        laboratories=tuple(
            cell_figures(predictions.of(name), threshold, name, seed, resamples) for name in named
        ),
    )
