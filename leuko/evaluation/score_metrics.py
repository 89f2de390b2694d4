"""Estimates of what rests on probabilities as they are, before any threshold decides."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from leuko.arrays import Booleans, Floats
from leuko.evaluation.brier_and_ece import CalibrationError, MeanSquaredError
from leuko.evaluation.curves.roc import area_under_roc, average_precision
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import NO_CASES, StandIn, Units, units_where
from leuko.statistics.auroc import delong_interval, newcombe_interval
from leuko.statistics.cluster_bootstrap import Statistic, resampled
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import is_point
from leuko.statistics.large_samples import LEVELS
from leuko.statistics.ranking import AveragePrecision, PairsWon, Ranked

PRECISION, BRIER, ERROR = range(3)  # columns of what is drawn together
CALIBRATED_BELOW = 0.95  # quantile of the error by chance up to which the interval holds 0


@dataclass(frozen=True, eq=False)
class Scores:
    """Probabilities of one model, and what they become in resamples of groups.

    Attributes:
        predictions: checked predictions.
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """

    predictions: Predictions
    seed: int
    resamples: int

    def auroc(self, position: int | None = None) -> Estimate:
        """Area under the ROC curve of P(malignant), or of one class against the rest.

        Args:
            position: of the class; None for any malignant class.
        """
        scores, positive = self._column(position)
        value = area_under_roc(positive, scores)
        if value is None:
            return Estimate(None, reason=NO_CASES)
        above = units_where(self.predictions, positive)
        below = units_where(self.predictions, ~positive)

        def newcombe() -> StandIn:
            words = f"Newcombe with {above} and {below} {self._units.name}s"
            return newcombe_interval(value, above, below), IntervalMethod.NEWCOMBE, words

        if not self._units.are_groups:
            limits = delong_interval(scores, positive)
            interval, words = IntervalMethod.DELONG, "DeLong"
            if limits is None or is_point(limits):
                limits, interval, words = newcombe()
            return Estimate(
                value, *limits, method=words, units=min(above, below), interval=interval
            )

        def drawn() -> Floats:
            ranked = self.predictions.ranking_scores(scores)
            won = PairsWon(ranked, positive, self.predictions.drawn_indices)
            return self._resampled(won)[:, 0] + self._lost_by_levels(value, won)

        return self._units.estimate(value, min(above, below), drawn, stand_in=newcombe)

    def average_precision(self) -> Estimate:
        """Average precision of P(malignant); needs malignant and benign images."""
        scores, positive = self._column(None)
        value = average_precision(positive, scores)
        if value is None:
            return Estimate(None, reason=NO_CASES)
        behind = min(units_where(self.predictions, side) for side in (positive, ~positive))

        def drawn() -> Floats:
            return self._drawn[:, PRECISION] + self._lost_by_levels(value, self._precision)

        return self._units.estimate(value, behind, drawn)

    def brier(self) -> Estimate:
        """Brier score of P(malignant), 0 the best.

        A squared error lies in [0, 1], so no distribution of it is wider than that of a
        proportion with the same mean: Wilson's interval stands in for a point.
        """
        error = MeanSquaredError(self.predictions)
        return self._units.estimate(error.value, self._units.number, lambda: self._drawn[:, BRIER])

    def ece(self) -> Estimate:
        """Expected calibration error of P(malignant), 0 the best.

        Chance alone moves it up, in the test set as in every resample of it; the interval
        therefore reaches as far down from the value as up, and down to 0 where a model without
        calibration error would show as much in one of twenty such test sets.
        """
        error = CalibrationError(self.predictions)
        made = self._units.estimate(
            error.value, self._units.number, lambda: self._drawn[:, ERROR], symmetric=True
        )
        if made.low is not None:
            by_chance = error.by_chance(self.resamples, self.seed)
            if error.value <= np.quantile(by_chance, CALIBRATED_BELOW):
                return replace(made, low=0.0)
        return made

    @cached_property
    def _units(self) -> Units:
        return Units.of(self.predictions)

    def _column(self, position: int | None) -> tuple[Floats, Booleans]:
        if position is None:
            return self.predictions.malignant_probability, self.predictions.is_malignant
        return (
            np.ascontiguousarray(self.predictions.probabilities[:, position]),
            self.predictions.label_indices == position,
        )

    def _resampled(self, *statistics: Statistic) -> Floats:
        one = self.predictions
        steps = LEVELS if one.is_large else one.n
        return resampled(statistics, one.n_drawn, steps, self.resamples, self.seed)

    def _lost_by_levels(self, value: float, statistic: Statistic) -> float:
        """How much lower a statistic comes out where scores are brought to levels."""
        if not self.predictions.is_large:
            return 0.0
        once = np.ones((1, self.predictions.n_drawn), dtype=np.float32)
        return value - float(statistic(once)[0])

    @cached_property
    def _precision(self) -> AveragePrecision:
        scores, positive = self._column(None)
        ranked = self.predictions.ranking_scores(scores)
        return AveragePrecision(Ranked(ranked, positive, self.predictions.drawn_indices))

    @cached_property
    def _drawn(self) -> Floats:
        """(R, 3): average precision, Brier score and calibration error of the same draws."""
        return self._resampled(
            self._precision,
            MeanSquaredError(self.predictions),
            CalibrationError(self.predictions),
        )
