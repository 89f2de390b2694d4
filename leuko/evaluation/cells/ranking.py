"""Which cell model to offer first: the one that does best in laboratories that it never saw."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from leuko.errors import PredictionsError
from leuko.evaluation.cells.left_out import LeftOutFigures
from leuko.evaluation.cells.stored import left_out_of
from leuko.models.store import InstalledModel


def ranked_cell_models(
    models: Sequence[InstalledModel],
    figures_of: Callable[[InstalledModel], LeftOutFigures] = left_out_of,
) -> tuple[InstalledModel, ...]:
    """The models that read cells, the best first.

    Models are ranked by their balanced accuracy in laboratories left out, each laboratory counting
    the same, over the laboratories that all of them were measured on. The card's word that a model
    is recommended decides between equal ones only, then the name. Models that nobody measured in
    this way come last.

    Args:
        models: any; those that read no cells are passed over.
        figures_of: gives the figures of a model, or raises ``PredictionsError``.
    """
    able = [model for model in models if model.card.reads_cells]
    scores = _scores(_measured(able, figures_of))

    def rank(model: InstalledModel) -> tuple[float, bool, str]:
        return -scores.get(model.id, -1.0), not model.card.recommended, model.id

    return tuple(sorted(able, key=rank))


def _measured(
    models: Sequence[InstalledModel], figures_of: Callable[[InstalledModel], LeftOutFigures]
) -> dict[str, dict[str, float]]:
    """Balanced accuracy by laboratory, of each model that has any."""
    found = {}
    for model in models:
        try:
            figures = figures_of(model)
        except PredictionsError:
            continue
        by_laboratory = {
            one.laboratory: one.balanced_accuracy.value
            for one in figures.laboratories
            if one.balanced_accuracy.value is not None
        }
        if by_laboratory:
            found[model.id] = by_laboratory
    return found


def _scores(measured: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Mean over the laboratories in common; over a model's own where there are none."""
    if not measured:
        return {}
    common = set.intersection(*(set(one) for one in measured.values()))
    return {
        name: float(
            np.mean([value for place, value in one.items() if place in common or not common])
        )
        for name, one in measured.items()
    }
