"""Shares found of several kinds of cells, and their mean, with intervals over groups."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leuko.arrays import Booleans, Floats, Integers
from leuko.evaluation.units import NO_CASES, Units
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import resample_groups, wilson_interval
from leuko.statistics.large_samples import BLOCKS, EXACT_IMAGES, random_blocks

LEAST_KINDS = 2
ONE_KIND = "1 label"


@dataclass(frozen=True, eq=False)
class Recalls:
    """Which cells of each kind a model got right.

    Attributes:
        kinds: number of kinds k; each may be without a cell.
        codes: (n,), kind of each cell, from 0.
        right: bool (n,), whether the model's answer fits.
        group_ids: n names; cells of one group are alike and are resampled together.
        resamples, seed: of the bootstrap.
    """

    kinds: int
    codes: Integers
    right: Booleans
    group_ids: tuple[str, ...]
    resamples: int
    seed: int

    @property
    def trials(self) -> Integers:
        """Cells of each kind, int64 (k,)."""
        return np.bincount(self.codes, minlength=self.kinds).astype(np.int64)

    @property
    def hits(self) -> Integers:
        """Of these, those the model got right, int64 (k,)."""
        return np.bincount(self.codes[self.right], minlength=self.kinds).astype(np.int64)

    @cached_property
    def groups(self) -> Integers:
        """Groups that hold a cell of each kind, int64 (k,)."""
        pairs = np.unique(self._groups * self.kinds + self.codes)
        return np.bincount(pairs % self.kinds, minlength=self.kinds).astype(np.int64)

    def of(self, kind: int) -> Estimate:
        """Share right among the cells of a kind."""
        hits, trials = int(self.hits[kind]), int(self.trials[kind])
        if not trials:
            return Estimate(None, reason=NO_CASES)
        return self._share(hits, trials, int(self.groups[kind]), [kind])

    def everyone(self) -> Estimate:
        """Share right among all cells."""
        if not len(self.codes):
            return Estimate(None, reason=NO_CASES)
        kinds = list(range(self.kinds))
        return self._share(int(self.hits.sum()), len(self.codes), self._number, kinds)

    def mean(self) -> Estimate:
        """Unweighted mean over the kinds that have a cell: the balanced accuracy.

        Not measurable with fewer than two of them: the mean of one would be right for a model
        that says the same of every cell.
        """
        present = np.flatnonzero(self.trials)
        if len(present) < LEAST_KINDS:
            return Estimate(None, reason=ONE_KIND if len(present) else NO_CASES)
        behind = int(self.groups[present].min())
        return self._units.estimate(self._mean(), behind, lambda: self.drawn_means)

    @cached_property
    def drawn_means(self) -> Floats:
        """Mean of each resample of groups, (R,); NaN where a kind is missing in it."""
        present = np.flatnonzero(self.trials)
        hits, trials = self._drawn[:, 0, present], self._drawn[:, 1, present]
        return np.asarray(_ratio(hits, trials).mean(axis=1), dtype=np.float64)

    def _mean(self) -> float:
        present = self.trials > 0
        return float((self.hits[present] / self.trials[present]).mean())

    def _share(self, hits: int, trials: int, behind: int, kinds: list[int]) -> Estimate:
        if not self._units.are_groups:
            return Estimate(
                hits / trials,
                *wilson_interval(hits, trials),
                method="Wilson",
                units=trials,
                hits=hits,
                trials=trials,
                interval=IntervalMethod.WILSON,
            )

        def drawn() -> Floats:
            of_kinds = self._drawn[:, :, kinds].sum(axis=2)  # (R, 2)
            return _ratio(of_kinds[:, 0], of_kinds[:, 1])

        return self._units.estimate(hits / trials, behind, drawn, (hits, trials))

    @cached_property
    def _groups(self) -> Integers:
        return np.unique(np.array(self.group_ids, dtype=object), return_inverse=True)[1]

    @property
    def _number(self) -> int:
        return int(self._groups.max()) + 1 if len(self._groups) else 0

    @cached_property
    def _units(self) -> Units:
        blocks = min(self._number, BLOCKS) if len(self.codes) > EXACT_IMAGES else self._number
        are_groups = self._number < len(self.codes)
        return Units(self._number, are_groups, blocks if blocks < self._number else 0)

    @cached_property
    def _drawn(self) -> Floats:
        """Hits and trials of each kind in each resample, (R, 2, k)."""
        members, number = self._groups, self._number
        if self._units.blocks:
            members, number = random_blocks(members, number, self._units.blocks), self._units.blocks
        cells = members * self.kinds + self.codes
        size = number * self.kinds
        trials = np.bincount(cells, minlength=size).reshape(number, self.kinds)
        hits = np.bincount(cells[self.right], minlength=size).reshape(number, self.kinds)
        counts = np.hstack([hits, trials]).astype(np.float64)
        drawn = resample_groups(counts, self.resamples, self.seed)
        return drawn.reshape(-1, 2, self.kinds)


def _ratio(hits: Floats, trials: Floats) -> Floats:
    out = np.full(trials.shape, np.nan)
    np.divide(hits, trials, out=out, where=trials > 0)
    return out
