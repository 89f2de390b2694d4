"""A test set and its resamples: turns each metric into an estimate with an interval."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leuko.evaluation.auroc_intervals import bootstrap_auroc, delong_interval, newcombe_interval
from leuko.evaluation.estimates import Estimate
from leuko.evaluation.formulas import Cells, Metric, Outcomes, cells_by_group
from leuko.evaluation.intervals import (
    MINIMUM_GROUPS,
    Limits,
    is_point,
    percentile_interval,
    proportion_limits,
    resample_groups,
    wilson_interval,
)
from leuko.evaluation.predictions import Booleans, Floats, Predictions
from leuko.evaluation.roc import area_under_roc

NO_CASES = "0 cases"
NONE_PREDICTED = "0 predicted"
MOSTLY_UNMEASURABLE = "too few groups hold a case"

Select = Callable[[Cells], Outcomes]


@dataclass(frozen=True, eq=False)
class Sample:
    """Predictions counted by group, and the same counts after drawing groups with replacement.

    Attributes:
        predictions: checked predictions.
        threshold: P(malignant) at or above which an image counts as suggested malignant.
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """

    predictions: Predictions
    threshold: float
    seed: int
    resamples: int

    @cached_property
    def by_group(self) -> Cells:
        """Counts of each group, (G, k, k, 2)."""
        return cells_by_group(self.predictions, self.threshold)

    @cached_property
    def total(self) -> Cells:
        """Counts of the whole test set, (k, k, 2)."""
        return Cells(self.by_group.counts.sum(axis=0), self.by_group.malignant)

    @cached_property
    def resampled(self) -> Cells:
        """Counts of each resample, (R, k, k, 2)."""
        groups = len(self.by_group.counts)
        flat = self.by_group.counts.reshape(groups, -1)
        drawn = resample_groups(flat, self.resamples, self.seed)
        shape = (self.resamples, *self.by_group.counts.shape[1:])
        return Cells(drawn.reshape(shape), self.by_group.malignant)

    def share(self, select: Select, metric: Metric) -> Estimate:
        """A metric of a two-by-two table.

        Args:
            select: which table, such as ``Cells.binary``.
            metric: which metric, such as ``Outcomes.sensitivity``. All but F1 are proportions of
                images and get Wilson's interval where images are independent.
        """
        table = select(self.total)
        value = float(table.measured(metric))
        if np.isnan(value):
            absent = float(table.cases) == 0 or metric is not Outcomes.precision
            return Estimate(None, reason=NO_CASES if absent else NONE_PREDICTED)
        is_proportion = metric is not Outcomes.f1
        fraction = metric(table)
        return self._estimate(
            value,
            units=self._units(select, metric),
            values=lambda: select(self.resampled).measured(metric),
            counts=(int(fraction.hits), int(fraction.trials)) if is_proportion else None,
        )

    def right_class(self) -> Estimate:
        """Share of images whose suggested class is the true one."""
        fraction = self.total.right_class()
        return self._estimate(
            float(fraction.value),
            units=len(self.by_group.counts),
            values=lambda: self.resampled.right_class().value,
            counts=(int(fraction.hits), int(fraction.trials)),
        )

    def mean_over_classes(self, metric: Metric) -> Estimate:
        """Unweighted mean of a one-versus-rest metric; needs every class in the test set."""
        units = []
        for position, name in enumerate(self.predictions.classes.names):
            one = self.share(lambda cells, p=position: cells.one_versus_rest(p), metric)  # type: ignore[misc]
            if one.value is None:
                return Estimate(None, reason=f"{one.reason} of {name}")
            units.append(one.units)
        return self._estimate(
            float(self.total.mean_over_classes(metric)),
            units=min(units),
            values=lambda: self.resampled.mean_over_classes(metric),
            counts=None,
        )

    def auroc(self, position: int | None) -> Estimate:
        """Area under the ROC curve of P(malignant), or of one class against the rest.

        Args:
            position: of the class; None for any malignant class.
        """
        column = 0 if position is None else position + 1
        scores, positive = self._scores[0][:, column], self._scores[1][:, column]
        value = area_under_roc(positive, scores)
        if value is None:
            return Estimate(None, reason=NO_CASES)
        above, below = self._units_where(positive), self._units_where(~positive)
        units = min(above, below)
        if not self.predictions.has_groups:
            limits, method = delong_interval(scores, positive), "DeLong"
        elif units < MINIMUM_GROUPS:
            return Estimate(value, reason=self._unit_words(units), units=units)
        else:
            limits = percentile_interval(self._resampled_areas[:, column])
            method = self._bootstrap_words
            if limits is None:
                return Estimate(value, reason=MOSTLY_UNMEASURABLE, units=units)
        if limits is None or is_point(limits):
            limits = newcombe_interval(value, above, below)
            method = f"Newcombe with {above} and {below} {self._unit}s"
        return Estimate(value, *limits, method=method, units=units)

    @cached_property
    def _scores(self) -> tuple[Floats, Booleans]:
        """Scores and truths (n, 1 + k): any malignant class, then each class."""
        truth = self.predictions.label_indices[:, None] == np.arange(
            len(self.predictions.classes.names)
        )
        return (
            np.column_stack(
                [self.predictions.malignant_probability, self.predictions.probabilities]
            ),
            np.column_stack([self.predictions.is_malignant, truth]),
        )

    @cached_property
    def _resampled_areas(self) -> Floats:
        scores, positive = self._scores
        groups = self.predictions.group_indices
        return bootstrap_auroc(scores, positive, groups, self.resamples, self.seed)

    def _estimate(
        self,
        value: float,
        units: int,
        values: Callable[[], Floats],
        counts: tuple[int, int] | None,
    ) -> Estimate:
        hits, trials = counts if counts is not None else (None, None)
        limits: Limits | None
        if hits is not None and trials is not None and not self.predictions.has_groups:
            limits, method = wilson_interval(hits, trials), "Wilson"
        elif units < MINIMUM_GROUPS:
            return Estimate(
                value, reason=self._unit_words(units), units=units, hits=hits, trials=trials
            )
        else:
            limits, method = percentile_interval(values()), self._bootstrap_words
            if limits is None:
                return Estimate(
                    value, reason=MOSTLY_UNMEASURABLE, units=units, hits=hits, trials=trials
                )
            if is_point(limits):
                limits = proportion_limits(value, units)
                method = f"Wilson with {self._unit_words(units)} as trials"
        return Estimate(value, *limits, method=method, units=units, hits=hits, trials=trials)

    def _units(self, select: Select, metric: Metric) -> int:
        """Groups (or images) that stand in the metric's denominator."""
        return int((metric(select(self.by_group)).trials > 0).sum())

    def _units_where(self, chosen: Booleans) -> int:
        return len(np.unique(self.predictions.group_indices[chosen]))

    @property
    def _unit(self) -> str:
        return "group" if self.predictions.has_groups else "image"

    def _unit_words(self, units: int) -> str:
        return f"{units} {self._unit}{'' if units == 1 else 's'}"

    @property
    def _bootstrap_words(self) -> str:
        return f"bootstrap over {self._unit_words(self.predictions.n_groups)}"
