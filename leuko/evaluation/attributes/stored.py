"""All figures of an installed model that describes cells, from what its folder holds."""

from typing import NamedTuple

from leuko.evaluation.attributes.predictions import read_attribute_predictions, read_two_readers
from leuko.evaluation.attributes.said import SaidFigures, said_figures
from leuko.evaluation.attributes.summary import AttributesSummary, summarise_attributes
from leuko.models.attributes.store import InstalledAttributeModel
from leuko.statistics.intervals import RESAMPLES


class StoredFigures(NamedTuple):
    """What the Performance page shows of such a model.

    Attributes:
        summary: macro F1 beside the agreement of two readers.
        said: how often an attribute is said, and right then.
    """

    summary: AttributesSummary
    said: tuple[SaidFigures, ...]


def figures_of(model: InstalledAttributeModel, resamples: int = RESAMPLES) -> StoredFigures:
    """Compute all figures of a model from its stored tables.

    Args:
        model: an installed one.
        resamples: draws of the bootstrap over cells.

    Raises:
        PredictionsError: when a table of its folder is missing or not in order; a folder without
            a table of two readers has figures of the model alone.
    """
    values = model.card.values
    predictions = read_attribute_predictions(model.predictions_path, values)
    path = model.second_reader_path
    readers = read_two_readers(path, values) if path.is_file() else None
    return StoredFigures(
        summarise_attributes(predictions, readers, resamples),
        said_figures(predictions, model.card),
    )
