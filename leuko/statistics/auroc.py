"""Uncertainty of the area under the ROC curve: by group bootstrap, DeLong and Newcombe."""

import math

import numpy as np

from leuko.arrays import Booleans, Floats, Integers
from leuko.statistics.cluster_bootstrap import resampled
from leuko.statistics.intervals import Z_95, Limits
from leuko.statistics.ranking import PairsWon

BISECTIONS = 60


def bootstrap_auroc(
    scores: Floats,
    positive: Booleans,
    group_indices: Integers,
    resamples: int,
    seed: int,
) -> Floats:
    """AUROC of every resample of groups, for several scores of the same images at once.

    Args:
        scores: (n, s), higher means more likely positive.
        positive: bool (n, s), truth that belongs to each score.
        group_indices: (n,), group of each image, from 0.
        resamples: number of draws R.
        seed: of the random choices.

    Returns:
        (R, s), in [0, 1]; NaN where a draw holds no positive or no negative image.

    Source: Mann-Whitney form of the AUROC, each image weighed by how often its group was drawn;
    ties count one half. Hanley and McNeil (1982), Radiology 143:29-36.
    """
    statistics = [
        PairsWon(scores[:, column], positive[:, column], group_indices)
        for column in range(scores.shape[1])
    ]
    groups = int(group_indices.max()) + 1
    return resampled(statistics, groups, len(scores), resamples, seed)


def delong_interval(scores: Floats, positive: Booleans, z: float = Z_95) -> Limits | None:
    """Interval of the AUROC of independent images, on the logit scale.

    Args:
        scores: (n,), higher means more likely positive.
        positive: bool (n,), truth.
        z: standard-normal quantile.

    Returns:
        (low, high) in (0, 1), or None where the variance cannot be estimated or is 0: fewer than
        two images on one side, perfect separation, all scores tied.

    Source: DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44:837-845, for the variance;
    Pepe (2003), The Statistical Evaluation of Medical Tests, section 5.2.5, for the logit.
    """
    above, below = np.sort(scores[positive]), np.sort(scores[~positive])
    if min(len(above), len(below)) <= 1:
        return None
    of_positives = _share_below(above, below)
    of_negatives = 1 - _share_below(below, above)
    area = float(of_positives.mean())
    variance = float(of_positives.var(ddof=1) / len(above) + of_negatives.var(ddof=1) / len(below))
    if variance <= 0 or not 0 < area < 1:
        return None
    half = z * math.sqrt(variance) / (area * (1 - area))
    centre = math.log(area / (1 - area))
    return _logistic(centre - half), _logistic(centre + half)


def _share_below(values: Floats, others: Floats) -> Floats:
    """Share of ``others`` (sorted) below each value, ties counting one half."""
    lower = np.searchsorted(others, values, side="left")
    upper = np.searchsorted(others, values, side="right")
    return np.asarray((lower + upper) / 2 / len(others), dtype=np.float64)


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value >= 0 else math.exp(value) / (1 + math.exp(value))


def newcombe_interval(area: float, positives: int, negatives: int, z: float = Z_95) -> Limits:
    """Interval of an AUROC from the two sample sizes alone; stays wide at 0 and 1.

    Used where the data show no variance (perfect separation, all scores tied) and every other
    method would claim certainty.

    Args:
        area: AUROC in [0, 1].
        positives: number of independent positive units (images, or groups that hold any).
        negatives: the same for the negative side.
        z: standard-normal quantile.

    Returns:
        (low, high), fractions in [0, 1].

    Raises:
        ValueError: unless the area lies in [0, 1] and both numbers are positive.

    Source: Newcombe (2006), Stat. Med. 25:559-573, method 5.
    """
    if not 0 <= area <= 1 or positives < 1 or negatives < 1:
        raise ValueError(f"no AUROC: {area} with {positives} positives and {negatives} negatives")

    def too_far(candidate: float) -> bool:
        extra = (positives + negatives) / 2 - 1
        spread = (1 - candidate) / (2 - candidate) + candidate / (1 + candidate)
        variance = candidate * (1 - candidate) * (1 + extra * spread) / (positives * negatives)
        return abs(candidate - area) > z * math.sqrt(variance)

    def boundary(outside: float) -> float:
        inside = area
        for _ in range(BISECTIONS):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if too_far(middle) else (middle, outside)
        return inside

    return (0.0 if area == 0 else boundary(0.0)), (1.0 if area == 1 else boundary(1.0))
