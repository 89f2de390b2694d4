"""Figures on own pictures and their drop against a test set."""

from dataclasses import fields

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, recall_score, roc_auc_score

from leuko.errors import PredictionsError
from leuko.evaluation.external.domain_shift import (
    ACCURACY,
    AUROC,
    SENSITIVITY,
    SPECIFICITY,
    evaluate_own,
)
from leuko.evaluation.external.label_vocabulary import Meaning
from leuko.evaluation.external.test_set import SIDES, ExternalPrediction, own_set
from leuko.evaluation.summary import summarise
from leuko.statistics.independent_differences import (
    BY_BOOTSTRAP,
    BY_NEWCOMBE,
    newcombe_difference,
)
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions

MALIGNANT, BENIGN = Meaning(malignant=True), Meaning(malignant=False)


def answers_of(predictions, *, sides=False):
    """The answers that lead to the predictions, labels by class or by side."""
    return [
        ExternalPrediction(
            predictions.image_ids[row],
            predictions.group_ids[row] if predictions.has_groups else "",
            Meaning(
                bool(predictions.is_malignant[row]), None if sides else predictions.labels[row]
            ),
            tuple(predictions.probabilities[row]),
        )
        for row in range(predictions.n)
    ]


def test_the_figures_are_those_of_a_test_set_with_the_same_answers():
    made = random_predictions(FOUR, 200, groups=30, seed=3)
    found = evaluate_own(own_set(answers_of(made), FOUR), 0.4)
    expected = summarise(made, 0.4)
    assert found.summary.confusion == expected.confusion
    for part in fields(expected.binary):
        mine, other = getattr(found.summary.binary, part.name), getattr(expected.binary, part.name)
        assert (mine.value, mine.low, mine.high) == pytest.approx(
            (other.value, other.low, other.high)
        )
    assert found.test is None
    assert all(figure.drop is None for figure in found.figures)


def test_the_figures_equal_scikit_learn():
    made = random_predictions(TWO, 80, seed=5)
    found = evaluate_own(own_set(answers_of(made), TWO), 0.5)
    truth, score = made.is_malignant, made.malignant_probability
    assert found.figure(ACCURACY).own.value == pytest.approx(accuracy_score(truth, score >= 0.5))
    assert found.figure(SENSITIVITY).own.value == pytest.approx(recall_score(truth, score >= 0.5))
    assert found.figure(AUROC).own.value == pytest.approx(roc_auc_score(truth, score))


def test_labels_of_a_side_leave_the_clinical_figures_as_they_are():
    made = random_predictions(FOUR, 200, seed=3)
    whole = evaluate_own(own_set(answers_of(made), FOUR), 0.4)
    own = own_set(answers_of(made, sides=True), FOUR)
    found = evaluate_own(own, 0.4)
    assert own.sides_only
    assert own.without_class == int(made.is_malignant.sum())  # benign is a class of its own
    assert own.predictions.classes == SIDES
    for name in (ACCURACY, SENSITIVITY, SPECIFICITY, AUROC, "Precision"):
        one, other = found.figure(name).own, whole.figure(name).own
        assert (one.value, one.low, one.high) == pytest.approx((other.value, other.low, other.high))
    assert {figure.name for figure in whole.figures} - {
        figure.name for figure in found.figures
    } == {
        "Accuracy, all classes",
        "Balanced accuracy, all classes",
    }


def test_a_side_with_one_class_is_that_class():
    own = own_set(
        [
            ExternalPrediction("a", "", MALIGNANT, (0.2, 0.8)),
            ExternalPrediction("b", "", BENIGN, (1, 0)),
        ],
        TWO,
    )
    assert not own.sides_only
    assert own.predictions.labels == ("ALL", "HEM")


def test_the_drop_of_independent_images_is_newcombes():
    """56 of 70 right here, 72 of 80 on the test set."""
    own = binary("A" * 70, [0.9] * 56 + [0.1] * 14)
    test = binary("A" * 80, [0.9] * 72 + [0.1] * 8)
    found = evaluate_own(own_set(answers_of(own), TWO), 0.5, test).figure(ACCURACY)
    assert found.drop.value == pytest.approx(0.1)
    assert (found.drop.low, found.drop.high) == pytest.approx(newcombe_difference(72, 80, 56, 70))
    assert found.drop.method == BY_NEWCOMBE


def test_the_drop_is_the_test_set_minus_the_own_images():
    own, test = binary("AAHH", [0.9, 0.1, 0.1, 0.1]), binary("AAHH", [0.9, 0.9, 0.1, 0.1])
    found = evaluate_own(own_set(answers_of(own), TWO), 0.5, test)
    assert found.figure(SENSITIVITY).drop.value == 0.5
    assert found.figure(SPECIFICITY).drop.value == 0


def test_the_drop_of_grouped_images_is_resampled_by_group():
    own = random_predictions(FOUR, 150, groups=20, seed=1, strength=0.5)
    test = random_predictions(FOUR, 300, groups=40, seed=2, strength=3)
    found = evaluate_own(own_set(answers_of(own), FOUR), 0.5, test)
    for figure in found.figures:
        assert figure.drop.method == BY_BOOTSTRAP
        assert figure.drop.low < figure.drop.value < figure.drop.high


def test_images_of_one_patient_widen_the_interval_of_the_drop():
    """Ten patients with six images each, all right or all wrong together."""
    scores = [0.9] * 42 + [0.1] * 18
    together = binary("A" * 60, scores, [f"patient {number // 6}" for number in range(60)])
    alone = binary("A" * 60, scores)
    test = binary("A" * 60, [0.9] * 57 + [0.1] * 3)
    wide, narrow = (
        evaluate_own(own_set(answers_of(each), TWO), 0.5, test).figure(ACCURACY).drop
        for each in (together, alone)
    )
    assert wide.value == narrow.value == pytest.approx(0.25)
    assert wide.high - wide.low > 1.8 * (narrow.high - narrow.low)


def test_two_equal_sets_are_drawn_apart_from_each_other():
    """Drawn with one seed the two would rise and fall together and the interval would vanish."""
    made = random_predictions(TWO, 200, groups=25, seed=4)
    found = evaluate_own(own_set(answers_of(made), TWO), 0.5, made).figure(ACCURACY)
    own = found.own
    assert found.drop.value == 0
    expected = 2**0.5 * (own.high - own.low)
    assert found.drop.high - found.drop.low == pytest.approx(expected, rel=0.15)


def test_one_side_alone_says_what_cannot_be_compared():
    own, test = binary("AAA", [0.9, 0.8, 0.1]), binary("AAHH", [0.9, 0.9, 0.1, 0.1])
    found = evaluate_own(own_set(answers_of(own), TWO), 0.5, test)
    assert found.curve is None
    assert found.figure(SPECIFICITY).own.value is None
    assert found.figure(SPECIFICITY).drop.value is None
    assert "all on one side" in found.figure("Precision").drop.text()
    assert found.figure(SENSITIVITY).drop.value == pytest.approx(1 / 3)


def test_one_image_is_measured_and_its_interval_is_wide():
    own = own_set([ExternalPrediction("a.png", "", MALIGNANT, (0.2, 0.8))], TWO)
    found = evaluate_own(own, 0.5, binary("AAHH", [0.9, 0.9, 0.1, 0.1]))
    accuracy = found.figure(ACCURACY)
    assert accuracy.own.value == 1
    assert accuracy.drop.high - accuracy.drop.low > 0.9


def test_no_answer_is_refused():
    with pytest.raises(PredictionsError, match="no rows"):
        own_set([], TWO)


def test_equal_names_are_numbered_and_a_lone_image_never_joins_a_group_of_its_name():
    p = (0.2, 0.8)
    rows = [("a", ""), ("a", ""), ("b", "a"), ("c", "a"), ("a (2)", "")]
    own = own_set([ExternalPrediction(name, group, MALIGNANT, p) for name, group in rows], TWO)
    assert own.predictions.image_ids == ("a", "a (2)", "b", "c", "a (2) (2)")
    assert own.predictions.n_groups == 4
    assert own.predictions.group_ids[2] == own.predictions.group_ids[3]


def test_probabilities_of_single_precision_are_taken():
    p = np.array([1 / 3, 1 / 3, 1 / 3 + 2e-5, 0.0])
    own = own_set(
        [ExternalPrediction("a", "", Meaning(malignant=True, name="Pre"), tuple(p))], FOUR
    )
    assert own.predictions.probabilities.sum() == pytest.approx(1)
