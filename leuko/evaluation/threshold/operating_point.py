"""What a decision threshold means: found, missed and false alarms, where leukemia is so common."""

from collections.abc import Callable
from dataclasses import dataclass

from leuko.arrays import Floats
from leuko.evaluation.count_metrics import TestSample
from leuko.evaluation.counts import Cells, Outcomes
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import MOSTLY_UNMEASURABLE, Units
from leuko.statistics.estimate import Estimate, IntervalMethod, supported_digits
from leuko.statistics.intervals import (
    MINIMUM_GROUPS,
    RESAMPLES,
    Limits,
    is_point,
    percentile_interval,
)
from leuko.statistics.predictive_values import (
    PredictiveLimits,
    Rate,
    check_prevalence,
    logit_limits,
    mover_limits,
    negative_predictive_value,
    positive_predictive_value,
)

Formula = Callable[[float | Floats, float | Floats, float], Floats]
Side = Callable[[PredictiveLimits], Limits]

NONE_MALIGNANT = "0 suggested malignant"
LOGIT = "the logit method (Mercaldo)"
MOVER = "MOVER-R from the intervals of both rates"
NONE_BENIGN = "0 suggested benign"
IMAGES_IN_WORDS = (1_000, 10_000, 100_000)
FEWEST_IN_WORDS = 10


@dataclass(frozen=True)
class OperatingPoint:
    """One threshold of one model on one set of images.

    Attributes:
        threshold: P(malignant) at or above which an image counts as suggested malignant.
        prevalence: share of malignant images that the predictive values are for, in (0, 1).
        sensitivity, specificity: measured on the images.
        positive_predictive_value, negative_predictive_value: from these two, at the prevalence.
        digits: decimals that the set of images supports.
    """

    threshold: float
    prevalence: float
    sensitivity: Estimate
    specificity: Estimate
    positive_predictive_value: Estimate
    negative_predictive_value: Estimate
    digits: int


def observed_prevalence(predictions: Predictions) -> float:
    """Share of malignant images, in [0, 1]."""
    return float(predictions.is_malignant.mean())


def operating_point(
    predictions: Predictions,
    threshold: float,
    prevalence: float,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> OperatingPoint:
    """Measure one threshold.

    Sensitivity and specificity are those of :func:`leuko.evaluation.summary.summarise`. The
    intervals of the predictive values come from the same resamples of groups, pair by pair; where
    images are independent, from the logit method of Mercaldo et al. Where all images (or groups)
    agree on one of the two rates, neither shows its variance, and the intervals of the two rates
    themselves are combined (MOVER-R). The prevalence counts as known.

    Args:
        predictions: checked predictions.
        threshold: in [0, 1].
        prevalence: in (0, 1).
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Raises:
        ValueError: when threshold or prevalence is out of bounds.

    Source: Altman and Bland (1994), BMJ 309:102; Mercaldo, Lau and Zhou (2007), Stat. Med.
    26:2170-2183; Davison and Hinkley (1997), section 3.8; Newcombe (2016), Stat. Methods Med. Res.
    25:1774-1778.
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold lies between 0 and 1, found {threshold}")
    check_prevalence(prevalence)
    sample = TestSample(predictions, threshold, seed, resamples)
    sensitivity = sample.share(Cells.binary, Outcomes.sensitivity)
    specificity = sample.share(Cells.binary, Outcomes.specificity)
    predictive = _Predictive(sample, sensitivity, specificity, prevalence)
    return OperatingPoint(
        threshold=threshold,
        prevalence=prevalence,
        sensitivity=sensitivity,
        specificity=specificity,
        positive_predictive_value=predictive.estimate(
            positive_predictive_value, lambda both: both.positive, NONE_MALIGNANT
        ),
        negative_predictive_value=predictive.estimate(
            negative_predictive_value, lambda both: both.negative, NONE_BENIGN
        ),
        digits=supported_digits(predictions.n_groups if predictions.has_groups else predictions.n),
    )


@dataclass(frozen=True)
class _Predictive:
    """Predictive values of a sample at one prevalence."""

    sample: TestSample
    sensitivity: Estimate
    specificity: Estimate
    prevalence: float

    def estimate(self, formula: Formula, side: Side, nothing: str) -> Estimate:
        """A predictive value with its interval.

        Args:
            formula: Bayes' theorem for it.
            side: which limits belong to it.
            nothing: reason why it is not measurable when nobody gets that suggestion.
        """
        se, sp = self.sensitivity, self.specificity
        if se.value is None or sp.value is None:
            return Estimate(None, reason=se.reason or sp.reason)
        value = float(formula(se.value, sp.value, self.prevalence))
        if value != value:  # noqa: PLR0124 - NaN
            return Estimate(None, reason=nothing)
        units = min(se.units, sp.units)
        if self.sample.predictions.has_groups:
            return self._by_groups(value, units, formula, side)
        counts = se.hits or 0, se.trials or 0, sp.hits or 0, sp.trials or 0
        if 0 < counts[0] < counts[1] and 0 < counts[2] < counts[3]:
            limits = side(logit_limits(*counts, self.prevalence))
            return Estimate(
                value, *limits, method=LOGIT, units=units, interval=IntervalMethod.LOGIT
            )
        return self._from_rates(value, units, side)

    def _by_groups(self, value: float, units: int, formula: Formula, side: Side) -> Estimate:
        if units < MINIMUM_GROUPS:
            return Estimate(value, reason="1 group", units=units)
        drawn = self.sample.resampled.binary()
        pairs = drawn.measured(Outcomes.sensitivity), drawn.measured(Outcomes.specificity)
        spreads = [percentile_interval(each) for each in pairs]
        limits = percentile_interval(formula(*pairs, self.prevalence))
        if limits is None or None in spreads:
            return Estimate(value, reason=MOSTLY_UNMEASURABLE, units=units)
        if any(is_point(spread) for spread in spreads if spread is not None):
            return self._from_rates(value, units, side)
        method = Units.of(self.sample.predictions).bootstrap
        return Estimate(
            value, *limits, method=method, units=units, interval=IntervalMethod.BOOTSTRAP
        )

    def _from_rates(self, value: float, units: int, side: Side) -> Estimate:
        limits = side(self._mover())
        return Estimate(value, *limits, method=MOVER, units=units, interval=IntervalMethod.MOVER)

    def _mover(self) -> PredictiveLimits:
        return mover_limits(_rate(self.sensitivity), _rate(self.specificity), self.prevalence)


def _rate(estimate: Estimate) -> Rate:
    value = estimate.value or 0.0
    low = estimate.low if estimate.low is not None else 0.0
    high = estimate.high if estimate.high is not None else 1.0
    return Rate(value, min(low, value), max(high, value))


@dataclass(frozen=True)
class Expected:
    """How many images of one kind to expect, such as 198 (190–200).

    Attributes:
        count: at the measured rate.
        low, high: at its limits, None without an interval.
    """

    count: int
    low: int | None
    high: int | None

    @property
    def text(self) -> str:
        """Such as "198 (190–200)"."""
        if self.low is None or self.high is None:
            return f"{self.count:,}"
        return f"{self.count:,} ({self.low:,}–{self.high:,})"


@dataclass(frozen=True)
class NaturalFrequencies:
    """An operating point as counts of images, which readers judge better than probabilities.

    Attributes:
        images: how many are imagined.
        malignant: how many of them are malignant.
        found, missed: malignant ones suggested malignant, and benign.
        false_alarms, cleared: benign ones suggested malignant, and benign.

    Source: Gigerenzer and Hoffrage (1995), Psychol. Rev. 102:684-704.
    """

    images: int
    malignant: int
    found: Expected
    missed: Expected
    false_alarms: Expected
    cleared: Expected


def natural_frequencies(point: OperatingPoint) -> NaturalFrequencies | None:
    """What happens to 1,000 images, or to more where one side would be rarer than ten in 1,000.

    Returns:
        Whole counts that add up; None where sensitivity or specificity is not measurable.
    """
    se, sp = point.sensitivity, point.specificity
    if se.value is None or sp.value is None:
        return None
    rarer = min(point.prevalence, 1 - point.prevalence)
    enough = (n for n in IMAGES_IN_WORDS if n * rarer >= FEWEST_IN_WORDS)
    images = next(enough, IMAGES_IN_WORDS[-1])
    malignant = round(images * point.prevalence)
    found, missed = _divide(malignant, se)
    cleared, false_alarms = _divide(images - malignant, sp)
    return NaturalFrequencies(images, malignant, found, missed, false_alarms, cleared)


def _divide(images: int, rate: Estimate) -> tuple[Expected, Expected]:
    """Images that meet the rate and those that do not, each with its limits."""
    hits = round(images * (rate.value or 0.0))
    if rate.low is None or rate.high is None:
        return Expected(hits, None, None), Expected(images - hits, None, None)
    low, high = round(images * rate.low), round(images * rate.high)
    return Expected(hits, low, high), Expected(images - hits, images - high, images - low)
