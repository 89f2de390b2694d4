"""Tests of two models on the same images: DeLong, McNemar, and Holm's correction."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Booleans, Floats
from leuko.statistics.intervals import Z_95

EXACT_BELOW = 25
LEAST_ON_A_SIDE = 2
NO_VARIANCE = 1e-15
LEAST_P = 0.001
LEVEL = 0.05
NO_SPREAD = "the images show no variance of it"


@dataclass(frozen=True)
class DeLong:
    """Two AUROCs of the same independent images.

    Attributes:
        first, second: AUROC of each, or None when one side has no image.
        difference: first minus second.
        standard_error: of the difference; None where it cannot be estimated.
        z: difference by standard error; None where that is 0.
        p: two-sided; None when not measurable.
        low, high: limits of the 95 % interval of the difference, or None.
        reason: why p or the interval is missing; else empty.
    """

    first: float | None = None
    second: float | None = None
    difference: float | None = None
    standard_error: float | None = None
    z: float | None = None
    p: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str = ""


def delong_test(
    first_scores: Floats, second_scores: Floats, positive: Booleans, z: float = Z_95
) -> DeLong:
    """Compare two correlated AUROCs.

    Args:
        first_scores: (n,), higher means more likely positive.
        second_scores: (n,), of the same images.
        positive: bool (n,), truth.
        z: standard-normal quantile of the interval.

    Returns:
        The test. Where both rank every pair of images alike there is no variance: the difference
        is 0, p is 1 and there is no interval. A difference without any variance has no p.

    Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845; computed by midranks,
    Sun and Xu (2014), IEEE Signal Process. Lett. 21:1389-1393. Assumes independent images:
    resample by group instead when one patient gives many.
    """
    positives, negatives = int(positive.sum()), int((~positive).sum())
    if min(positives, negatives) == 0:
        return DeLong(reason="0 cases")
    above, below = _components(first_scores, positive)
    others_above, others_below = _components(second_scores, positive)
    areas = float(above.mean()), float(others_above.mean())
    difference = areas[0] - areas[1]
    if min(positives, negatives) < LEAST_ON_A_SIDE:
        return DeLong(*areas, difference, reason="a single image on one side")
    variance = float(
        (above - others_above).var(ddof=1) / positives
        + (below - others_below).var(ddof=1) / negatives
    )
    if variance < NO_VARIANCE:
        same = abs(difference) < NO_VARIANCE
        return DeLong(*areas, difference, 0.0, p=1.0 if same else None, reason=NO_SPREAD)
    error = math.sqrt(variance)
    return DeLong(
        *areas,
        difference,
        error,
        difference / error,
        math.erfc(abs(difference / error) / math.sqrt(2)),
        max(-1.0, difference - z * error),
        min(1.0, difference + z * error),
    )


def _components(scores: Floats, positive: Booleans) -> tuple[Floats, Floats]:
    """Share of the other side that each image beats: of positives (m,), of negatives (n,)."""
    from scipy.stats import rankdata

    above, below = scores[positive], scores[~positive]
    ranks = rankdata(np.concatenate([above, below]))
    won = (ranks[: len(above)] - rankdata(above)) / len(below)
    lost = (ranks[len(above) :] - rankdata(below)) / len(above)
    return np.asarray(won, dtype=np.float64), np.asarray(1 - lost, dtype=np.float64)


@dataclass(frozen=True)
class McNemar:
    """Images on which exactly one of two models is right.

    Attributes:
        first_only: images on which only the first is right.
        second_only: images on which only the second is right.
        p: two-sided.
        exact: binomial, or else chi-square with continuity correction.
    """

    first_only: int
    second_only: int
    p: float
    exact: bool


def mcnemar_test(first_only: int, second_only: int) -> McNemar:
    """Test whether two models are right equally often on the same independent images.

    Args:
        first_only: images on which only the first is right.
        second_only: images on which only the second is right.

    Returns:
        The exact binomial test below 25 such images, from there on chi-square with continuity
        correction; p is 1 when there are none.

    Source: McNemar (1947), Psychometrika 12:153-157; Edwards (1948), Psychometrika 13:185-187, for
    the correction. Assumes independent images.
    """
    unlike = first_only + second_only
    if unlike < EXACT_BELOW:
        ways = sum(math.comb(unlike, hits) for hits in range(min(first_only, second_only) + 1))
        return McNemar(first_only, second_only, min(1.0, 2 * ways / 2**unlike), exact=True)
    statistic = (abs(first_only - second_only) - 1) ** 2 / unlike
    return McNemar(first_only, second_only, math.erfc(math.sqrt(statistic / 2)), exact=False)


def holm(p_values: Sequence[float | None]) -> list[float | None]:
    """Adjust the p values of one family so that the chance of any false alarm stays at 5 %.

    Args:
        p_values: of the family, each in [0, 1]; None where a test was not measurable. Such a
            test does not count towards the size of the family.

    Returns:
        Adjusted p values in the same order, each in [0, 1]; None stays None.

    Source: Holm (1979), Scand. J. Stat. 6:65-70.
    """
    measured = sorted((p, place) for place, p in enumerate(p_values) if p is not None)
    adjusted: list[float | None] = [None] * len(p_values)
    so_far = 0.0
    for rank, (p, place) in enumerate(measured):
        so_far = max(so_far, min(1.0, (len(measured) - rank) * p))
        adjusted[place] = so_far
    return adjusted


def bootstrap_p(differences: NDArray[np.float64]) -> float | None:
    """Two-sided p value of a difference from its resamples.

    Args:
        differences: (R,), NaN where a resample had nothing to measure.

    Returns:
        Twice the smaller share of resamples on one side of 0, counted with one resample added so
        that it is never 0; at most 1. None when nothing could be measured.

    Source: Davison and Hinkley (1997), Bootstrap Methods and their Application, section 4.2: the
    level at which the percentile interval would begin to leave out 0.
    """
    usable = differences[~np.isnan(differences)]
    if not len(usable):
        return None
    fewer = min(int((usable <= NO_VARIANCE).sum()), int((usable >= -NO_VARIANCE).sum()))
    return min(1.0, 2 * (fewer + 1) / (len(usable) + 1))


def p_text(p: float | None) -> str:
    """A p value as a reader sees it: "p < 0.001", else with three decimals."""
    if p is None:
        return "p not measurable"
    return f"p {p_cell(p)}" if p < LEAST_P else f"p = {p_cell(p)}"


def p_cell(p: float | None) -> str:
    """A p value in a table: "< 0.001", else with three decimals; a dash when there is none."""
    if p is None:
        return "–"
    return f"< {LEAST_P}" if p < LEAST_P else f"{p:.3f}"
