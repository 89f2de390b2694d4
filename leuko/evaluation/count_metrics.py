"""A test set and its resamples: turns each metric into an estimate with an interval."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from leuko.arrays import Floats, Integers
from leuko.evaluation.counts import Cells, ImageCells, Metric, Outcomes
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import NO_CASES, Units
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import resample_groups, wilson_interval

NONE_PREDICTED = "0 predicted"

Select = Callable[[Cells], Outcomes]


@dataclass(frozen=True, eq=False)
class TestSample:
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
    def total(self) -> Cells:
        """Counts of the whole test set, (k, k, 2)."""
        everyone = np.zeros_like(self._images.codes)
        return Cells(self._images.counted(everyone, 1).counts[0], self._images.malignant)

    @cached_property
    def resampled(self) -> Cells:
        """Counts of each resample, (R, k, k, 2)."""
        of_units = self._images.counted(self.predictions.drawn_indices, self.predictions.n_drawn)
        flat = of_units.counts.reshape(self.predictions.n_drawn, -1)
        drawn = resample_groups(flat, self.resamples, self.seed)
        return Cells(drawn.reshape(-1, *of_units.counts.shape[1:]), of_units.malignant)

    def units(self, select: Select, metric: Metric) -> int:
        """Groups (or images) with any image in the metric's denominator."""
        counts = metric(select(self._images.kinds)).trials > 0  # (cells,)
        groups, codes = self._occupied
        present = np.zeros(self.predictions.n_groups, dtype=np.bool_)
        present[groups[counts[codes]]] = True
        return int(np.count_nonzero(present))

    @cached_property
    def _images(self) -> ImageCells:
        return ImageCells.of(self.predictions, self.threshold)

    @cached_property
    def _occupied(self) -> tuple[Integers, Integers]:
        """Group and cell of every pair of the two that holds an image."""
        cells = len(self._images.kinds.counts)
        pairs = self.predictions.group_indices * cells + self._images.codes
        groups, codes = np.divmod(np.unique(pairs), cells)
        return groups, codes

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
            units=self.units(select, metric),
            values=lambda: select(self.resampled).measured(metric),
            counts=(int(fraction.hits), int(fraction.trials)) if is_proportion else None,
        )

    def right_class(self) -> Estimate:
        """Share of images whose suggested class is the true one."""
        fraction = self.total.right_class()
        return self._estimate(
            float(fraction.value),
            units=self.predictions.n_groups,
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

    def _estimate(
        self,
        value: float,
        units: int,
        values: Callable[[], Floats],
        counts: tuple[int, int] | None,
    ) -> Estimate:
        if counts is not None and not self.predictions.has_groups:
            return Estimate(
                value,
                *wilson_interval(*counts),
                method="Wilson",
                units=units,
                hits=counts[0],
                trials=counts[1],
                interval=IntervalMethod.WILSON,
            )
        return Units.of(self.predictions).estimate(value, units, values, counts)
