"""Positive and negative predictive value where leukemia is as common as the reader says."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from leuko.arrays import Floats
from leuko.statistics.intervals import Z_95, Limits


def check_prevalence(prevalence: float) -> None:
    """Refuse a prevalence at which one of the sides would not exist.

    Raises:
        ValueError: unless 0 < prevalence < 1.
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"a prevalence lies between 0 and 1, both excluded, found {prevalence}")


def positive_predictive_value(
    sensitivity: ArrayLike, specificity: ArrayLike, prevalence: float
) -> Floats:
    """Probability that an image suggested malignant is malignant.

    Args:
        sensitivity: in [0, 1], any shape.
        specificity: in [0, 1], of a matching shape.
        prevalence: share of malignant images, in (0, 1).

    Returns:
        Values in [0, 1]; NaN where no image is suggested malignant.

    Raises:
        ValueError: when the prevalence is out of bounds.

    Source: Bayes' theorem; Altman and Bland (1994), BMJ 309:102:
    PPV = Se p / (Se p + (1 - Sp)(1 - p)).
    """
    check_prevalence(prevalence)
    right = np.asarray(sensitivity, dtype=np.float64) * prevalence
    wrong = (1 - np.asarray(specificity, dtype=np.float64)) * (1 - prevalence)
    return _share(right, wrong)


def negative_predictive_value(
    sensitivity: ArrayLike, specificity: ArrayLike, prevalence: float
) -> Floats:
    """Probability that an image suggested benign is benign.

    Args:
        sensitivity: in [0, 1], any shape.
        specificity: in [0, 1], of a matching shape.
        prevalence: share of malignant images, in (0, 1).

    Returns:
        Values in [0, 1]; NaN where no image is suggested benign.

    Raises:
        ValueError: when the prevalence is out of bounds.

    Source: Bayes' theorem; Altman and Bland (1994), BMJ 309:102:
    NPV = Sp (1 - p) / (Sp (1 - p) + (1 - Se) p).
    """
    check_prevalence(prevalence)
    right = np.asarray(specificity, dtype=np.float64) * (1 - prevalence)
    wrong = (1 - np.asarray(sensitivity, dtype=np.float64)) * prevalence
    return _share(right, wrong)


def _share(right: Floats, wrong: Floats) -> Floats:
    right, wrong = np.broadcast_arrays(right, wrong)
    out = np.full(right.shape, np.nan)
    np.divide(right, right + wrong, out=out, where=right + wrong > 0)
    return out


@dataclass(frozen=True)
class PredictiveLimits:
    """95 % limits of both predictive values."""

    positive: Limits
    negative: Limits


@dataclass(frozen=True)
class Rate:
    """A measured rate with its 95 % limits, all in [0, 1]."""

    value: float
    low: float
    high: float

    @property
    def complement(self) -> "Rate":
        """1 minus the rate."""
        return Rate(1 - self.value, 1 - self.high, 1 - self.low)


def logit_limits(
    found: int, diseased: int, cleared: int, sound: int, prevalence: float, z: float = Z_95
) -> PredictiveLimits:
    """Intervals of both predictive values from independent images, on the logit scale.

    Args:
        found: malignant images suggested malignant; some, but not all.
        diseased: malignant images.
        cleared: benign images suggested benign; some, but not all.
        sound: benign images.
        prevalence: in (0, 1), taken as known.
        z: standard-normal quantile.

    Returns:
        Limits in (0, 1).

    Raises:
        ValueError: when a count leaves no variance (see ``mover_limits`` for such cases), or the
            prevalence is out of bounds.

    Source: Mercaldo, Lau and Zhou (2007), Stat. Med. 26:2170-2183, the logit intervals.
    """
    check_prevalence(prevalence)
    if not (0 < found < diseased and 0 < cleared < sound):
        raise ValueError(f"no variance on one side: {found} of {diseased}, {cleared} of {sound}")
    se, sp = found / diseased, cleared / sound
    odds = prevalence / (1 - prevalence)
    return PredictiveLimits(
        positive=_logit_limits(
            math.log(se / (1 - sp) * odds),
            (1 - se) / (se * diseased) + sp / ((1 - sp) * sound),
            z,
        ),
        negative=_logit_limits(
            math.log(sp / (1 - se) / odds),
            se / ((1 - se) * diseased) + (1 - sp) / (sp * sound),
            z,
        ),
    )


def _logit_limits(logit: float, variance: float, z: float) -> Limits:
    half = z * math.sqrt(variance)
    return 1 / (1 + math.exp(half - logit)), 1 / (1 + math.exp(-half - logit))


def mover_limits(sensitivity: Rate, specificity: Rate, prevalence: float) -> PredictiveLimits:
    """Intervals of both predictive values from the intervals of the two rates.

    Needs no variance, only limits, so that it also serves where every image, or every group, of
    one side agrees. The limits always hold the measured value.

    Args:
        sensitivity: with its limits.
        specificity: with its limits, measured independently of the sensitivity.
        prevalence: in (0, 1), taken as known.

    Returns:
        Limits in [0, 1].

    Raises:
        ValueError: when the prevalence is out of bounds.

    Source: method of variance estimates recovery for a ratio, Newcombe (2016), Stat. Methods Med.
    Res. 25:1774-1778, after Donner and Zou (2012), 21:347-359, applied to (1 - Sp) / Se and
    (1 - Se) / Sp.
    """
    check_prevalence(prevalence)
    odds = prevalence / (1 - prevalence)
    low, high = _mover_ratio(specificity.complement, sensitivity)
    positive = 1 / (1 + high / odds), 1 / (1 + low / odds)
    low, high = _mover_ratio(sensitivity.complement, specificity)
    return PredictiveLimits(positive, (1 / (1 + high * odds), 1 / (1 + low * odds)))


def _mover_ratio(upper: Rate, lower: Rate) -> Limits:
    """Limits of ``upper / lower``; (0, infinity) when nothing is known of it."""
    product = upper.value * lower.value
    least = upper.low * (2 * upper.value - upper.low)
    spread = product**2 - least * lower.high * (2 * lower.value - lower.high)
    below = product + math.sqrt(max(0.0, spread))
    most = upper.high * (2 * upper.value - upper.high)
    divisor = lower.low * (2 * lower.value - lower.low)
    spread = product**2 - most * divisor
    low = max(0.0, least / below) if below > 0 else 0.0
    high = (product + math.sqrt(max(0.0, spread))) / divisor if divisor > 0 else math.inf
    return low, high
