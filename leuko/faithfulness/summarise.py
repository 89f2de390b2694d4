"""Means, intervals and distributions of a report on heatmaps, from the values of its pictures."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Floats
from leuko.evaluation.comparison.resampling import LEAST_UNITS
from leuko.faithfulness.deletion_insertion import area_under
from leuko.faithfulness.sanity_checks import Movements
from leuko.models.heatmap_report import (
    HISTOGRAM_BINS,
    QUANTILES,
    Measured,
    PartShares,
    RemovalCurves,
    StabilityFigures,
)
from leuko.statistics.intervals import bootstrap_interval

DIGITS = 4

Groups = NDArray[np.int64]


def measured(values: Floats, groups: Groups) -> Measured:
    """A mean over pictures with its 95 % interval, whole groups resampled.

    Args:
        values: (N,), one a picture.
        groups: number of the group of each picture.

    Returns:
        Without an interval where fewer than five groups are there.

    Source: see :func:`leuko.statistics.intervals.bootstrap_interval`.
    """
    _, inverse = np.unique(groups, return_inverse=True)
    units = int(inverse.max()) + 1
    sums = np.zeros((units, 2))
    np.add.at(sums, inverse, np.column_stack([values, np.ones(len(values))]))
    limits = None
    if units >= LEAST_UNITS:
        limits = bootstrap_interval(sums, lambda drawn: drawn[:, 0] / drawn[:, 1])
    low, high = limits if limits is not None else (None, None)
    return Measured(
        value=round(float(values.mean()), DIGITS),
        low=None if low is None else round(low, DIGITS),
        high=None if high is None else round(high, DIGITS),
        units=units,
    )


def curves(scores: Floats, groups: Groups, *, lower_is_better: bool) -> RemovalCurves:
    """Mean curves, areas and their paired difference.

    Args:
        scores: (N, 1 + draws, p): by the heatmap, then by random maps.
        groups: number of the group of each picture.
        lower_is_better: whether a good map has the smaller area.
    """
    by_heatmap, by_chance = scores[:, 0], scores[:, 1:].mean(axis=1)  # (N, p)
    heatmap_area, random_area = area_under(by_heatmap), area_under(by_chance)
    gain = heatmap_area - random_area
    return RemovalCurves(
        heatmap=rounded(by_heatmap.mean(axis=0)),
        random=rounded(by_chance.mean(axis=0)),
        heatmap_area=round(float(heatmap_area.mean()), DIGITS),
        random_area=round(float(random_area.mean()), DIGITS),
        advantage=measured(-gain if lower_is_better else gain, groups),
    )


def part_shares(evidence: Floats, areas: Floats) -> PartShares:
    """How the share of evidence on one part of the picture is spread over pictures.

    Args:
        evidence: (N,), share of the evidence on that part, in [0, 1].
        areas: (N,), share of the area.
    """
    within = evidence.clip(0, 1)
    low, first, median, third, high = rounded(np.quantile(within, QUANTILES))
    counts, _ = np.histogram(within, bins=HISTOGRAM_BINS, range=(0, 1))
    return PartShares(
        mean=round(float(within.mean()), DIGITS),
        quantiles=(low, first, median, third, high),
        histogram=tuple(int(count) for count in counts),
        area=round(float(areas.mean()), DIGITS),
    )


def agreement(found: Movements, groups: Groups) -> StabilityFigures:
    """How far maps and suggestions stay when pictures move.

    Args:
        found: of N pictures under several movements.
        groups: number of the group of each picture.
    """
    means = found.correlations.mean(axis=1)  # NaN where a picture has no evidence
    known = ~np.isnan(means)
    return StabilityFigures(
        correlation=measured(means[known], groups[known]) if known.any() else None,
        changed=round(float(found.changed.mean()), DIGITS),
        changed_images=int(found.changed.any(axis=1).sum()),
    )


def rounded(values: Iterable[float]) -> tuple[float, ...]:
    """Values as they are stored: rounded to four decimals."""
    return tuple(round(float(value), DIGITS) for value in values)
