import numpy as np
import pytest
from scipy.special import softmax

from leuko.calibration.temperature import fit_temperature, logits_of, soften
from leuko.evaluation.predictions import Predictions
from leuko.labels import ClassSet

CLASSES = ClassSet(("Benign", "Early", "Pre"), frozenset({"Early", "Pre"}))


def predictions_of(logits, labels):
    return Predictions(
        image_ids=tuple(f"{n}" for n in range(len(labels))),
        group_ids=tuple(f"{n}" for n in range(len(labels))),
        labels=tuple(labels),
        probabilities=softmax(logits, axis=1),
        classes=CLASSES,
    )


def test_a_softened_row_is_the_softmax_of_its_logits_over_the_temperature():
    logits = np.array([[3.0, 1.0, -2.0], [0.0, 0.5, 4.0]])
    softened = soften(predictions_of(logits, ["Benign", "Pre"]), 2.5)
    assert softened.probabilities == pytest.approx(softmax(logits / 2.5, axis=1))


def test_softening_at_temperature_one_changes_nothing():
    made = predictions_of(np.array([[3.0, 1.0, -2.0]]), ["Benign"])
    assert soften(made, 1.0).probabilities == pytest.approx(made.probabilities)


def test_a_probability_of_zero_softens_to_a_number():
    made = Predictions(("a",), ("a",), ("Benign",), np.array([[1.0, 0.0, 0.0]]), CLASSES)
    assert np.isfinite(soften(made, 10.0).probabilities).all()


def test_logits_that_are_too_sharp_by_a_known_factor_get_that_factor():
    generator = np.random.default_rng(0)
    honest = generator.normal(size=(20_000, 3)) * 1.5
    cumulated = softmax(honest, axis=1).cumsum(axis=1)
    drawn = (generator.random(20_000)[:, None] > cumulated).sum(axis=1)
    made = predictions_of(honest * 3, [CLASSES.names[index] for index in drawn])
    assert fit_temperature(logits_of(made), drawn) == pytest.approx(3, rel=0.05)
