"""Confidence intervals of proportions and of anything that is computed from counts by group."""

import math
from collections.abc import Callable

import numpy as np

from leuko.arrays import Floats

Z_95 = 1.959963984540054
MINIMUM_GROUPS = 2
RESAMPLES = 2000
POINT_WIDTH = 1e-9
USABLE_SHARE = 0.5

Limits = tuple[float, float]


def wilson_interval(successes: int, trials: int, z: float = Z_95) -> Limits:
    """Confidence interval of a proportion such as sensitivity.

    Args:
        successes: hits; for sensitivity, the true positives.
        trials: hits and misses together; for sensitivity, all diseased cells.
        z: standard-normal quantile; the default gives a two-sided 95 % interval.

    Returns:
        (low, high), fractions in [0, 1].

    Raises:
        ValueError: unless 0 <= successes <= trials and trials > 0.

    Source: Wilson (1927), J. Am. Stat. Assoc. 22:209-212. Assumes independent trials:
    resample by group instead when one patient gives many cells.
    """
    if trials <= 0 or not 0 <= successes <= trials:
        raise ValueError(f"no proportion: {successes} successes in {trials} trials")
    return proportion_limits(successes / trials, trials, z)


def proportion_limits(proportion: float, effective_trials: float, z: float = Z_95) -> Limits:
    """Wilson's interval for a proportion with an effective number of trials.

    Where every group gave the same answer a bootstrap by group collapses to a point, which would
    claim certainty. Each group then counts as one trial: the most cautious effective sample size,
    n / (1 + (m - 1) rho) at an intra-group correlation rho of 1.

    Args:
        proportion: in [0, 1].
        effective_trials: number of independent units behind it, more than 0.
        z: standard-normal quantile.

    Returns:
        (low, high), fractions in [0, 1].

    Source: Wilson (1927); Kish (1965), Survey Sampling, section 5.4, for the design effect.
    """
    n = effective_trials
    centre = (proportion + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(proportion * (1 - proportion) / n + z * z / (4 * n * n))
    low = 0.0 if proportion == 0 else max(0.0, centre - half)
    high = 1.0 if proportion == 1 else min(1.0, centre + half)
    return low, high


def resample_groups(counts: Floats, resamples: int, seed: int) -> Floats:
    """Draw groups with replacement, as many as there are, and add up their counts.

    Groups with equal counts are exchangeable, so each kind of group is drawn once, with its
    multiplicity: the cost depends on how many kinds there are, not on how many images.

    Args:
        counts: (G, m), what each group adds to each of m sums.
        resamples: number of draws R.
        seed: of the random choices.

    Returns:
        (R, m), the sums of each draw.

    Source: cluster bootstrap; Davison and Hinkley (1997), Bootstrap Methods and their
    Application, section 3.8.
    """
    kinds, multiplicity = np.unique(counts, axis=0, return_counts=True)
    groups = len(counts)
    drawn = np.random.default_rng(seed).multinomial(groups, multiplicity / groups, size=resamples)
    return np.asarray(drawn.astype(np.float64) @ kinds, dtype=np.float64)


def percentile_interval(values: Floats) -> Limits | None:
    """The middle 95 % of resampled values.

    Args:
        values: (R,), NaN where a resample had no case to measure.

    Returns:
        (low, high), or None when half of the resamples or more had nothing to measure.
    """
    usable = values[~np.isnan(values)]
    if len(usable) <= USABLE_SHARE * len(values):
        return None
    low, high = np.quantile(usable, [0.025, 0.975])
    return float(low), float(high)


def symmetric_interval(value: float, values: Floats) -> Limits | None:
    """The value and, on both sides of it, how far 95 % of resampled values lie from it at most.

    For figures that resampling moves to one side, such as a mean of absolute differences: a
    percentile interval of those can lie wholly on that side.

    Args:
        value: of the whole test set, in [0, 1].
        values: (R,), NaN where a resample had no case to measure.

    Returns:
        (low, high), cut to [0, 1], or None when half of the resamples or more had nothing to
        measure.

    Source: Hall (1988), J. R. Stat. Soc. B 50:35-45.
    """
    usable = values[~np.isnan(values)]
    if len(usable) <= USABLE_SHARE * len(values):
        return None
    half = float(np.quantile(np.abs(usable - value), 0.95))
    return max(0.0, value - half), min(1.0, value + half)


def bootstrap_interval(
    counts: Floats,
    statistic: Callable[[Floats], Floats],
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Limits | None:
    """Percentile interval of a statistic of summed counts, resampled by group.

    Args:
        counts: (G, m), what each group adds to each of m sums.
        statistic: maps (R, m) sums to (R,) values; NaN where it is not measurable.
        resamples: number of draws R.
        seed: of the random choices.

    Returns:
        (low, high), or None where no interval is possible: fewer than two groups, or a statistic
        that most resamples cannot measure. A point (low == high) means that all groups agree; see
        ``proportion_limits`` for what to show instead.

    Source: as ``resample_groups``. With fewer than about ten groups the interval is too narrow.
    """
    if len(counts) < MINIMUM_GROUPS:
        return None
    return percentile_interval(statistic(resample_groups(counts, resamples, seed)))


def is_point(limits: Limits) -> bool:
    """Whether an interval has collapsed to a single value."""
    return limits[1] - limits[0] < POINT_WIDTH
