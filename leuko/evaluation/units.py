"""The independent units of a test set, and what an interval over them may claim."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans, Floats
from leuko.evaluation.predictions import Predictions
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import (
    MINIMUM_GROUPS,
    Limits,
    is_point,
    percentile_interval,
    proportion_limits,
    symmetric_interval,
)

StandIn = tuple[Limits, IntervalMethod, str]

NO_CASES = "0 cases"
MOSTLY_UNMEASURABLE = "too few groups hold a case"


@dataclass(frozen=True)
class Units:
    """Groups, or images where every image stands alone.

    Attributes:
        number: of units in the test set.
        are_groups: whether they are groups of images.
        blocks: random blocks of units that are resampled in a large test set; 0 where the units
            themselves are.
    """

    number: int
    are_groups: bool
    blocks: int = 0

    @classmethod
    def of(cls, predictions: Predictions) -> "Units":
        """Units of a test set."""
        drawn = predictions.n_drawn
        blocks = drawn if drawn < predictions.n_groups else 0
        return cls(predictions.n_groups, predictions.has_groups, blocks)

    @property
    def name(self) -> str:
        """What one unit is."""
        return "group" if self.are_groups else "image"

    def words(self, number: int) -> str:
        """A number of units in words, such as "1 group"."""
        return f"{number} {self.name}{'' if number == 1 else 's'}"

    @property
    def bootstrap(self) -> str:
        """How a resampled interval is described."""
        of_blocks = f"{self.blocks:,} random blocks of " if self.blocks else ""
        return f"bootstrap over {of_blocks}{self.words(self.number)}"

    def estimate(
        self,
        value: float,
        behind: int,
        values: Callable[[], Floats],
        counts: tuple[int, int] | None = None,
        *,
        symmetric: bool = False,
        stand_in: Callable[[], StandIn] | None = None,
    ) -> Estimate:
        """A value with the interval of its resampled values, or the reason for having none.

        Args:
            value: of the whole test set.
            behind: units that stand behind it.
            values: gives the resampled values, NaN where a resample had nothing to measure.
            counts: hits and trials, of a proportion.
            symmetric: whether the interval reaches as far below the value as above.
            stand_in: limits, their method and its words where all resampled values are the
                same; without it, Wilson's interval with one trial a unit.
        """
        hits, trials = counts if counts is not None else (None, None)

        def without(reason: str) -> Estimate:
            return Estimate(value, reason=reason, units=behind, hits=hits, trials=trials)

        if behind < MINIMUM_GROUPS:
            return without(self.words(behind))
        drawn = values()
        limits = symmetric_interval(value, drawn) if symmetric else percentile_interval(drawn)
        if limits is None:
            return without(MOSTLY_UNMEASURABLE)
        interval = IntervalMethod.BOOTSTRAP
        words = f"{self.bootstrap}, symmetric" if symmetric else self.bootstrap
        if is_point(limits):
            limits, interval, words = self.wilson(value, behind) if stand_in is None else stand_in()
        return Estimate(
            value, *limits, method=words, units=behind, hits=hits, trials=trials, interval=interval
        )

    def wilson(self, value: float, behind: int) -> StandIn:
        """Wilson's interval with one trial a unit, for where all units agree."""
        words = f"Wilson with {self.words(behind)} as trials"
        return proportion_limits(value, behind), IntervalMethod.WILSON_BY_UNIT, words


def units_where(predictions: Predictions, chosen: Booleans) -> int:
    """How many units hold any of the chosen images, bool (n,)."""
    return int(np.count_nonzero(np.bincount(predictions.group_indices[chosen])))
