"""Images in the order of their scores, weighed by how often their group was drawn."""

import numpy as np

from leuko.arrays import Booleans, Floats, Integers
from leuko.statistics.cluster_bootstrap import Weights

GROUPS_BY_MATRIX = 128  # up to there, or so many sums an image, sums by group are the cheaper way
PAIRS_AN_IMAGE = 100  # up to there the matrix of pairs is the cheaper way
CELLS_AN_IMAGE = 100  # up to there a table of groups by scores is the cheaper way to that matrix


class PairsWon:
    """AUROC of weighed groups, as a statistic for the cluster bootstrap.

    How often the positive images of one group beat the negative images of another is counted
    once, for every pair of groups; with weights w the pairs won are w' M w. Where there are too
    many groups for that, images are added up in the order of their scores.

    Args:
        scores: (n,), higher means more likely positive.
        positive: bool (n,), truth.
        groups: (n,), group of each image, from 0.

    Source: Mann-Whitney form of the AUROC, ties counting one half. Hanley and McNeil (1982),
    Radiology 143:29-36.
    """

    def __init__(self, scores: Floats, positive: Booleans, groups: Integers) -> None:
        number = int(groups.max()) + 1
        self._wins: Floats | None = None
        if number**2 <= PAIRS_AN_IMAGE * len(scores):
            self._wins = _wins_by_groups(scores, positive, groups, number)
        else:
            order = np.argsort(scores[~positive], kind="stable")
            negatives = scores[~positive][order]
            self._positive_groups = groups[positive]
            self._negative_groups = groups[~positive][order]
            self._below = np.searchsorted(negatives, scores[positive], side="left")
            self._below_or_level = np.searchsorted(negatives, scores[positive], side="right")
        self._counts = np.stack(
            [np.bincount(side, minlength=number) for side in (groups[positive], groups[~positive])],
            axis=1,
        ).astype(np.float64)  # (G, 2)

    def __call__(self, weights: Weights) -> Floats:
        """AUROC (rows,) of each row of weights (rows, G); NaN without one of the two sides."""
        exact = weights.astype(np.float64)
        pairs = (exact @ self._counts).prod(axis=1)
        if self._wins is not None:
            return _ratio(((exact @ self._wins) * exact).sum(axis=1), pairs)
        so_far = np.zeros((len(weights), len(self._negative_groups) + 1), dtype=np.float32)
        np.cumsum(weights[:, self._negative_groups], axis=1, out=so_far[:, 1:])
        beaten = so_far[:, self._below]  # whole counts are exact in single precision
        if np.any(self._below != self._below_or_level):
            beaten = (beaten + so_far[:, self._below_or_level]) / np.float32(2)
        won = (weights[:, self._positive_groups] * beaten).sum(axis=1, dtype=np.float64)
        return _ratio(won, pairs)


def _wins_by_groups(scores: Floats, positive: Booleans, groups: Integers, number: int) -> Floats:
    """(G, G): pairs that positives of the row's group win against negatives of the column's."""
    levels = np.unique(scores)
    if number * len(levels) <= CELLS_AN_IMAGE * len(scores):
        level = np.searchsorted(levels, scores)
        mine, other = (
            _table(groups[side], level[side], number, len(levels)) for side in (positive, ~positive)
        )
        beaten_at = other.cumsum(axis=1) - other / 2  # (G, t): those below, half of those level
        return np.asarray(mine @ beaten_at.T, dtype=np.float64)
    order = np.argsort(scores[positive])
    ours, our_groups = scores[positive][order], groups[positive][order]
    theirs, their_groups = scores[~positive], groups[~positive]
    wins = np.zeros((number, number))
    for group in np.unique(their_groups):
        others = np.sort(theirs[their_groups == group])
        beaten = np.searchsorted(others, ours, side="left")
        beaten += np.searchsorted(others, ours, side="right")
        wins[:, group] = np.bincount(our_groups, weights=beaten / 2, minlength=number)
    return wins


def _table(rows: Integers, columns: Integers, height: int, width: int) -> Floats:
    """Images in each cell of a table (height, width)."""
    counts = np.bincount(rows * width + columns, minlength=height * width)
    return counts.reshape(height, width).astype(np.float64)


class Ranked:
    """Counts of images that score at least as much as each score that occurs.

    Args:
        scores: (n,), higher means more likely positive.
        positive: bool (n,), truth.
        groups: (n,), group of each image, from 0.

    Attributes:
        thresholds: the t different scores, descending.
    """

    def __init__(self, scores: Floats, positive: Booleans, groups: Integers) -> None:
        order = np.argsort(-scores, kind="stable")
        ordered = scores[order]
        self._last = np.append(np.flatnonzero(np.diff(ordered)), len(ordered) - 1)
        self.thresholds = ordered[self._last]
        self._groups, self._positive = groups[order], positive[order]
        number, levels = int(groups.max()) + 1, len(self.thresholds)
        self._sums: Weights | None = None
        if number * levels <= GROUPS_BY_MATRIX * len(scores):
            level = np.searchsorted(-self.thresholds, -scores)
            counts = np.stack(
                [
                    _table(groups[chosen], level[chosen], number, levels)
                    for chosen in (positive, np.ones_like(positive))
                ]
            )
            self._sums = counts.cumsum(axis=2, dtype=np.float32)  # (2, G, t)

    def cumulated(self, weights: Weights) -> tuple[Weights, Weights]:
        """True positives, and images in all, at each threshold.

        Args:
            weights: (rows, G), how often each group was drawn.

        Returns:
            Two arrays (rows, t), ascending. Whole counts are exact in single precision.
        """
        if self._sums is not None:
            return weights @ self._sums[0], weights @ self._sums[1]
        of_images = weights[:, self._groups]  # (rows, n)
        counted = np.cumsum(of_images, axis=1)[:, self._last]
        of_images[:, ~self._positive] = 0
        return np.cumsum(of_images, axis=1, out=of_images)[:, self._last], counted


class AveragePrecision:
    """Average precision of weighed groups, a statistic for ``resampled``.

    Source: sum over thresholds of (recall gained) times precision, without interpolation, as
    scikit-learn's ``average_precision_score``.
    """

    def __init__(self, ranked: Ranked) -> None:
        self._ranked = ranked

    def __call__(self, weights: Weights) -> Floats:
        """(rows,) in [0, 1]; NaN where one of the two sides was not drawn."""
        hits, counted = self._ranked.cumulated(weights)
        gained = np.diff(hits, axis=1, prepend=np.float32(0))
        gained *= hits
        gained /= np.maximum(counted, 1)
        positives = hits[:, -1].astype(np.float64)
        both = (positives > 0) & (counted[:, -1] > positives)
        return _ratio(gained.sum(axis=1, dtype=np.float64), np.where(both, positives, 0))


def _ratio(part: Floats, whole: Floats) -> Floats:
    out = np.full(len(whole), np.nan)
    np.divide(part, whole, out=out, where=whole > 0)
    return out
