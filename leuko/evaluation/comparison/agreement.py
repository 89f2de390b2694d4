"""How far two models suggest the same, and the images on which they do not."""

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from leuko.arrays import Floats
from leuko.evaluation.comparison.contender import Contender, same_classes
from leuko.evaluation.comparison.resampling import LEAST_UNITS
from leuko.evaluation.units import MOSTLY_UNMEASURABLE
from leuko.statistics.intervals import (
    RESAMPLES,
    Z_95,
    is_point,
    percentile_interval,
    resample_groups,
)
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
    by_group = np.zeros((predictions.n_groups, k, k))
    np.add.at(by_group, (predictions.group_indices, ours, theirs), 1)
    counts = by_group.sum(axis=0).astype(int)
    return RaterAgreement(
        names,
        tuple(tuple(int(count) for count in row) for row in counts),
        kappa_estimate(by_group, predictions.has_groups, resamples, seed),
    )


def kappa_estimate(
    by_group: Floats, grouped: bool, resamples: int = RESAMPLES, seed: int = 0
) -> Signed:
    """Cohen's kappa with its 95 % interval.

    Args:
        by_group: (G, k, k) counts of images, one table a group; a single one where no image
            belongs to a group.
        grouped: whether images are grouped, so that groups are resampled.
        resamples: of the bootstrap by group.
        seed: of the bootstrap by group.
    """
    table = by_group.sum(axis=0)
    groups = len(by_group)
    value = float(cohens_kappa(table))
    if math.isnan(value):
        return Signed(None, reason=ONE_ANSWER)
    if reason := _why_no_interval(table, groups, grouped):
        return Signed(value, reason=reason, units=groups)
    if not grouped:
        half = Z_95 * kappa_standard_error(table)
        limits = max(-1.0, value - half), min(1.0, value + half)
        return Signed(value, *limits, method="large-sample variance", units=groups)
    drawn = resample_groups(by_group.reshape(groups, -1), resamples, seed)
    interval = percentile_interval(cohens_kappa(drawn.reshape(-1, *table.shape)))
    if interval is None or is_point(interval):
        return Signed(value, reason=MOSTLY_UNMEASURABLE, units=groups)
    return Signed(value, *interval, method=f"bootstrap over {groups} groups", units=groups)


def _why_no_interval(table: Floats, groups: int, grouped: bool) -> str:
    if np.trace(table) == table.sum():
        return ALL_AGREE
    if 1 in ((table.sum(axis=1) > 0).sum(), (table.sum(axis=0) > 0).sum()):
        return ONE_SAYS_ONE
    few = grouped and groups < LEAST_UNITS
    return f"{groups} group{'' if groups == 1 else 's'}" if few else ""


def cohens_kappa(tables: Floats) -> Floats:
    """Agreement beyond what the shares of the suggestions alone would give.

    Args:
        tables: (..., k, k) counts, rows the first rater, columns the second.

    Returns:
        (...,), in [-1, 1]; NaN where both raters always give the same single answer.

    Source: Cohen (1960), Educ. Psychol. Meas. 20:37-46.
    """
    total = tables.sum(axis=(-2, -1))
    seen = np.trace(tables, axis1=-2, axis2=-1) / total
    expected = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1) / total**2
    out = np.full(np.shape(total), np.nan)
    np.divide(seen - expected, 1 - expected, out=out, where=expected < 1)
    return out


def kappa_standard_error(table: Floats) -> float:
    """Large-sample standard error of Cohen's kappa for independent images.

    Args:
        table: (k, k) counts with some disagreement by chance possible.

    Source: Fleiss, Cohen and Everitt (1969), Psychol. Bull. 72:323-327.
    """
    total = table.sum()
    shares = table / total
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = float(rows @ columns)
    kappa = (np.trace(shares) - expected) / (1 - expected)
    diagonal = np.diag(shares)
    on = (diagonal * (1 - (rows + columns) * (1 - kappa)) ** 2).sum()
    pairs = shares * (columns[:, None] + rows[None, :]) ** 2
    off = (1 - kappa) ** 2 * (pairs.sum() - np.diag(pairs).sum())
    correction = (kappa - expected * (1 - kappa)) ** 2
    return float(math.sqrt(max(0.0, on + off - correction) / total) / (1 - expected))


class Pick(StrEnum):
    """Which images to list."""

    DISAGREE = "They disagree"
    ONE_WRONG = "At least one is wrong"
    BOTH_WRONG = "Both are wrong"
    ALL = "All images"


@dataclass(frozen=True)
class Verdict:
    """What two models say about one image.

    Attributes:
        image, group: names in the table of predictions.
        truth: the true class.
        first, second: suggested class of each.
        first_probability, second_probability: P(malignant) of each, in [0, 1].
        first_right, second_right: whether the suggestion is the true class, or the true side
            where the models know different classes.
    """

    image: str
    group: str
    truth: str
    first: str
    second: str
    first_probability: float
    second_probability: float
    first_right: bool
    second_right: bool

    @property
    def gap(self) -> float:
        """Distance of the two P(malignant), in [0, 1]."""
        return abs(self.first_probability - self.second_probability)


def verdicts(first: Contender, second: Contender, pick: Pick) -> list[Verdict]:
    """The picked images, the widest gap of P(malignant) first.

    Args:
        first: a model.
        second: another that ``why_not_paired`` lets pass. Where the two know different classes,
            they disagree when the sides differ.
        pick: which images.
    """
    by_class = same_classes(first, second)
    right = (
        (first.right_class, second.right_class)
        if by_class
        else (first.right_side, second.right_side)
    )
    unlike = (
        np.array(first.suggested_names) != np.array(second.suggested_names)
        if by_class
        else first.suggests_malignant != second.suggests_malignant
    )
    chosen = {
        Pick.DISAGREE: unlike,
        Pick.ONE_WRONG: ~(right[0] & right[1]),
        Pick.BOTH_WRONG: ~(right[0] | right[1]),
        Pick.ALL: np.ones(len(unlike), dtype=np.bool_),
    }[pick]
    a, b = first.predictions, second.predictions
    found = [
        Verdict(
            a.image_ids[row],
            a.group_ids[row],
            a.labels[row],
            first.suggested_names[row],
            second.suggested_names[row],
            float(a.malignant_probability[row]),
            float(b.malignant_probability[row]),
            bool(right[0][row]),
            bool(right[1][row]),
        )
        for row in np.flatnonzero(chosen)
    ]
    return sorted(found, key=lambda one: (-one.gap, one.image))
