"""Does P(malignant) mean what it says, and where do images of each class lie on it?"""

from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats, Integers
from leuko.evaluation.brier_and_ece import (
    CALIBRATION_BINS,
    CalibrationError,
    probability_bins,
)
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import NO_CASES, Units, units_where
from leuko.labels import ClassSet
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import RESAMPLES, resample_groups, wilson_interval


@dataclass(frozen=True)
class ReliabilityBin:
    """Images whose P(malignant) lies in one tenth of the scale.

    Attributes:
        start, end: edges; the first bin holds its lower edge, each bin its upper one.
        n: images in the bin.
        malignant: those that are truly malignant.
        mean_probability: mean P(malignant) of the bin's images; None for an empty bin.
        share: malignant / n with its 95 % interval.
    """

    start: float
    end: float
    n: int
    malignant: int
    mean_probability: float | None
    share: Estimate


@dataclass(frozen=True)
class Reliability:
    """Stated probability against observed share.

    Attributes:
        bins: ten of equal width, from 0 to 1.
        ece: expected calibration error, the mean gap between the two over all images.
        method: how the intervals were computed.
    """

    bins: tuple[ReliabilityBin, ...]
    ece: float
    method: str


@dataclass(frozen=True)
class ScoreHistogram:
    """How many images of each true class lie where on P(malignant).

    Attributes:
        classes: the classes and which of them are malignant.
        edges: of the b bins, (b + 1,), from 0 to 1; bins hold their upper edge.
        counts: one row a class, in the order of ``classes.names``, one column a bin.
    """

    classes: ClassSet
    edges: tuple[float, ...]
    counts: tuple[tuple[int, ...], ...]


def reliability(predictions: Predictions, seed: int = 0, resamples: int = RESAMPLES) -> Reliability:
    """Ten bins of P(malignant): mean probability, observed share and its interval.

    The interval is a bootstrap over groups where groups exist and Wilson's where not.

    Args:
        predictions: checked predictions.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Source: as scikit-learn's ``calibration_curve`` with uniform bins; DeGroot and Fienberg
    (1983), The Statistician 32:12-22.
    """
    probability = predictions.malignant_probability
    where = probability_bins(probability)
    units = Units.of(predictions)
    positive = predictions.is_malignant
    drawn = None
    if units.are_groups:
        flat = resample_groups(_by_unit(predictions, where), resamples, seed)
        drawn = flat.reshape(resamples, CALIBRATION_BINS, 2)
    edges = np.linspace(0, 1, CALIBRATION_BINS + 1)
    bins = []
    for number in range(CALIBRATION_BINS):
        inside = where == number
        malignant, n = int((inside & positive).sum()), int(inside.sum())
        bins.append(
            ReliabilityBin(
                start=float(edges[number]),
                end=float(edges[number + 1]),
                n=n,
                malignant=malignant,
                mean_probability=float(probability[inside].mean()) if n else None,
                share=_share(
                    malignant,
                    n,
                    units,
                    behind=units_where(predictions, inside),
                    drawn=None if drawn is None else drawn[:, number],
                ),
            )
        )
    method = units.bootstrap if units.are_groups else "Wilson"
    return Reliability(tuple(bins), CalibrationError(predictions).value, method)


def _by_unit(predictions: Predictions, where: Integers) -> Floats:
    """(U, bins * 2): malignant images, then images, of each bin in each unit that is drawn."""
    slots = predictions.drawn_indices * CALIBRATION_BINS + where
    number = predictions.n_drawn * CALIBRATION_BINS
    counts = [
        np.bincount(chosen, minlength=number) for chosen in (slots[predictions.is_malignant], slots)
    ]
    return np.stack(counts, axis=1).reshape(predictions.n_drawn, -1).astype(np.float64)


def _share(malignant: int, n: int, units: Units, behind: int, drawn: Floats | None) -> Estimate:
    if n == 0:
        return Estimate(None, reason=NO_CASES)
    if drawn is None:
        return Estimate(
            malignant / n,
            *wilson_interval(malignant, n),
            method="Wilson",
            interval=IntervalMethod.WILSON,
            units=n,
            hits=malignant,
            trials=n,
        )
    shares = np.full(len(drawn), np.nan)
    np.divide(drawn[:, 0], drawn[:, 1], out=shares, where=drawn[:, 1] > 0)
    return units.estimate(malignant / n, behind, lambda: shares, (malignant, n))


def score_histogram(predictions: Predictions, bins: int = 20) -> ScoreHistogram:
    """Count test images by true class and P(malignant).

    Args:
        predictions: checked predictions.
        bins: number of bins of equal width.
    """
    counts = np.zeros((len(predictions.classes.names), bins), dtype=np.int64)
    where = probability_bins(predictions.malignant_probability, bins)
    np.add.at(counts, (predictions.label_indices, where), 1)
    return ScoreHistogram(
        classes=predictions.classes,
        edges=tuple(float(edge) for edge in np.linspace(0, 1, bins + 1)),
        counts=tuple(tuple(int(count) for count in row) for row in counts),
    )
