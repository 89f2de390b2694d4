"""Where to call a picture malignant, chosen on validation pictures."""

from typing import Final

import numpy as np

from leuko.evaluation.predictions import Predictions

CANDIDATES: Final = tuple(step / 20 for step in range(1, 11))
"""Up to one half: none is called malignant only when that is less likely than not."""
HALF: Final = 0.5
WANTED_SENSITIVITY: Final = 0.95


def choose_threshold(validation: Predictions) -> float:
    """The highest threshold on P(malignant) at which malignant pictures are still found.

    Of many classes the malignant one may be the most probable and yet stay below one half; with the
    threshold at one half it would then never be suggested.

    Args:
        validation: pictures that the model was not trained on and is not tested on.

    Returns:
        Of ``CANDIDATES`` the highest with a sensitivity of ``WANTED_SENSITIVITY`` or more, else the
        lowest; one half where no picture is malignant.
    """
    score = validation.malignant_probability[validation.is_malignant]
    if not len(score):
        return HALF
    enough = [level for level in CANDIDATES if np.mean(score >= level) >= WANTED_SENSITIVITY]
    return max(enough, default=CANDIDATES[0])
