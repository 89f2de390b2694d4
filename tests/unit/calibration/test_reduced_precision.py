import numpy as np
import pytest

from leuko.calibration.reduced_precision import compare_precisions
from leuko.evaluation.predictions import Predictions
from leuko.labels import ClassSet

CLASSES = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))


def made(probabilities):
    p = np.asarray(probabilities, dtype=float)
    names = tuple(f"image {n}" for n in range(len(p)))
    return Predictions(names, names, ("ALL",) * len(p), np.column_stack([1 - p, p]), CLASSES)


def test_the_same_answers_hold():
    agreement = compare_precisions(made([0.2, 0.9]), made([0.2, 0.9]), 0.5)
    assert (agreement.changed, agreement.mean_shift, agreement.holds) == (0, 0.0, True)


def test_one_changed_suggestion_of_a_hundred_does_not_hold():
    full, reduced = np.full(100, 0.9), np.full(100, 0.9)
    full[7], reduced[7] = 0.505, 0.495
    agreement = compare_precisions(made(full), made(reduced), 0.5)
    assert agreement.changed == 1
    assert agreement.mean_shift == pytest.approx(0.0001)
    assert not agreement.holds


def test_one_changed_suggestion_of_a_thousand_holds():
    full, reduced = np.full(1000, 0.9), np.full(1000, 0.9)
    full[7], reduced[7] = 0.505, 0.495
    assert compare_precisions(made(full), made(reduced), 0.5).holds


def test_probabilities_shifted_in_the_mean_do_not_hold():
    agreement = compare_precisions(made([0.9, 0.9]), made([0.87, 0.87]), 0.5)
    assert agreement.changed == 0
    assert not agreement.holds


def test_other_images_are_refused():
    other = Predictions(("x",), ("x",), ("ALL",), np.array([[0.1, 0.9]]), CLASSES)
    with pytest.raises(ValueError, match="different images"):
        compare_precisions(made([0.9]), other, 0.5)


def test_mostly_borderline_answers_hold_but_do_not_pay():
    agreement = compare_precisions(made([0.45, 0.55, 0.9]), made([0.45, 0.55, 0.9]), 0.5)
    assert agreement.computed_again == pytest.approx(2 / 3)
    assert agreement.holds
    assert not agreement.pays
