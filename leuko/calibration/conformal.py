"""Prediction sets that hold the true class as often as they promise (split conformal prediction).

A class belongs to the set of a picture when its probability reaches a limit, which is chosen on
validation pictures. The promise holds on average over pictures that are exchangeable with the
validation pictures: other pictures of the same patients and days are; another patient, another
microscope need not be, and then only the measured coverage counts.

Source: Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World; the score
1 - p(true class) and its least mean size: Sadinle, Lei and Wasserman (2019), Least ambiguous
set-valued classifiers with bounded error levels, J. Am. Stat. Assoc. 114:223-234.

The rule is one order statistic and one comparison, so it stands here in a few lines; the tests
compare it with the library crepes.
"""

import math
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans, Floats
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import NO_CASES, Units, units_where
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import RESAMPLES, resample_groups, wilson_interval


def limit_for(true_probabilities: Floats, coverage: float) -> float | None:
    """Probability that a class must reach so that sets hold the true class often enough.

    Args:
        true_probabilities: (n,), probability that the model gave to the true class of each
            validation picture.
        coverage: wanted share of pictures whose true class is in their set, in (0, 1).

    Returns:
        The k-th largest of the probabilities, k = ceil((n + 1) * coverage); None where n is too
        small for it (k > n), so that every class must belong to the set.

    Raises:
        ValueError: for a coverage outside (0, 1).
    """
    if not 0 < coverage < 1:
        raise ValueError(f"a coverage lies between 0 and 1, found {coverage}")
    n = len(true_probabilities)
    # Rounded first: (n + 1) * 0.9 of n = 9 must be 9, and not a little more.
    rank = math.ceil(round((n + 1) * coverage, 9))
    if rank > n:
        return None
    return float(np.sort(true_probabilities)[::-1][rank - 1])


def true_probabilities(predictions: Predictions) -> Floats:
    """Probability of the true class of each picture, (n,)."""
    return np.asarray(
        predictions.probabilities[np.arange(predictions.n), predictions.label_indices]
    )


def sets_at(probabilities: Floats, limit: float | None) -> Booleans:
    """Which classes belong to the set of each picture, bool (n, k).

    Args:
        probabilities: (n, k).
        limit: as :func:`limit_for` gave it.
    """
    return np.asarray(probabilities >= (0.0 if limit is None else limit))


@dataclass(frozen=True, eq=False)
class SetsOnTest:
    """Prediction sets of pictures whose true class is known.

    Attributes:
        predictions: of the pictures.
        members: bool (n, k), which classes belong to each set.
    """

    predictions: Predictions
    members: Booleans

    @property
    def covered(self) -> Booleans:
        """Whether the set of each picture holds its true class, bool (n,)."""
        rows = np.arange(self.predictions.n)
        return np.asarray(self.members[rows, self.predictions.label_indices])

    @property
    def sizes(self) -> Floats:
        """Number of classes in each set, (n,)."""
        return np.asarray(self.members.sum(axis=1), dtype=np.float64)

    def coverage(self, seed: int = 0, resamples: int = RESAMPLES) -> Estimate:
        """Share of pictures whose set holds their class, resampled by group where groups exist."""
        return self._estimate(np.ones(self.predictions.n, dtype=bool), seed, resamples)

    def coverage_by_class(
        self, seed: int = 0, resamples: int = RESAMPLES
    ) -> tuple[tuple[str, Estimate], ...]:
        """The same for the pictures of each true class, in the order of the classes."""
        labels = self.predictions.label_indices
        return tuple(
            (name, self._estimate(labels == place, seed, resamples))
            for place, name in enumerate(self.predictions.classes.names)
        )

    def coverage_by_group(self) -> tuple[tuple[str, Estimate], ...]:
        """The same for each group, the worst first; Wilson's intervals, as if images were alone."""
        groups = np.array(self.predictions.group_ids)
        rows = []
        for name in sorted(set(self.predictions.group_ids)):
            inside = groups == name
            hits, trials = int(self.covered[inside].sum()), int(inside.sum())
            rows.append((name, _wilson(hits, trials)))
        return tuple(sorted(rows, key=lambda row: (row[1].value, -(row[1].trials or 0), row[0])))

    def _estimate(self, chosen: Booleans, seed: int, resamples: int) -> Estimate:
        hits, trials = int(self.covered[chosen].sum()), int(chosen.sum())
        if trials == 0:
            return Estimate(None, reason=NO_CASES)
        units = Units.of(self.predictions)
        if not units.are_groups:
            return _wilson(hits, trials)
        where = self.predictions.group_indices
        counts = np.stack(
            [
                np.bincount(where[chosen & self.covered], minlength=units.number),
                np.bincount(where[chosen], minlength=units.number),
            ],
            axis=1,
        ).astype(np.float64)

        def values() -> Floats:
            drawn = resample_groups(counts, resamples, seed)
            shares = np.full(resamples, np.nan)
            np.divide(drawn[:, 0], drawn[:, 1], out=shares, where=drawn[:, 1] > 0)
            return shares

        behind = units_where(self.predictions, chosen)
        return units.estimate(hits / trials, behind, values, (hits, trials))


def _wilson(hits: int, trials: int) -> Estimate:
    return Estimate(
        hits / trials,
        *wilson_interval(hits, trials),
        method="Wilson",
        interval=IntervalMethod.WILSON,
        units=trials,
        hits=hits,
        trials=trials,
    )
