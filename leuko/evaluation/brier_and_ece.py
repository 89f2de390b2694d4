"""How near P(malignant) comes to the truth: Brier score and expected calibration error."""

import numpy as np

from leuko.arrays import Floats, Integers
from leuko.evaluation.predictions import Predictions
from leuko.statistics.cluster_bootstrap import CHUNK_VALUES, Weights

CALIBRATION_BINS = 10


def probability_bins(probabilities: Floats, bins: int = CALIBRATION_BINS) -> Integers:
    """Bin of equal width to which each probability belongs, (n,), from 0.

    Args:
        probabilities: (n,), in [0, 1].
        bins: their number; bin b reaches from b / bins (not in it, except for 0) to
            (b + 1) / bins (in it).

    Source: as scikit-learn's ``calibration_curve``; Guo et al. (2017), ICML, section 2.
    """
    inner = np.linspace(0, 1, bins + 1)[1:-1]
    return np.asarray(np.searchsorted(inner, probabilities), dtype=np.int64)


class MeanSquaredError:
    """Brier score of P(malignant) in weighed groups, a statistic for ``draws.resampled``.

    Source: Brier (1950), Mon. Weather Rev. 78:1-3, in the form for two classes.
    """

    def __init__(self, predictions: Predictions) -> None:
        error = predictions.malignant_probability - predictions.is_malignant
        units = predictions.drawn_indices
        self._sums: Floats = np.column_stack(
            [np.bincount(units, weights=error**2), np.bincount(units)]
        )

    def __call__(self, weights: Weights) -> Floats:
        """(rows,) in [0, 1] for weights (rows, G)."""
        sums = weights @ self._sums
        return np.asarray(sums[:, 0] / sums[:, 1], dtype=np.float64)

    @property
    def value(self) -> float:
        """Of the whole test set."""
        total = self._sums.sum(axis=0)
        return float(total[0] / total[1])


class CalibrationError:
    """Expected calibration error of P(malignant), a statistic for ``draws.resampled``.

    The mean over images of |mean probability - share of malignant images| of their bin.

    Source: Naeini, Cooper and Hauskrecht (2015), AAAI, 2901-2907; bins of equal width.
    """

    def __init__(self, predictions: Predictions, bins: int = CALIBRATION_BINS) -> None:
        error = predictions.malignant_probability - predictions.is_malignant
        where = probability_bins(predictions.malignant_probability, bins)
        units, number = predictions.drawn_indices, predictions.n_drawn
        gaps = np.bincount(units * bins + where, weights=error, minlength=number * bins)
        images = np.bincount(units, minlength=number)
        self._sums: Floats = np.column_stack([gaps.reshape(number, bins), images])  # (U, bins + 1)

    def __call__(self, weights: Weights) -> Floats:
        """(rows,) in [0, 1] for weights (rows, G)."""
        return _mean_gap(weights @ self._sums)

    @property
    def value(self) -> float:
        """Of the whole test set."""
        return float(_mean_gap(self._sums.sum(axis=0, keepdims=True))[0])

    def by_chance(self, resamples: int, seed: int) -> Floats:
        """What a model without calibration error would show on this test set, (R,).

        The gap between truth and probability of each group keeps its size and gets a random sign:
        without calibration error it points either way.

        Args:
            resamples: number of draws R.
            seed: of the random choices.

        Source: wild cluster bootstrap with Rademacher signs; Cameron, Gelbach and Miller (2008),
        Rev. Econ. Stat. 90:414-427.
        """
        gaps, images = self._sums[:, :-1].astype(np.float32), self._sums[:, -1].sum()
        generator = np.random.default_rng(seed)
        values = np.empty(resamples)
        step = max(1, CHUNK_VALUES // len(gaps))
        for start in range(0, resamples, step):
            rows = min(step, resamples - start)
            signs = generator.integers(0, 2, size=(rows, len(gaps)), dtype=np.int8) * 2 - 1
            values[start : start + rows] = np.abs(signs.astype(np.float32) @ gaps).sum(axis=1)
        return np.asarray(values / images, dtype=np.float64)


def _mean_gap(sums: Floats) -> Floats:
    return np.asarray(np.abs(sums[:, :-1]).sum(axis=1) / sums[:, -1], dtype=np.float64)
