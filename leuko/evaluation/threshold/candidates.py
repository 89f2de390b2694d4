"""All thresholds that differ in what they decide about a set of images."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from leuko.arrays import Floats, Integers
from leuko.evaluation.predictions import Predictions

Preference = Literal["highest", "lowest", "middle"]

FEWEST_DECIMALS = 2
MOST_DECIMALS = 12
BELOW_ZERO = -1e-9


def shortest_between(low: float, high: float, prefer: Preference) -> float:
    """A number with as few decimals as possible (two at least) in the interval (low, high].

    Args:
        low: excluded; below 0 where 0 itself is allowed.
        high: included, in [0, 1].
        prefer: which one where several have that many decimals.
    """
    for decimals in range(FEWEST_DECIMALS, MOST_DECIMALS + 1):
        scale: int = 10**decimals
        first, last = math.floor(low * scale), math.ceil(high * scale)
        while first / scale <= low:
            first += 1
        while last / scale > high:
            last -= 1
        if first <= last:
            middle = min(max(round((low + high) / 2 * scale), first), last)
            return {"highest": last, "lowest": first, "middle": middle}[prefer] / scale
    return high


@dataclass(frozen=True, eq=False)
class Ladder:
    """All thresholds that differ in what they decide, with the images behind each.

    Attributes:
        thresholds: ascending, (T,); the scores that occur, and 1 where no score reaches it.
        found: malignant images at or above each, (T,).
        cleared: benign images below each, (T,).
        level: images of either side whose score is exactly this, (T,).
        diseased, sound: malignant and benign images.
    """

    thresholds: Floats
    found: Integers
    cleared: Integers
    level: Integers
    diseased: int
    sound: int

    @classmethod
    def of(cls, predictions: Predictions) -> "Ladder":
        """Sort the scores of checked predictions."""
        scores, positive = predictions.malignant_probability, predictions.is_malignant
        steps = np.unique(np.append(scores, 1.0))
        above, below = np.sort(scores[positive]), np.sort(scores[~positive])
        everything = np.sort(scores)
        return cls(
            thresholds=steps,
            found=len(above) - np.searchsorted(above, steps, side="left"),
            cleared=np.searchsorted(below, steps, side="left"),
            level=np.searchsorted(everything, steps, side="right")
            - np.searchsorted(everything, steps, side="left"),
            diseased=len(above),
            sound=len(below),
        )

    def rounded(self, step: int, prefer: Preference) -> float:
        """A threshold with few decimals that decides as this step does."""
        low = float(self.thresholds[step - 1]) if step else BELOW_ZERO
        return shortest_between(low, float(self.thresholds[step]), prefer)

    def twice_youden(self) -> Integers:
        """Sensitivity + specificity, times the images of both sides: whole numbers, (T,)."""
        return self.found * self.sound + self.cleared * self.diseased
