"""Bands that say how far a ROC or a precision-recall curve could move."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import Units, units_where
from leuko.statistics.cluster_bootstrap import Weights, drawn_weights
from leuko.statistics.intervals import MINIMUM_GROUPS, USABLE_SHARE
from leuko.statistics.large_samples import LEVELS
from leuko.statistics.ranking import Ranked

GRID_POINTS = 101
BAND_RESAMPLES = 500
WHOLE = 1e-9  # a recall of k / n must ask for k hits, whatever the rounding


@dataclass(frozen=True, eq=False)
class Band:
    """A pointwise 95 % band: each point of the curve lies in it, taken alone.

    Attributes:
        x: 1 - specificity, or recall, ascending, (p,).
        low, high: limits of sensitivity, or of precision, (p,), in [0, 1]. Where all resamples
            agree they are equal; the band says nothing of what this test set does not hold.
        method: such as "bootstrap over 12 groups".
        units: groups (or images) on the scarcer side; below ten the band is too narrow.
    """

    x: Floats
    low: Floats
    high: Floats
    method: str = ""
    units: int = 0


def roc_band(
    predictions: Predictions, seed: int = 0, resamples: int = BAND_RESAMPLES
) -> Band | None:
    """Sensitivity at 101 false positive rates from 0 to 1, over resamples of groups.

    Args:
        predictions: checked predictions.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Returns:
        The band, or None when one side stands in fewer than two groups (or images).

    Source: vertical averaging with a bootstrap; Macskassy, Provost and Rosset (2005), ICML,
    537-544. Groups are resampled instead of images.
    """
    grid = np.linspace(0, 1, GRID_POINTS)

    def sensitivities(hits: Floats, counted: Floats) -> Floats:
        alarms = np.append(0, counted - hits)
        heights = np.interp(grid, alarms / alarms[-1], np.append(0, hits) / hits[-1])
        return np.asarray(heights, dtype=np.float64)

    return _band(predictions, grid, sensitivities, seed, resamples)


def precision_recall_band(
    predictions: Predictions, seed: int = 0, resamples: int = BAND_RESAMPLES
) -> Band | None:
    """Precision at 101 recalls from 0 to 1, over resamples of groups.

    The precision at a recall is that of the highest threshold which reaches it; at recall 0, that
    of the first malignant image found, or, above ``EXACT_IMAGES`` images, of the first level of
    scores that holds one.

    Args:
        predictions: checked predictions.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Returns:
        The band, or None when one side stands in fewer than two groups (or images).

    Source: as :func:`roc_band`; by steps, because lines between points of this curve are too
    high: Davis and Goadrich (2006), ICML, 233-240.
    """
    grid = np.linspace(0, 1, GRID_POINTS)

    def precisions(hits: Floats, counted: Floats) -> Floats:
        needed = np.maximum(np.ceil(grid * hits[-1] - WHOLE), 1)
        reached = np.searchsorted(hits, needed)
        return np.asarray(hits[reached] / counted[reached], dtype=np.float64)

    return _band(predictions, grid, precisions, seed, resamples)


def _band(
    predictions: Predictions,
    grid: Floats,
    heights: Callable[[Floats, Floats], Floats],
    seed: int,
    resamples: int,
) -> Band | None:
    positive = predictions.is_malignant
    behind = min(units_where(predictions, side) for side in (positive, ~positive))
    if behind < MINIMUM_GROUPS:
        return None
    units = Units.of(predictions)
    scores = predictions.ranking_scores(predictions.malignant_probability)
    ranked = Ranked(scores, positive, predictions.drawn_indices)
    steps = LEVELS if predictions.is_large else predictions.n
    curves = [
        heights(hits, counted)
        for weights in drawn_weights(predictions.n_drawn, steps, resamples, seed)
        for hits, counted in _usable_rows(ranked, weights)
    ]
    if len(curves) <= USABLE_SHARE * resamples:
        return None
    low, high = np.quantile(curves, [0.025, 0.975], axis=0)
    return Band(grid, low, high, units.bootstrap, behind)


def _usable_rows(ranked: Ranked, weights: Weights) -> list[tuple[Floats, Floats]]:
    """True positives and images at each threshold, of draws that hold both sides."""
    hits, counted = (table.astype(np.float64) for table in ranked.cumulated(weights))
    return [
        (mine, all_of)
        for mine, all_of in zip(hits, counted, strict=True)
        if 0 < mine[-1] < all_of[-1]
    ]
