"""Put what a network says about a picture into the form that everybody else reads."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leuko.inference.result import Result
from leuko.models.card import ModelCard


def result_of(
    card: ModelCard,
    probabilities: Sequence[float],
    *,
    evidence: NDArray[np.float32] | None = None,
    area: tuple[int, int, int, int] | None = None,
    strangeness: float | None = None,
) -> Result:
    """A result at the card's own threshold.

    Args:
        card: of the model.
        probabilities: one a class, in the order of the card.
        evidence: float32 (K, h, w), not below 0; without it there is none for any class.
        area: of the picture inside the network's square; without it, all of the square.
        strangeness: None for a model without that gate.
    """
    classes, side_px = card.class_set, card.input.side_px
    suggested = classes.suggest(probabilities, card.decision_threshold)
    return Result(
        model_id=card.id,
        label=classes.names[suggested],
        malignant=suggested in classes.malignant_indices,
        probabilities=dict(zip(classes.names, probabilities, strict=True)),
        malignant_probability=sum(probabilities[i] for i in classes.malignant_indices),
        evidence=evidence if evidence is not None else np.zeros((len(classes.names), 1, 1), "f4"),
        side_px=side_px,
        area=area if area is not None else (0, 0, side_px, side_px),
        strangeness=strangeness,
    )
