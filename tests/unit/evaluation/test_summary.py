import numpy as np
import pytest
from sklearn import metrics as reference

from leuko.evaluation.predictions import Predictions
from leuko.evaluation.summary import headline, summarise
from leuko.statistics.auroc import newcombe_interval
from leuko.statistics.intervals import wilson_interval
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions

BINARY = ("accuracy", "sensitivity", "specificity", "precision", "f1", "auroc")
PROBABILITY = ("average_precision", "brier", "ece")
OVERALL = ("accuracy", "balanced_accuracy", "macro_precision", "macro_f1")
ONE_CLASS = ("sensitivity", "specificity", "precision", "f1", "auroc")


def every_estimate(summary):
    yield from (getattr(summary.binary, name) for name in BINARY + PROBABILITY)
    yield from (getattr(summary.overall, name) for name in OVERALL)
    for one in summary.per_class:
        yield from (getattr(one, name) for name in ONE_CLASS)


@pytest.mark.parametrize("classes", [TWO, FOUR], ids=["2 classes", "4 classes"])
@pytest.mark.parametrize("groups", [None, 25], ids=["independent", "grouped"])
@pytest.mark.parametrize("threshold", [0.5, 0.83])
def test_every_metric_equals_scikit_learns(classes, groups, threshold):
    p = random_predictions(classes, 300, groups)
    made = summarise(p, threshold, resamples=50)
    truth, said = p.is_malignant, p.malignant_probability >= threshold
    assert [getattr(made.binary, name).value for name in BINARY] == pytest.approx(
        [
            reference.accuracy_score(truth, said),
            reference.recall_score(truth, said),
            reference.recall_score(~truth, ~said),
            reference.precision_score(truth, said),
            reference.f1_score(truth, said),
            reference.roc_auc_score(truth, p.malignant_probability),
        ]
    )
    labels = p.label_indices
    guesses = np.array([classes.suggest(row, threshold) for row in p.probabilities.tolist()])
    assert [getattr(made.overall, name).value for name in OVERALL] == pytest.approx(
        [
            reference.accuracy_score(labels, guesses),
            reference.balanced_accuracy_score(labels, guesses),
            reference.precision_score(labels, guesses, average="macro"),
            reference.f1_score(labels, guesses, average="macro"),
        ]
    )
    assert made.overall.macro_recall is made.overall.balanced_accuracy
    np.testing.assert_array_equal(made.confusion, reference.confusion_matrix(labels, guesses))
    for position, one in enumerate(made.per_class):
        mine, guessed = labels == position, guesses == position
        assert [getattr(one, name).value for name in ONE_CLASS] == pytest.approx(
            [
                reference.recall_score(mine, guessed),
                reference.recall_score(~mine, ~guessed),
                reference.precision_score(mine, guessed),
                reference.f1_score(mine, guessed),
                reference.roc_auc_score(mine, p.probabilities[:, position]),
            ]
        )


@pytest.mark.parametrize("groups", [None, 25], ids=["independent", "grouped"])
def test_the_headline_equals_the_summary(groups):
    p = random_predictions(FOUR, 200, groups)
    short, whole = headline(p, 0.7), summarise(p, 0.7)
    assert short.accuracy == whole.overall.accuracy
    assert short.balanced_accuracy == whole.overall.balanced_accuracy
    assert short.sensitivity == whole.binary.sensitivity
    assert short.specificity == whole.binary.specificity
    assert (short.n, short.digits) == (whole.n, whole.digits)


@pytest.mark.parametrize("groups", [None, 25], ids=["independent", "grouped"])
def test_every_interval_holds_its_value_and_names_its_method(groups):
    made = summarise(random_predictions(FOUR, 300, groups))
    for estimate in every_estimate(made):
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert estimate.method.startswith("bootstrap over" if groups else ("Wilson", "boot", "DeL"))


def test_a_two_by_two_example_by_hand():
    """TP 3, FN 1, FP 2, TN 4; one benign image scores above one malignant one, and so on."""
    p = binary("AAAAHHHHHH", [0.9, 0.8, 0.6, 0.3, 0.7, 0.55, 0.4, 0.2, 0.1, 0.05])
    made = summarise(p)
    assert (made.true_positives, made.false_negatives) == (3, 1)
    assert (made.false_positives, made.true_negatives) == (2, 4)
    assert made.confusion == ((4, 2), (1, 3))
    b = made.binary
    assert b.accuracy.value == pytest.approx(0.7)
    assert (b.sensitivity.value, b.sensitivity.hits, b.sensitivity.trials) == (0.75, 3, 4)
    assert b.specificity.value == pytest.approx(4 / 6)
    assert b.precision.value == pytest.approx(3 / 5)
    assert b.f1.value == pytest.approx(6 / 9)
    assert b.auroc.value == pytest.approx((6 + 6 + 5 + 3) / 24)
    assert (b.sensitivity.low, b.sensitivity.high) == wilson_interval(3, 4)
    assert b.sensitivity.method == "Wilson"
    assert b.auroc.method == "DeLong"
    assert b.f1.method == "bootstrap over 10 images"
    assert made.overall.accuracy.value == pytest.approx(0.7)
    assert made.overall.balanced_accuracy.value == pytest.approx((0.75 + 4 / 6) / 2)


def test_a_four_class_example_by_hand_where_the_side_is_decided_first():
    """The second image is most probably benign, yet all malignant classes together win."""
    rows = [
        ("Benign", [0.7, 0.1, 0.1, 0.1]),
        ("Early", [0.4, 0.3, 0.2, 0.1]),
        ("Early", [0.1, 0.8, 0.1, 0.0]),
        ("Pre", [0.0, 0.6, 0.4, 0.0]),
        ("Pre", [0.0, 0.1, 0.9, 0.0]),
        ("Pro", [0.9, 0.0, 0.0, 0.1]),
    ]
    ids = tuple("abcdef")
    p = Predictions(
        ids, ids, tuple(label for label, _ in rows), np.array([row for _, row in rows]), FOUR
    )
    made = summarise(p)
    assert made.confusion == ((1, 0, 0, 0), (0, 2, 0, 0), (0, 1, 1, 0), (1, 0, 0, 0))
    assert made.overall.accuracy.value == pytest.approx(4 / 6)
    assert made.binary.accuracy.value == pytest.approx(5 / 6)
    assert made.binary.sensitivity.value == pytest.approx(4 / 5)
    assert made.binary.specificity.value == 1.0
    assert made.overall.balanced_accuracy.value == pytest.approx((1 + 1 + 0.5 + 0) / 4)
    assert made.overall.macro_precision.reason == "0 predicted of Pro"
    assert made.overall.macro_f1.value == pytest.approx((2 / 3 + 4 / 5 + 2 / 3 + 0) / 4)
    benign, early, pre, pro = made.per_class
    assert benign.precision.value == pytest.approx(1 / 2)
    assert early.sensitivity.value == 1.0
    assert early.specificity.value == pytest.approx(3 / 4)
    assert pre.precision.value == 1.0
    assert (pro.n, pro.sensitivity.value, pro.f1.value) == (1, 0.0, 0.0)
    assert pro.precision.text() == "not measurable (0 predicted)"


@pytest.mark.parametrize("groups", [None, [f"g{i % 5}" for i in range(20)]])
@pytest.mark.parametrize("right", [True, False], ids=["perfect", "all wrong"])
def test_no_interval_ever_claims_certainty(groups, right):
    scores = [0.9] * 10 + [0.1] * 10
    made = summarise(binary("A" * 10 + "H" * 10, scores if right else scores[::-1], groups))
    for estimate in every_estimate(made):
        assert estimate.high - estimate.low > 0.1
        if estimate.value in {0.0, 1.0}:
            assert (estimate.high if right else estimate.low) == estimate.value
    assert made.binary.accuracy.value == made.binary.auroc.value == (1.0 if right else 0.0)
    assert made.binary.brier.value == pytest.approx(0.01 if right else 0.81)
    assert made.binary.ece.value == pytest.approx(0.1 if right else 0.9)


def test_where_all_groups_agree_each_group_counts_as_one_trial():
    groups = [f"malignant {i // 5}" for i in range(20)] + [f"benign {i // 5}" for i in range(15)]
    made = summarise(binary("A" * 20 + "H" * 15, [0.9] * 20 + [0.1] * 15, groups))
    assert (made.binary.sensitivity.low, made.binary.sensitivity.high) == wilson_interval(4, 4)
    assert made.binary.sensitivity.method == "Wilson with 4 groups as trials"
    assert (made.binary.auroc.low, made.binary.auroc.high) == newcombe_interval(1.0, 4, 3)
    assert made.binary.auroc.method == "Newcombe with 4 and 3 groups"


def test_grouped_images_give_wider_intervals_than_the_same_images_taken_alone():
    grouped = random_predictions(FOUR, 600, groups=12)
    alone = Predictions(
        grouped.image_ids, grouped.image_ids, grouped.labels, grouped.probabilities, FOUR
    )
    wide, narrow = summarise(grouped).overall.accuracy, summarise(alone).overall.accuracy
    assert wide.value == narrow.value
    assert wide.high - wide.low > 1.5 * (narrow.high - narrow.low)


@pytest.mark.parametrize(
    ("letter", "absent", "present"),
    [("A", "specificity", "sensitivity"), ("H", "sensitivity", "specificity")],
)
def test_a_class_without_cases_is_not_measurable_and_never_zero(letter, absent, present):
    made = summarise(binary(letter * 4, [0.9, 0.8, 0.2, 0.1]))
    assert getattr(made.binary, absent).text() == "not measurable (0 cases)"
    assert getattr(made.binary, absent).value is None
    assert getattr(made.binary, present).value == 0.5
    assert made.binary.auroc.text() == "not measurable (0 cases)"
    assert made.overall.balanced_accuracy.value is None
    assert "0 cases of" in made.overall.balanced_accuracy.reason


def test_no_precision_and_f1_without_a_single_case():
    made = summarise(binary("HHH", [0.9, 0.1, 0.1]))
    assert made.binary.precision.text() == "not measurable (0 cases)"
    assert made.binary.f1.text() == "not measurable (0 cases)"


def test_precision_without_any_malignant_suggestion_is_not_measurable():
    made = summarise(binary("AH", [0.1, 0.2]))
    assert made.binary.precision.text() == "not measurable (0 predicted)"
    assert made.binary.f1.value == 0.0


def test_a_single_image_still_has_an_honest_accuracy():
    made = summarise(binary("A", [0.9]))
    assert (made.n, made.digits) == (1, 1)
    assert (made.binary.accuracy.low, made.binary.accuracy.high) == wilson_interval(1, 1)
    assert made.binary.f1.text() == "1.00 (no interval: 1 image)"


def test_tied_scores_give_an_auroc_of_one_half_with_a_wide_interval():
    made = summarise(binary("AAHH", [0.7] * 4))
    assert made.binary.auroc.value == 0.5
    assert made.binary.auroc.high - made.binary.auroc.low > 0.5


def test_a_class_in_one_group_only_has_no_interval():
    groups = ["a", "a", "b", "b", "c", "c"]
    made = summarise(binary("AAAAHH", [0.9, 0.9, 0.9, 0.1, 0.1, 0.2], groups))
    assert made.binary.specificity.text() == "1.00 (no interval: 1 group)"
    assert made.binary.auroc.reason == "1 group"
    assert made.binary.sensitivity.low is not None


def test_few_groups_are_flagged():
    made = summarise(random_predictions(TWO, 60, groups=5))
    assert made.binary.accuracy.rests_on_few
    assert not summarise(random_predictions(TWO, 60, groups=30)).binary.accuracy.rests_on_few


def test_the_threshold_itself_counts_as_malignant():
    made = summarise(binary("AH", [0.3, 0.2]), threshold=0.3)
    assert (made.true_positives, made.true_negatives) == (1, 1)


def test_a_threshold_outside_zero_to_one_is_refused():
    with pytest.raises(ValueError, match="threshold"):
        summarise(binary("AH", [0.9, 0.1]), threshold=1.5)


def test_the_same_seed_gives_the_same_summary():
    p = random_predictions(FOUR, 200, groups=20)
    assert summarise(p, seed=1, resamples=200) == summarise(p, seed=1, resamples=200)
    assert summarise(p, seed=1, resamples=200) != summarise(p, seed=2, resamples=200)
