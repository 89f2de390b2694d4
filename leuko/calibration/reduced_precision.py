"""Whether answers computed in bfloat16 are the answers computed in float32."""

from dataclasses import dataclass

import numpy as np

from leuko.evaluation.predictions import Predictions
from leuko.inference.acceleration.borderline import is_borderline

MOST_CHANGED = 0.002
MOST_SHIFTED = 0.02
MOST_COMPUTED_AGAIN = 0.5
"""With more borderline answers than this, computing them twice costs what bfloat16 saves."""


@dataclass(frozen=True)
class PrecisionAgreement:
    """Two runs of one model over the same images.

    Attributes:
        images: how many.
        changed: images whose suggested class differs.
        mean_shift: mean absolute difference of a probability, the largest over the classes.
        computed_again: share of images that are borderline, so that a classifier in bfloat16
            computes them a second time in float32.
    """

    images: int
    changed: int
    mean_shift: float
    computed_again: float

    @property
    def holds(self) -> bool:
        """At most 0.2 % of suggestions changed, and no probability shifted by 0.02 in the mean."""
        return self.changed <= MOST_CHANGED * self.images and self.mean_shift <= MOST_SHIFTED

    @property
    def pays(self) -> bool:
        """It holds, and few enough images are computed twice."""
        return self.holds and self.computed_again <= MOST_COMPUTED_AGAIN


def compare_precisions(
    full: Predictions, reduced: Predictions, threshold: float, temperature: float = 1.0
) -> PrecisionAgreement:
    """Compare answers in float32 with answers in bfloat16.

    Args:
        full: answers in float32.
        reduced: answers in bfloat16 for the same images in the same order.
        threshold: P(malignant) at or above which the model suggests malignant.
        temperature: that divided the logits.

    Raises:
        ValueError: when the images differ.
    """
    if full.image_ids != reduced.image_ids:
        raise ValueError("the two tables are of different images")
    changed = full.suggested_indices(threshold) != reduced.suggested_indices(threshold)
    shifts = np.abs(full.probabilities - reduced.probabilities).mean(axis=0)
    again = is_borderline(full.probabilities, full.classes, threshold, temperature)
    return PrecisionAgreement(full.n, int(changed.sum()), float(shifts.max()), float(again.mean()))
