"""Agreement of several models, checked against counting by hand and scikit-learn."""

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from leuko.evaluation.comparison.panel import (
    Accord,
    PanelSuggestion,
    accord,
    compare_by_class,
    know_the_same,
    panel_agreement,
)
from leuko.labels import ClassSet

FOUR = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))
TURNED = ClassSet(("Pro", "Pre", "Early", "Benign"), frozenset({"Early", "Pre", "Pro"}))
TWO = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))


def said(*labels):
    return [PanelSuggestion(label, label not in ("Benign", "HEM")) for label in labels]


@pytest.mark.parametrize(
    ("labels", "by_class", "expected"),
    [
        (("Benign", "Benign", "Pre"), True, Accord.SIDES_DIFFER),
        (("Early", "Pre"), True, Accord.CLASSES_DIFFER),
        (("Early", "Pre"), False, Accord.SAME),
        (("ALL", "Pre"), False, Accord.SAME),
        (("Benign", "Benign"), True, Accord.SAME),
    ],
)
def test_sides_weigh_more_than_classes(labels, by_class, expected):
    assert accord(said(*labels), by_class) is expected


def test_classes_are_compared_only_where_all_models_know_the_same_ones():
    assert know_the_same([FOUR, TURNED])
    assert compare_by_class([FOUR, TURNED])
    assert not compare_by_class([FOUR, TWO])
    assert not know_the_same([FOUR, TWO])


def test_two_classes_are_the_two_sides_and_are_not_counted_twice():
    found = panel_agreement([said("ALL", "HEM"), said("ALL", "ALL")], [TWO, TWO])
    assert found.same_class is None
    assert found.pairs[0].classes is None
    assert found.same_side == 1


def test_images_are_counted_once_for_all_models_and_pair_by_pair():
    answers = [said("Pre", "Pre", "Pre"), said("Pre", "Early", "Pre"), said("Pre", "Pre", "Benign")]
    found = panel_agreement(answers, [FOUR, TURNED, FOUR])
    assert (found.images, found.same_side, found.same_class) == (3, 2, 1)
    assert [(pair.first, pair.second) for pair in found.pairs] == [(0, 1), (0, 2), (1, 2)]
    assert [pair.sides.agreed for pair in found.pairs] == [3, 2, 2]
    assert [pair.classes.agreed for pair in found.pairs] == [2, 2, 1]


def test_models_of_different_classes_meet_on_the_sides_and_the_others_on_classes():
    found = panel_agreement([said("Pre", "Early", "ALL")] * 3, [FOUR, FOUR, TWO])
    assert found.same_class is None
    assert [pair.classes is None for pair in found.pairs] == [False, True, True]


def test_kappa_equals_scikit_learn():
    generator = np.random.default_rng(1)
    first = generator.choice(FOUR.names, 60)
    second = np.where(generator.random(60) < 0.6, first, generator.choice(FOUR.names, 60))
    found = panel_agreement([said(*pair) for pair in zip(first, second, strict=True)], [FOUR] * 2)
    pair = found.pairs[0]
    assert pair.classes.kappa.value == pytest.approx(cohen_kappa_score(first, second))
    assert pair.sides.kappa.value == pytest.approx(
        cohen_kappa_score(first == "Benign", second == "Benign")
    )
    assert pair.sides.kappa.low < pair.sides.kappa.value < pair.sides.kappa.high


def test_kappa_is_not_defined_where_both_always_say_the_same_one_thing():
    kappa = panel_agreement([said("ALL", "ALL")] * 4, [TWO, TWO]).pairs[0].sides.kappa
    assert kappa.text() == "not measurable (both suggest one class only)"


def test_few_images_give_a_kappa_without_interval():
    answers = [said("ALL", "ALL"), said("HEM", "HEM"), said("ALL", "HEM"), said("HEM", "ALL")]
    kappa = panel_agreement(answers, [TWO, TWO]).pairs[0].sides.kappa
    assert kappa.value == 0
    assert kappa.text(1) == "0.0 (no interval: fewer than 10 images)"


def test_no_image_is_no_agreement():
    found = panel_agreement([], [TWO, TWO])
    assert found.images == 0
    assert found.pairs[0].sides.kappa.text() == "not measurable (0 images)"
