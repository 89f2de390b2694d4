"""Which test images a model got wrong, the worst first."""

from dataclasses import dataclass

import numpy as np

from leuko.evaluation.predictions import Predictions


@dataclass(frozen=True)
class Mistake:
    """A test image whose suggested class is not its true one.

    Attributes:
        image_id: its name in the data set.
        group_id: what it belongs to.
        label: true class.
        suggested: class that the model suggests.
        malignant_probability: P(malignant), in [0, 1].
        wrong_side: whether malignant was taken for benign or benign for malignant.
        confidence: probability of what was wrongly said: of the wrong side, or, on the right
            side, of the suggested class; in [0, 1].
    """

    image_id: str
    group_id: str
    label: str
    suggested: str
    malignant_probability: float
    wrong_side: bool
    confidence: float


def mistakes(predictions: Predictions, threshold: float) -> tuple[Mistake, ...]:
    """The images that a model got wrong at a threshold.

    Args:
        predictions: checked predictions.
        threshold: P(malignant) at or above which the model suggests malignant.

    Returns:
        Images on the wrong side of malignant against benign first, by the probability given to
        that side, descending; then confusions among classes of one side, by the probability of
        the class suggested; equal ones by name.
    """
    names = predictions.classes.names
    suggested = predictions.suggested_indices(threshold)
    chances = predictions.malignant_probability
    found = []
    for row in np.flatnonzero(suggested != predictions.label_indices).tolist():
        label, name, chance = predictions.labels[row], names[suggested[row]], float(chances[row])
        says_malignant = name in predictions.classes.malignant
        wrong_side = says_malignant != (label in predictions.classes.malignant)
        side = chance if says_malignant else 1 - chance
        found.append(
            Mistake(
                image_id=predictions.image_ids[row],
                group_id=predictions.group_ids[row],
                label=label,
                suggested=name,
                malignant_probability=chance,
                wrong_side=wrong_side,
                confidence=side
                if wrong_side
                else float(predictions.probabilities[row, int(suggested[row])]),
            )
        )
    return tuple(sorted(found, key=lambda m: (not m.wrong_side, -m.confidence, m.image_id)))
