"""One number that softens overconfident probabilities without changing their order."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from leuko.evaluation.predictions import Predictions

MAX_TEMPERATURE = 10.0
LEAST_PROBABILITY = 1e-30


def fit_temperature(logits: NDArray[np.float64], targets: NDArray[np.int64]) -> float:
    """Temperature that minimises the negative log-likelihood of validation pictures.

    Never below 1: a validation set without errors would otherwise ask for ever sharper
    probabilities.

    Args:
        logits: (n, k), before the softmax, of validation pictures, never of test pictures.
        targets: (n,), true class of each.

    Returns:
        Temperature in [1, 10].

    Source: Guo et al. (2017), On calibration of modern neural networks, ICML 2017, section 4.2.
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    def loss(temperature: float) -> float:
        scaled = log_softmax(logits / temperature, axis=1)
        return float(-scaled[np.arange(len(targets)), targets].mean())

    found = minimize_scalar(loss, bounds=(1.0, MAX_TEMPERATURE), method="bounded")
    return 1.0 if loss(1.0) <= found.fun else round(float(found.x), 4)


def logits_of(predictions: Predictions) -> NDArray[np.float64]:
    """Logits that give these probabilities: their logarithms, (n, k).

    The softmax is blind to a constant per row, so logarithms of probabilities serve as logits.
    """
    return np.log(np.clip(predictions.probabilities, LEAST_PROBABILITY, 1.0))


def soften(predictions: Predictions, temperature: float) -> Predictions:
    """The same predictions at another temperature.

    Args:
        predictions: made at temperature 1.
        temperature: logits are divided by it; more than 0.
    """
    from scipy.special import softmax

    return replace(predictions, probabilities=softmax(logits_of(predictions) / temperature, axis=1))
