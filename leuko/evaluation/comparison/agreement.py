"""How far two models suggest the same, and the images on which they do not."""

import math
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats
from leuko.evaluation.comparison.contender import Contender
from leuko.evaluation.comparison.resampling import LEAST_UNITS
from leuko.evaluation.units import MOSTLY_UNMEASURABLE
from leuko.statistics.estimate import IntervalMethod
from leuko.statistics.intervals import (
    RESAMPLES,
    Z_95,
    is_point,
    percentile_interval,
    resample_groups,
)
from leuko.statistics.kappa import cohens_kappa, kappa_standard_error
from leuko.statistics.paired_intervals import Signed

SIDES = ("benign", "malignant")
ONE_ANSWER = "both suggest one class only"
ALL_AGREE = "they agree on every image"
ONE_SAYS_ONE = "one of them suggests one class only"


@dataclass(frozen=True)
class RaterAgreement:
    """What two models suggest for the same images.

    Attributes:
        names: of the suggestions: the classes where both know the same ones, else the two sides.
        counts: images, rows what the first suggests, columns the second.
        kappa: Cohen's kappa with its 95 % interval.
    """

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    kappa: Signed

    @property
    def agreed(self) -> int:
        """Images for which both suggest the same."""
        return sum(row[place] for place, row in enumerate(self.counts))


def agreement(
    first: Contender,
    second: Contender,
    by_class: bool,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> RaterAgreement:
    """Count what both suggest, and Cohen's kappa.

    Args:
        first: a model.
        second: another that ``why_not_paired`` lets pass.
        by_class: count classes, which both must know; else malignant against benign.
        resamples: of the bootstrap by group, where images are grouped.
        seed: of the bootstrap.
    """
    names = first.predictions.classes.names if by_class else SIDES
    if by_class:
        ours = first.suggested
        theirs = np.array([names.index(name) for name in second.suggested_names], dtype=np.int64)
    else:
        ours = first.suggests_malignant.astype(np.int64)
        theirs = second.suggests_malignant.astype(np.int64)
    predictions = first.predictions
    k = len(names)
    where = (predictions.drawn_indices, ours, theirs)
    shape = (predictions.n_drawn, k, k)
    cells = np.bincount(np.ravel_multi_index(where, shape), minlength=predictions.n_drawn * k * k)
    by_group = cells.reshape(shape).astype(np.float64)
    counts = by_group.sum(axis=0).astype(int)
    return RaterAgreement(
        names,
        tuple(tuple(int(count) for count in row) for row in counts),
        kappa_estimate(
            by_group, predictions.has_groups, resamples, seed, groups=predictions.n_groups
        ),
    )


def kappa_estimate(
    by_group: Floats,
    grouped: bool,
    resamples: int = RESAMPLES,
    seed: int = 0,
    groups: int | None = None,
) -> Signed:
    """Cohen's kappa with its 95 % interval.

    Args:
        by_group: (G, k, k) counts of images, one table a group (or random block of groups); a
            single one where no image belongs to a group.
        grouped: whether images are grouped, so that groups are resampled.
        resamples: of the bootstrap by group.
        seed: of the bootstrap by group.
        groups: how many there are, where the tables are those of blocks.
    """
    table = by_group.sum(axis=0)
    drawn_units = len(by_group)
    groups = drawn_units if groups is None else groups
    value = float(cohens_kappa(table))
    if math.isnan(value):
        return Signed(None, reason=ONE_ANSWER)
    if reason := _why_no_interval(table, groups, grouped):
        return Signed(value, reason=reason, units=groups)
    if not grouped:
        half = Z_95 * kappa_standard_error(table)
        limits = max(-1.0, value - half), min(1.0, value + half)
        return Signed(
            value, *limits, method="large-sample variance", units=groups,
            interval=IntervalMethod.LARGE_SAMPLE,
        )  # fmt: skip
    drawn = resample_groups(by_group.reshape(drawn_units, -1), resamples, seed)
    interval = percentile_interval(cohens_kappa(drawn.reshape(-1, *table.shape)))
    if interval is None or is_point(interval):
        return Signed(value, reason=MOSTLY_UNMEASURABLE, units=groups)
    over = f"{drawn_units:,} random blocks of " if drawn_units < groups else ""
    words = f"bootstrap over {over}{groups} groups"
    by = IntervalMethod.BOOTSTRAP
    return Signed(value, *interval, method=words, units=groups, interval=by)


def _why_no_interval(table: Floats, groups: int, grouped: bool) -> str:
    if np.trace(table) == table.sum():
        return ALL_AGREE
    if 1 in ((table.sum(axis=1) > 0).sum(), (table.sum(axis=0) > 0).sum()):
        return ONE_SAYS_ONE
    few = grouped and groups < LEAST_UNITS
    return f"{groups} group{'' if groups == 1 else 's'}" if few else ""
