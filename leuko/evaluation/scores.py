"""Estimates of what rests on probabilities as they are, before any threshold decides."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leuko.evaluation.auroc_intervals import delong_interval, newcombe_interval
from leuko.evaluation.draws import Statistic, resampled
from leuko.evaluation.estimates import Estimate
from leuko.evaluation.intervals import Limits, is_point
from leuko.evaluation.predictions import Booleans, Floats, Predictions
from leuko.evaluation.probability_scores import CalibrationError, MeanSquaredError
from leuko.evaluation.ranked import AveragePrecision, PairsWon, Ranked
from leuko.evaluation.roc import area_under_roc, average_precision
from leuko.evaluation.units import NO_CASES, Units, units_where


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

        def newcombe() -> tuple[Limits, str]:
            method = f"Newcombe with {above} and {below} {self._units.name}s"
            return newcombe_interval(value, above, below), method

        if not self._units.are_groups:
            limits = delong_interval(scores, positive)
            method = "DeLong"
            if limits is None or is_point(limits):
                limits, method = newcombe()
            return Estimate(value, *limits, method=method, units=min(above, below))
        won = PairsWon(scores, positive, self.predictions.group_indices)
        return self._units.estimate(
            value, min(above, below), lambda: self._resampled(won), stand_in=newcombe
        )

    def average_precision(self) -> Estimate:
        """Average precision of P(malignant); needs malignant and benign images."""
        scores, positive = self._column(None)
        value = average_precision(positive, scores)
        if value is None:
            return Estimate(None, reason=NO_CASES)
        behind = min(units_where(self.predictions, side) for side in (positive, ~positive))
        ranked = Ranked(scores, positive, self.predictions.group_indices)
        return self._units.estimate(
            value, behind, lambda: self._resampled(AveragePrecision(ranked))
        )

    def brier(self) -> Estimate:
        """Brier score of P(malignant), 0 the best.

        A squared error lies in [0, 1], so no distribution of it is wider than that of a
        proportion with the same mean: Wilson's interval stands in for a point.
        """
        error = MeanSquaredError(self.predictions)
        return self._units.estimate(error.value, self._units.number, lambda: self._resampled(error))

    def ece(self) -> Estimate:
        """Expected calibration error of P(malignant), 0 the best.

        Chance alone moves it up, in the test set as in every resample of it; the interval
        therefore reaches as far down from the value as up.
        """
        error = CalibrationError(self.predictions)
        return self._units.estimate(
            error.value,
            self._units.number,
            lambda: self._resampled(error),
            symmetric=True,
        )

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

    def _resampled(self, statistic: Statistic) -> Floats:
        values = resampled(
            [statistic], self._units.number, self.predictions.n, self.resamples, self.seed
        )
        return values[:, 0]
