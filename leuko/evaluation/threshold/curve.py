"""Sensitivity and specificity against the threshold, with intervals, all thresholds at once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Floats
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import MOSTLY_UNMEASURABLE, NO_CASES, Units, units_where
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import (
    MINIMUM_GROUPS,
    RESAMPLES,
    USABLE_SHARE,
    Limits,
    is_point,
    wilson_interval,
)

GRID = tuple(round(step / 100, 2) for step in range(101))
CHUNK_VALUES = 4_000_000
SCORE_BINS = 50


@dataclass(frozen=True)
class ThresholdCurve:
    """How sensitivity and specificity depend on the threshold.

    Attributes:
        thresholds: P(malignant) at or above which an image counts as suggested malignant,
            ascending.
        sensitivity, specificity: one estimate a threshold.
    """

    thresholds: tuple[float, ...]
    sensitivity: tuple[Estimate, ...]
    specificity: tuple[Estimate, ...]


@dataclass(frozen=True)
class ThresholdHistogram:
    """How the scores P(malignant) are spread on either side.

    Attributes:
        edges: of the bins, ascending from 0 to 1, one more than there are bins. A bin holds its
            lower edge; the last one also holds 1.
        malignant, benign: images a bin.
    """

    edges: tuple[float, ...]
    malignant: tuple[int, ...]
    benign: tuple[int, ...]


def threshold_curve(
    predictions: Predictions,
    thresholds: Sequence[float] = GRID,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> ThresholdCurve:
    """Measure many thresholds with the same resamples.

    Args:
        predictions: checked predictions.
        thresholds: ascending, in [0, 1].
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """
    draws = GroupDraws.of(predictions, seed, resamples)
    return ThresholdCurve(
        thresholds=tuple(thresholds),
        sensitivity=rates_at(predictions, thresholds, draws, malignant=True),
        specificity=rates_at(predictions, thresholds, draws, malignant=False),
    )


def score_histogram(predictions: Predictions, bins: int = SCORE_BINS) -> ThresholdHistogram:
    """Count the scores of malignant and of benign images in bins of equal width."""
    edges = np.round(np.linspace(0, 1, bins + 1), 6)
    scores, positive = predictions.malignant_probability, predictions.is_malignant
    return ThresholdHistogram(
        edges=tuple(edges.tolist()),
        malignant=tuple(np.histogram(scores[positive], edges)[0].tolist()),
        benign=tuple(np.histogram(scores[~positive], edges)[0].tolist()),
    )


@dataclass(frozen=True, eq=False)
class GroupDraws:
    """How often each group was drawn in each resample; the same for every threshold.

    Attributes:
        weights: float32 (R, G), whole numbers; None where images are independent.
    """

    weights: NDArray[np.float32] | None

    @classmethod
    def of(
        cls, predictions: Predictions, seed: int = 0, resamples: int = RESAMPLES
    ) -> "GroupDraws":
        """Draw whole groups with replacement, as many as there are.

        Source: cluster bootstrap; Davison and Hinkley (1997), section 3.8.
        """
        if not predictions.has_groups:
            return cls(None)
        groups = predictions.n_drawn
        generator = np.random.default_rng(seed)
        drawn = generator.multinomial(groups, np.full(groups, 1 / groups), size=resamples)
        return cls(drawn.astype(np.float32))


def rates_at(
    predictions: Predictions,
    thresholds: Sequence[float],
    draws: GroupDraws,
    *,
    malignant: bool,
) -> tuple[Estimate, ...]:
    """Sensitivity, or specificity, at each threshold.

    The rules are those of every figure: Wilson where images are independent, else the percentile
    bootstrap over groups, and Wilson with one trial a group where all groups agree. As the groups
    drawn are the same for every threshold, the bootstrap's limits never rise where the rate falls.

    Args:
        predictions: checked predictions.
        thresholds: ascending, in [0, 1], (T,).
        draws: of the same predictions.
        malignant: True for sensitivity, False for specificity.

    Returns:
        One estimate a threshold.
    """
    chosen = predictions.is_malignant == malignant
    trials = int(chosen.sum())
    if not trials:
        return tuple(Estimate(None, reason=NO_CASES) for _ in thresholds)
    levels = np.asarray(thresholds, dtype=np.float64)
    scores, groups = predictions.malignant_probability[chosen], predictions.drawn_indices[chosen]
    reached = np.searchsorted(np.sort(scores), levels, side="left")  # images below each threshold
    hits = trials - reached if malignant else reached
    if draws.weights is None:
        return tuple(
            Estimate(
                int(hit) / trials, *wilson_interval(int(hit), trials), method="Wilson",
                units=trials, hits=int(hit), trials=trials, interval=IntervalMethod.WILSON,
            )
            for hit in hits
        )  # fmt: skip
    units, drawn_from = units_where(predictions, chosen), Units.of(predictions)
    limits = _resampled_limits(scores, groups, levels, draws.weights, malignant=malignant)
    return tuple(
        _grouped_estimate(int(hit), trials, units, found, drawn_from)
        for hit, found in zip(hits, limits, strict=True)
    )


def _grouped_estimate(
    hits: int, trials: int, units: int, limits: Limits | None, drawn_from: Units
) -> Estimate:
    value = hits / trials
    words = f"{units} group{'' if units == 1 else 's'}"
    if units < MINIMUM_GROUPS or limits is None:
        reason = words if units < MINIMUM_GROUPS else MOSTLY_UNMEASURABLE
        return Estimate(value, reason=reason, units=units, hits=hits, trials=trials)
    interval, method = IntervalMethod.BOOTSTRAP, drawn_from.bootstrap
    if is_point(limits):
        limits, interval, method = drawn_from.wilson(value, units)
    return Estimate(
        value, *limits, method=method, units=units, hits=hits, trials=trials, interval=interval
    )


def _resampled_limits(
    scores: Floats,
    groups: NDArray[np.int64],
    levels: Floats,
    weights: NDArray[np.float32],
    *,
    malignant: bool,
) -> list[Limits | None]:
    """The middle 95 % of the resampled rate at each level."""
    present, member = np.unique(groups, return_inverse=True)
    cases = np.bincount(member).astype(np.float32)  # (G',)
    drawn = weights[:, present]  # (R, G')
    all_cases = drawn @ cases  # (R,)
    usable = all_cases > 0
    if usable.mean() <= USABLE_SHARE:
        return [None] * len(levels)
    drawn, all_cases = drawn[usable], all_cases[usable]
    limits: list[Limits | None] = []
    step = max(1, CHUNK_VALUES // max(len(drawn), len(present)))
    for start in range(0, len(levels), step):
        part = levels[start : start + step]
        below = np.zeros((len(present), len(part) + 1), dtype=np.float32)
        np.add.at(below, (member, np.searchsorted(part, scores, side="right")), 1)
        # column j: images with exactly j of these levels at or below their score
        reached = cases[:, None] - below.cumsum(axis=1)[:, :-1]  # score >= level, (G', t)
        right = reached if malignant else cases[:, None] - reached
        # whole counts below 2**24 are exact in single precision
        rates = (drawn @ right).astype(np.float64) / all_cases[:, None].astype(np.float64)
        low, high = np.quantile(rates, [0.025, 0.975], axis=0)
        limits += list(zip(low.tolist(), high.tolist(), strict=True))
    return limits
