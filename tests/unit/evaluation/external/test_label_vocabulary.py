"""What a laboratory's word for a picture means to a model."""

import pytest

from leuko.evaluation.external.label_vocabulary import (
    Meaning,
    class_for,
    possible_meanings,
    read_word,
    word_key,
)
from leuko.labels import ClassSet
from tests.unit.evaluation.made_predictions import FOUR, TWO

CROPS = ClassSet(("Healthy", "Blast"), frozenset({"Blast"}))


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("Pre", "Pre"),
        ("pre", "Pre"),
        ("PRE-B", "Pre"),
        ("Pre-B ALL", "Pre"),
        ("early_pre_b", "Early"),
        ("Benign (hematogones)", "Benign"),
        ("hematogones", "Benign"),
    ],
)
def test_a_class_is_known_by_name_title_and_obvious_words(word, name):
    assert read_word(word, [FOUR]) == Meaning(name in FOUR.malignant, name)


@pytest.mark.parametrize("word", ["malignant", "Leukemia", "LEUKAEMIA", "ALL", "blast"])
def test_words_of_the_malignant_side(word):
    meaning = read_word(word, [FOUR])
    assert meaning is not None
    assert meaning.malignant
    assert class_for(meaning, FOUR) is None
    assert class_for(meaning, TWO) == "ALL"
    assert class_for(meaning, CROPS) == "Blast"


@pytest.mark.parametrize("word", ["normal", "benign", "HEM", "Healthy", "non-malignant"])
def test_words_of_the_benign_side(word):
    meaning = read_word(word, [TWO])
    assert meaning is not None
    assert not meaning.malignant
    assert [class_for(meaning, each) for each in (FOUR, TWO, CROPS)] == ["Benign", "HEM", "Healthy"]


@pytest.mark.parametrize(
    "word", ["patient 7", "1", "0", "positive", "monocyte", "", "benign or malignant", "preview"]
)
def test_an_unknown_word_is_not_guessed(word):
    assert read_word(word, [FOUR, TWO, CROPS]) is None


def test_a_class_of_the_model_goes_before_the_words_of_the_product():
    odd = ClassSet(("Blast", "Pre"), frozenset({"Pre"}))  # here a blast is benign
    assert read_word("blast", [odd]) == Meaning(malignant=False, name="Blast")


def test_a_class_that_a_model_lacks_is_its_side():
    meaning = read_word("Early", [FOUR, TWO])
    assert class_for(meaning, TWO) == "ALL"


def test_a_class_on_the_other_side_in_another_model_is_never_taken_over():
    odd = ClassSet(("Pre", "Sick", "Worse"), frozenset({"Sick", "Worse"}))
    assert class_for(Meaning(malignant=True, name="Pre"), odd) is None


def test_spellings_of_one_word_are_one_word():
    assert word_key("Pre-B_ALL") == word_key(" pre b all ") == "pre b all"
    assert word_key("??") == "??"


def test_a_user_may_choose_each_class_and_both_sides():
    offered = possible_meanings([FOUR, FOUR])
    assert [meaning.name for meaning in offered] == [*FOUR.names, None, None]
    assert [meaning.text for meaning in offered][-2:] == ["Any malignant class", "Benign side"]
