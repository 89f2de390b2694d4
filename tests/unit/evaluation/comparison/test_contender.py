"""Two models on the same test images."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    recall_score,
    roc_auc_score,
)
from statsmodels.stats.inter_rater import cohens_kappa as statsmodels_kappa

from leuko.evaluation.comparison.agreement import agreement
from leuko.evaluation.comparison.contender import contender, why_not_paired
from leuko.evaluation.comparison.images import Pick, disagreements
from leuko.evaluation.comparison.pair import adjusted, compare_pair
from leuko.evaluation.comparison.resampling import MEASURES, resample
from leuko.evaluation.predictions import Predictions
from leuko.labels import ClassSet
from leuko.statistics.paired_tests import holm
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions


def second_opinion(predictions, seed=9, noise=1.0):
    """Another model on the same images."""
    generator = np.random.default_rng(seed)
    logits = np.log(predictions.probabilities)
    logits = logits + noise * generator.normal(size=logits.shape)
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    return replace(predictions, probabilities=probabilities)


def pair_of(first, second, thresholds=(0.5, 0.5), resamples=200):
    one, other = contender(first, thresholds[0]), contender(second, thresholds[1])
    assert why_not_paired(one, other) == ""
    return compare_pair(one, other, (resample(one, resamples), resample(other, resamples)))


def reordered(predictions, order):
    return Predictions(
        tuple(predictions.image_ids[i] for i in order),
        tuple(predictions.group_ids[i] for i in order),
        tuple(predictions.labels[i] for i in order),
        predictions.probabilities[list(order)],
        predictions.classes,
    )


def why(first, second):
    return why_not_paired(contender(first, 0.5), contender(second, 0.5))


def test_rows_in_another_order_are_matched_by_image():
    first = random_predictions(FOUR, 90, groups=15)
    second = second_opinion(first)
    order = np.random.default_rng(1).permutation(90)
    assert pair_of(first, reordered(second, order)) == pair_of(first, second)


def test_classes_in_another_order_are_matched_by_name():
    first = random_predictions(FOUR, 90, groups=15)
    second = second_opinion(first)
    turned = replace(
        second,
        probabilities=second.probabilities[:, ::-1],
        classes=ClassSet(FOUR.names[::-1], FOUR.malignant),
    )
    straight, crossed = pair_of(first, second), pair_of(first, turned)
    assert crossed.class_agreement.counts == straight.class_agreement.counts
    assert crossed.classes == straight.classes
    assert crossed.differences["auroc"] == straight.differences["auroc"]


def test_overlapping_test_sets_are_refused_in_numbers():
    first, second = random_predictions(TWO, 100), random_predictions(TWO, 90)
    assert why(first, second) == "they share 90 of 100 and 90 test images"


def test_test_sets_without_a_common_image_are_refused():
    first = random_predictions(TWO, 20)
    second = replace(first, image_ids=tuple(f"other {n}" for n in range(20)))
    assert why(first, second) == "they share none of 20 and 20 test images"


def test_equal_names_in_other_data_sets_are_other_images():
    first = random_predictions(TWO, 20)
    reason = why_not_paired(contender(first, 0.5, "c-nmc"), contender(first, 0.5, "all-idb2"))
    assert reason == "they were tested on images of different data sets"


def test_another_side_is_refused_with_the_first_image_at_fault():
    assert why(binary("AHH", [0.9, 0.1, 0.2]), binary("AAH", [0.9, 0.1, 0.2])).startswith(
        "image 'image 1' is benign in the first table and malignant in the second"
    )


def test_another_class_of_the_same_side_is_refused_with_the_first_image_at_fault():
    first = random_predictions(FOUR, 20)
    labels = tuple("Pro" if label == "Pre" else label for label in first.labels)
    reason = why(first, replace(first, labels=labels))
    labelled = zip(first.image_ids, first.labels, strict=True)
    found = min(image for image, label in labelled if label == "Pre")
    assert reason.startswith(f"image '{found}' has the class 'Pre' in the first table and 'Pro'")


def test_other_groups_are_refused():
    first = binary("AHAH", [0.9, 0.1, 0.8, 0.2], groups=("a", "b", "a", "b"))
    second = binary("AHAH", [0.9, 0.1, 0.8, 0.2], groups=("a", "b", "a", "a"))
    assert "image 'image 3' has the group 'b' in the first table and 'a'" in why(first, second)


def test_equal_test_sets_have_equal_hashes_in_any_order():
    first = random_predictions(FOUR, 40, groups=8)
    other = reordered(second_opinion(first), range(39, -1, -1))
    assert contender(first, 0.5).test_set == contender(other, 0.7).test_set
    fewer = reordered(first, range(39))
    assert contender(first, 0.5).test_set != contender(fewer, 0.5).test_set


def test_models_of_other_classes_are_compared_on_the_two_sides_only():
    first = random_predictions(FOUR, 60, groups=12)
    malignant = first.malignant_probability
    second = replace(
        first,
        labels=tuple("ALL" if side else "HEM" for side in first.is_malignant),
        probabilities=np.column_stack([1 - malignant, malignant]),
        classes=TWO,
    )
    pair = pair_of(first, second)
    assert pair.classes is None
    assert pair.class_agreement is None
    assert "class_accuracy" not in pair.differences
    assert pair.differences["auroc"].value == 0


@pytest.mark.parametrize("classes", [TWO, FOUR], ids=["two classes", "four classes"])
def test_differences_equal_scikit_learns(classes):
    first = random_predictions(classes, 150, groups=20)
    second = second_opinion(first)
    pair = pair_of(first, second, thresholds=(0.4, 0.6))
    truth = first.is_malignant
    said = [first.malignant_probability >= 0.4, second.malignant_probability >= 0.6]

    def gap(score):
        return score(truth, said[0]) - score(truth, said[1])

    expected = {
        "accuracy": gap(accuracy_score),
        "sensitivity": gap(recall_score),
        "specificity": gap(lambda t, s: recall_score(t, s, pos_label=False)),
        "balanced_accuracy": gap(balanced_accuracy_score),
        "auroc": roc_auc_score(truth, first.malignant_probability)
        - roc_auc_score(truth, second.malignant_probability),
    }
    if classes is FOUR:
        classes_said = [first.suggested_indices(0.4), second.suggested_indices(0.6)]
        for name, score in (
            ("class_accuracy", accuracy_score),
            ("class_balanced_accuracy", balanced_accuracy_score),
        ):
            a, b = (score(first.label_indices, each) for each in classes_said)
            expected[name] = a - b
    assert {name: one.value for name, one in pair.differences.items()} == pytest.approx(expected)


def test_every_draw_holds_the_same_groups_for_both_models_and_equals_scikit_learn():
    first = random_predictions(FOUR, 60, groups=7)
    models = [contender(each, 0.5) for each in (first, second_opinion(first))]
    drawn = [resample(one, resamples=6, seed=3).drawn for one in models]
    members = np.random.default_rng(3).integers(0, 7, size=(6, 7))
    for row, groups in enumerate(members):
        indices = models[0].predictions.group_indices
        images = np.concatenate([np.flatnonzero(indices == group) for group in groups])
        for one, values in zip(models, drawn, strict=True):
            truth = one.predictions.is_malignant[images]
            scores = one.predictions.malignant_probability[images]
            found = dict(zip(MEASURES, values[row], strict=True))
            assert found["auroc"] == pytest.approx(roc_auc_score(truth, scores))
            assert found["accuracy"] == pytest.approx(accuracy_score(truth, scores >= 0.5))
            assert found["class_accuracy"] == pytest.approx(one.right_class[images].mean())


def test_the_interval_is_the_middle_of_the_paired_differences():
    first = random_predictions(TWO, 200, groups=25)
    models = [contender(each, 0.5) for each in (first, second_opinion(first))]
    both = [resample(one, 500) for one in models]
    pair = compare_pair(*models, tuple(both))
    groups = first.n_groups
    for column, name in enumerate(MEASURES[:5]):
        expected = np.quantile(both[0].drawn[:, column] - both[1].drawn[:, column], [0.025, 0.975])
        one = pair.differences[name]
        assert (one.low, one.high) == pytest.approx(expected)
        assert one.method == f"bootstrap over {groups} groups"


def test_images_that_stand_alone_get_tangos_interval():
    first = random_predictions(TWO, 80)
    pair = pair_of(first, second_opinion(first))
    methods = {name: one.method for name, one in pair.differences.items()}
    assert methods["accuracy"] == methods["sensitivity"] == "Tango's score"
    assert methods["auroc"] == "bootstrap over 80 images"


@pytest.mark.parametrize("groups", [12, None], ids=["grouped", "single images"])
def test_a_model_against_itself_has_difference_0_p_1_and_kappa_1(groups):
    first = random_predictions(FOUR, 100, groups=groups)
    pair = pair_of(first, first)
    assert pair.identical
    assert all(one.value == 0 for one in pair.differences.values())
    assert all(p in (None, 1.0) for p in pair.p_values().values())
    assert pair.agreement.kappa.value == pair.class_agreement.kappa.value == 1
    assert not disagreements(contender(first, 0.5), contender(first, 0.5), Pick.DISAGREE)


def test_where_no_group_tells_two_models_apart_the_interval_stays_wide():
    first = binary("AHAHAH" * 4, [0.9, 0.2, 0.8, 0.3, 0.7, 0.1] * 4, groups=list("abcdef") * 4)
    sharper = first.probabilities**1.5
    second = replace(first, probabilities=sharper / sharper.sum(axis=1, keepdims=True))
    pair = pair_of(first, second)
    assert not pair.identical
    one = pair.differences["accuracy"]
    assert (one.value, one.method) == (0, "Tango's score with 6 groups as pairs")
    assert one.high - one.low > 0.5


def test_an_auroc_that_no_draw_tells_apart_has_no_interval():
    first = binary("AHAHAHAHAH", [0.9, 0.2] * 5, groups=list("aabbccddee"))
    second = binary("AHAHAHAHAH", [0.8, 0.3] * 5, groups=list("aabbccddee"))
    one = pair_of(first, second).differences["auroc"]
    assert one.text() == "0.00 (no interval: no resample shows a difference)"


def test_fewer_than_five_groups_give_neither_interval_nor_p():
    first = random_predictions(TWO, 60, groups=4)
    one = pair_of(first, second_opinion(first)).differences["accuracy"]
    assert (one.low, one.p, one.reason) == (None, None, "4 groups")


def test_a_test_set_of_one_side_is_not_measurable():
    first = binary("AAAA", [0.9, 0.2, 0.7, 0.6], groups=list("aabb"))
    second = binary("AAAA", [0.1, 0.8, 0.7, 0.6], groups=list("aabb"))
    pair = pair_of(first, second)
    for name in ("auroc", "specificity", "balanced_accuracy"):
        assert pair.differences[name].text() == "not measurable (0 cases)"
    assert pair.delong.reason == "0 cases"
    assert pair.sides.test.p == 1
    assert adjusted([pair])[0]["delong"] is None


def test_a_single_group_gives_no_interval():
    first = binary("AAHH", [0.9, 0.2, 0.7, 0.1], groups=list("aaaa"))
    pair = pair_of(first, second_opinion(first))
    assert pair.differences["accuracy"].reason == "1 group"


def test_images_and_groups_on_which_only_one_is_right_are_counted():
    labels, groups = "AAAAHH", list("aabbcc")
    first = binary(labels, [0.9, 0.9, 0.9, 0.1, 0.1, 0.1], groups)
    second = binary(labels, [0.1, 0.1, 0.9, 0.9, 0.9, 0.1], groups)
    found = pair_of(first, second).sides
    assert (found.test.first_only, found.first_groups) == (3, 2)
    assert (found.test.second_only, found.second_groups) == (1, 1)


@pytest.mark.parametrize("by_class", [False, True])
def test_kappa_equals_scikit_learn_and_its_interval_statsmodels(by_class):
    first = random_predictions(FOUR, 120)
    one, other = contender(first, 0.5), contender(second_opinion(first), 0.5)
    found = agreement(one, other, by_class)
    said = (
        (one.suggested_names, other.suggested_names)
        if by_class
        else (one.suggests_malignant, other.suggests_malignant)
    )
    assert found.kappa.value == pytest.approx(cohen_kappa_score(*said))
    expected = statsmodels_kappa(np.array(found.counts, dtype=float))
    assert (found.kappa.low, found.kappa.high) == pytest.approx(
        (expected.kappa_low, expected.kappa_upp)
    )


def test_kappa_of_grouped_images_is_resampled_by_group():
    first = random_predictions(FOUR, 120, groups=12)
    found = agreement(contender(first, 0.5), contender(second_opinion(first), 0.5), True)
    assert found.kappa.method == "bootstrap over 12 groups"
    assert found.kappa.low < found.kappa.value < found.kappa.high


def test_kappa_of_one_answer_alone_says_why_there_is_no_interval():
    always = binary("AAHH", [0.9] * 4)
    sometimes = binary("AAHH", [0.9, 0.1, 0.9, 0.1])
    one, other = contender(always, 0.5), contender(sometimes, 0.5)
    assert "one of them suggests one class only" in agreement(one, other, False).kappa.text()
    assert agreement(one, one, False).kappa.value is None


def test_holms_families_are_one_test_of_one_figure_each():
    first = random_predictions(FOUR, 150, groups=20)
    models = [first, second_opinion(first, 1), second_opinion(first, 2, noise=3.0)]
    pairs = [pair_of(models[a], models[b]) for a, b in ((0, 1), (0, 2), (1, 2))]
    found = adjusted(pairs)
    for name in ("delong", "mcnemar", "mcnemar_classes", "bootstrap_accuracy"):
        expected = holm([pair.p_values()[name] for pair in pairs])
        assert [one[name] for one in found] == pytest.approx(expected)


def test_disagreements_come_widest_gap_first_and_name_who_is_right():
    first = binary("AAHHA", [0.9, 0.6, 0.1, 0.7, 0.2])
    second = binary("AAHHA", [0.1, 0.4, 0.6, 0.8, 0.3])
    one, other = contender(first, 0.5), contender(second, 0.5)
    found = disagreements(one, other, Pick.DISAGREE)
    assert [each.image for each in found] == ["image 0", "image 2", "image 1"]
    assert (found[0].first, found[0].second) == ("ALL", "HEM")
    assert all(each.first_right and not each.second_right for each in found)
    assert {each.image for each in disagreements(one, other, Pick.BOTH_WRONG)} == {
        "image 3",
        "image 4",
    }
    assert len(disagreements(one, other, Pick.ONE_WRONG)) == 5
    assert len(disagreements(one, one, Pick.ONE_WRONG)) == 2
