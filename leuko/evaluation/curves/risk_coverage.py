"""How often answers are right when the least certain ones are left to a person.

Source: El-Yaniv and Wiener (2010), On the foundations of noise-free selective classification, J.
Mach. Learn. Res. 11:1605-1641; the curve: Geifman and El-Yaniv (2017), Selective classification for
deep neural networks, NeurIPS.
"""

from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans, Floats, Integers
from leuko.evaluation.predictions import Predictions


@dataclass(frozen=True, eq=False)
class RiskCoverage:
    """Errors among the pictures that are kept, by how many are deferred.

    Attributes:
        deferred: (m,), ascending from 0; the last is below n. Pictures with equal confidence are
            deferred together.
        errors: (m,), wrong answers among the others.
        limits: (m,), least confidence among the others.
        n: pictures in all.
    """

    deferred: Integers
    errors: Integers
    limits: Floats
    n: int

    @property
    def deferred_share(self) -> Floats:
        """Share of all pictures that is deferred, (m,), in [0, 1)."""
        return np.asarray(self.deferred / self.n)

    @property
    def accuracy(self) -> Floats:
        """Share of the kept pictures that is right, (m,)."""
        return np.asarray(1 - self.errors / (self.n - self.deferred))

    @property
    def area(self) -> float:
        """Mean error among the kept, over all numbers of kept pictures; 0 is best.

        Where several pictures are equally certain, their errors count as spread evenly.
        """
        kept = np.append(self.n - self.deferred, 0)[::-1].astype(np.float64)
        errors = np.append(self.errors, 0)[::-1].astype(np.float64)
        each = np.arange(1, self.n + 1)
        return float((np.interp(each, kept, errors) / each).mean())

    def deferred_for(self, risk: float) -> int | None:
        """Fewest pictures to defer so that at most this share of the others is wrong.

        Args:
            risk: in [0, 1].

        Returns:
            A number of pictures; None where even the most certain answers are wrong more often.
        """
        good = np.flatnonzero(self.errors <= risk * (self.n - self.deferred) + 1e-9)
        return int(self.deferred[good[0]]) if len(good) else None


def risk_coverage(confidence: Floats, right: Booleans) -> RiskCoverage:
    """The curve of answers whose truth is known.

    Args:
        confidence: (n,), higher is more certain.
        right: (n,), whether each answer is right.

    Raises:
        ValueError: without answers, or where the two differ in length.
    """
    if len(confidence) == 0 or len(confidence) != len(right):
        raise ValueError(f"no curve of {len(confidence)} confidences and {len(right)} answers")
    order = np.argsort(confidence, kind="stable")
    ascending = np.asarray(confidence, dtype=np.float64)[order]
    wrong = np.cumsum(~np.asarray(right, dtype=bool)[order])
    first = np.flatnonzero(np.append(True, np.diff(ascending) > 0))  # of each confidence
    before = np.where(first > 0, wrong[first - 1], 0)
    return RiskCoverage(
        deferred=first.astype(np.int64),
        errors=np.asarray(wrong[-1] - before, dtype=np.int64),
        limits=ascending[first],
        n=len(ascending),
    )


def risk_of_suggestions(predictions: Predictions, threshold: float) -> RiskCoverage:
    """The curve of a model's suggested classes, ordered by their probability.

    Args:
        predictions: of test pictures.
        threshold: P(malignant) at or above which the model suggests malignant.
    """
    suggested = predictions.suggested_indices(threshold)
    confidence = predictions.probabilities[np.arange(predictions.n), suggested]
    return risk_coverage(confidence, suggested == predictions.label_indices)
