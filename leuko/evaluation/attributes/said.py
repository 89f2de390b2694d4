"""How often an attribute is sure enough to be said, and how often it is right then."""

from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans
from leuko.evaluation.attributes.predictions import AttributePredictions
from leuko.models.attributes.card import AttributesCard
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import wilson_interval


@dataclass(frozen=True)
class SaidFigures:
    """One attribute, or all of them together.

    Attributes:
        name: of the attribute.
        said: share of cells of which it is said.
        right: share of these of which the reader said the same.
    """

    name: str
    said: Estimate
    right: Estimate


def said_figures(
    predictions: AttributePredictions, card: AttributesCard
) -> tuple[SaidFigures, ...]:
    """Figures of every attribute in the order of the card, then of all together.

    Limits are those of the card; that novel cells are not described, and that of answers which
    contradict each other none is said, would lower the first share further.

    Args:
        predictions: on the official test side.
        card: of the model.
    """
    rows = []
    all_said, all_right = [], []
    for attribute in card.attributes:
        limits = np.array(
            [np.inf if one.said_from is None else one.said_from for one in attribute.values]
        )
        table, told = predictions.probabilities[attribute.name], predictions.told(attribute.name)
        said: Booleans = table.max(axis=1) >= limits[told]
        right = said & (told == predictions.truth[attribute.name])
        rows.append(_figures(attribute.name, said, right))
        all_said.append(said)
        all_right.append(right)
    return (*rows, _figures("mean", np.concatenate(all_said), np.concatenate(all_right)))


def _figures(name: str, said: Booleans, right: Booleans) -> SaidFigures:
    return SaidFigures(
        name, _share(int(said.sum()), len(said)), _share(int(right.sum()), int(said.sum()))
    )


def _share(hits: int, trials: int) -> Estimate:
    if not trials:
        return Estimate(None, reason="never said")
    low, high = wilson_interval(hits, trials)
    return Estimate(
        hits / trials, low, high, "Wilson", units=trials, hits=hits, trials=trials,
        interval=IntervalMethod.WILSON,
    )  # fmt: skip
