import itertools

import pytest

from leuko.labels import ClassSet, InputKind, class_title

FOUR = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))
TWO = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))
TENTHS = [
    tuple(part / 10 for part in parts)
    for parts in itertools.product(range(11), repeat=4)
    if sum(parts) == 10
]


@pytest.mark.parametrize("threshold", [0.0, 0.05, 0.35, 0.5, 0.95, 1.0])
def test_a_suggestion_is_malignant_exactly_when_p_malignant_reaches_the_threshold(threshold):
    for probabilities in TENTHS:
        p_malignant = sum(probabilities[i] for i in FOUR.malignant_indices)
        suggested = FOUR.suggest(probabilities, threshold)
        assert (suggested in FOUR.malignant_indices) == (p_malignant >= threshold)


@pytest.mark.parametrize("threshold", [0.05, 0.5, 0.95])
def test_the_suggestion_is_the_most_probable_class_of_its_side(threshold):
    for probabilities in TENTHS:
        suggested = FOUR.suggest(probabilities, threshold)
        is_malignant = suggested in FOUR.malignant_indices
        side = FOUR.malignant_indices if is_malignant else (0,)
        assert probabilities[suggested] == max(probabilities[i] for i in side)


def test_malignant_classes_count_together_even_when_benign_is_the_most_probable_single_class():
    assert FOUR.suggest([0.4, 0.15, 0.25, 0.2]) == FOUR.index("Pre")


def test_a_tie_between_the_sides_at_one_half_is_malignant():
    assert TWO.suggest([0.5, 0.5]) == TWO.index("ALL")


def test_a_tie_within_a_side_goes_to_the_first_class_of_the_card():
    assert FOUR.suggest([0.1, 0.3, 0.3, 0.3]) == FOUR.index("Early")


def test_the_threshold_moves_the_side_and_nothing_else():
    probabilities = [0.45, 0.15, 0.30, 0.10]
    assert FOUR.suggest(probabilities, threshold=0.54) == FOUR.index("Pre")
    assert FOUR.suggest(probabilities, threshold=0.56) == FOUR.index("Benign")


def test_positions_follow_the_order_of_the_names():
    assert FOUR.malignant_indices == (1, 2, 3)
    assert [FOUR.index(name) for name in FOUR.names] == [0, 1, 2, 3]


def test_an_unknown_class_has_no_position():
    with pytest.raises(ValueError, match="not in tuple"):
        FOUR.index("Blast")


@pytest.mark.parametrize(
    ("names", "malignant", "reason"),
    [
        (("ALL",), {"ALL"}, "at least two different classes"),
        (("ALL", "ALL"), {"ALL"}, "at least two different classes"),
        (("HEM", "ALL"), {"Blast"}, "'Blast'.* not among"),
        (("HEM", "ALL"), set(), "some classes must be malignant and some must not"),
        (("HEM", "ALL"), {"HEM", "ALL"}, "some classes must be malignant and some must not"),
    ],
)
def test_classes_that_make_no_sense_are_refused(names, malignant, reason):
    with pytest.raises(ValueError, match=reason):
        ClassSet(names, frozenset(malignant))


def test_short_names_have_long_titles_and_unknown_names_stay():
    assert class_title("HEM") == "Normal cell (HEM)"
    assert class_title("Monocyte") == "Monocyte"


def test_every_kind_of_picture_has_words_of_its_own():
    plurals = {kind.value: kind.plural for kind in InputKind}
    assert plurals["field"] == "whole fields"
    assert plurals["crop"] == "single-cell crops"
    assert plurals["segmented"] == "segmented cells on black"
    assert len(set(plurals.values())) == len(plurals)


def test_only_kinds_of_blood_are_offered_for_diagnosis():
    assert {kind for kind in InputKind if not kind.is_blood} == {InputKind.TISSUE}
