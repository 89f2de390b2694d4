"""Positive and negative predictive value where leukemia is as common as the reader says."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leuko.evaluation.intervals import Z_95, Limits

Floats = NDArray[np.float64]


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


def predictive_limits(
    found: float,
    diseased: float,
    cleared: float,
    sound: float,
    prevalence: float,
    z: float = Z_95,
) -> PredictiveLimits:
    """Intervals of both predictive values from independent trials, on the logit scale.

    Where a count is 0 the logits have no variance; z²/2 is then added to every count, and the
    measured value is always kept inside the interval.

    Args:
        found: malignant trials suggested malignant; whole images, or shares of groups.
        diseased: malignant trials, more than 0.
        cleared: benign trials suggested benign.
        sound: benign trials, more than 0.
        prevalence: in (0, 1), taken as known.
        z: standard-normal quantile.

    Returns:
        Limits in [0, 1].

    Raises:
        ValueError: when the counts are no counts or the prevalence is out of bounds.

    Source: Mercaldo, Lau and Zhou (2007), Stat. Med. 26:2170-2183, logit intervals, with their
    adjusted counts (after Agresti and Coull) where the plain ones are not defined.
    """
    check_prevalence(prevalence)
    if not (0 <= found <= diseased and 0 <= cleared <= sound and diseased > 0 and sound > 0):
        raise ValueError(f"no proportions: {found} of {diseased}, {cleared} of {sound}")
    values = (
        float(positive_predictive_value(found / diseased, cleared / sound, prevalence)),
        float(negative_predictive_value(found / diseased, cleared / sound, prevalence)),
    )
    if min(found, diseased - found, cleared, sound - cleared) <= 0:
        found, cleared = found + z * z / 2, cleared + z * z / 2
        diseased, sound = diseased + z * z, sound + z * z
    se, sp = found / diseased, cleared / sound
    odds = prevalence / (1 - prevalence)
    positive = _logit_limits(
        math.log(se / (1 - sp) * odds),
        (1 - se) / (se * diseased) + sp / ((1 - sp) * sound),
        z,
    )
    negative = _logit_limits(
        math.log(sp / (1 - se) / odds),
        se / ((1 - se) * diseased) + (1 - sp) / (sp * sound),
        z,
    )
    return PredictiveLimits(_holding(positive, values[0]), _holding(negative, values[1]))


def _logit_limits(logit: float, variance: float, z: float) -> Limits:
    half = z * math.sqrt(variance)
    return 1 / (1 + math.exp(half - logit)), 1 / (1 + math.exp(-half - logit))


def _holding(limits: Limits, value: float) -> Limits:
    if math.isnan(value):
        return limits
    return min(limits[0], value), max(limits[1], value)
