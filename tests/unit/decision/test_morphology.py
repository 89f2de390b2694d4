from types import SimpleNamespace

import pytest

from leuko.decision.morphology import Silence, describe_cells, findings_of, in_words
from leuko.decision.morphology_words import NOVEL_CELL, UNSURE
from leuko.inference.attribute_reading import AttributeReading
from tests.made_attributes import WBCATT, attributes_card

CARD = attributes_card()


def reading(novelty=1.0, size_known=True, **said):
    """Every attribute undecided but those that are given as (value, probability)."""
    probabilities = {}
    for name, known in WBCATT.items():
        value, share = said.get(name, (known[0], 1 / len(known)))
        rest = (1 - share) / (len(known) - 1)
        probabilities[name] = tuple(share if each == value else rest for each in known)
    return AttributeReading(probabilities, size_known, novelty)


def text(**said):
    return in_words(CARD, reading(**said)).text


def test_a_cell_is_told_in_the_words_of_a_morphologist():
    assert text(
        nucleus_shape=("segmented-multilobed", 0.97),
        granularity=("yes", 0.99), granule_type=("coarse", 0.93), granule_colour=("purple", 0.88),
    ) == "nucleus: segmented, multilobed (0.97) · granules: coarse, purple (0.88)"  # fmt: skip


def test_a_clause_carries_the_probability_of_its_least_sure_part():
    assert text(
        cytoplasm_colour=("light blue", 0.8), cytoplasm_vacuole=("no", 0.95),
    ) == "cytoplasm: light blue, no vacuoles (0.80)"  # fmt: skip


def test_what_is_not_certain_never_reads_as_certain():
    assert text(chromatin_density=("loosely", 0.9996)) == "chromatin: loosely packed (0.99)"


def test_only_what_is_sure_enough_is_said():
    words = in_words(
        CARD, reading(cell_shape=("irregular", 0.61), chromatin_density=("densely", 0.59))
    )
    assert words.text == "cell: irregular (0.61)"
    assert [finding.attribute for finding in words.findings] == ["cell_shape"]


def test_a_value_without_a_limit_is_never_said():
    attributes = [
        {
            "name": one.name,
            "values": [
                {"value": v, "said_from": None if v == "yes" else 0.6} for v in one.value_names
            ],
        }
        for one in CARD.attributes
    ]
    card = attributes_card(attributes=attributes)
    assert findings_of(card, reading(cytoplasm_vacuole=("yes", 0.99))) == ()
    assert findings_of(card, reading(cytoplasm_vacuole=("no", 0.99)))


def test_a_cell_of_which_nothing_is_sure_gets_a_sentence_and_not_an_empty_line():
    words = in_words(CARD, reading())
    assert (words.findings, words.text, words.silence) == ((), UNSURE, Silence.UNSURE)


@pytest.mark.parametrize("novelty", [2.001, None])
def test_a_cell_unlike_the_training_cells_is_never_described(novelty):
    words = in_words(CARD, reading(novelty=novelty, nucleus_shape=("irregular", 0.99)))
    assert (words.findings, words.text, words.silence) == ((), NOVEL_CELL, Silence.NOVEL)


def test_a_model_without_the_novelty_gate_describes_nothing():
    card = attributes_card(novelty=None)
    words = in_words(card, reading(nucleus_shape=("irregular", 0.99)))
    assert words.silence is Silence.NOVEL


def test_at_the_limit_of_novelty_a_cell_is_still_described():
    assert in_words(CARD, reading(novelty=2.0, cell_shape=("round", 0.9))).silence is None


def test_nothing_is_said_of_the_size_of_a_cell_whose_size_is_not_known():
    said = {"cell_size": ("big", 0.99), "cell_shape": ("round", 0.9)}
    assert text(**said) == "cell: large, round (0.90)"
    assert text(size_known=False, **said) == "cell: round (0.90)"


def test_a_cell_without_granules_has_none_of_any_colour():
    assert text(
        granularity=("no", 0.95), granule_type=("nil", 0.9), granule_colour=("nil", 0.9)
    ) == "granules: none (0.95)"  # fmt: skip


@pytest.mark.parametrize(
    "said",
    [
        {"granularity": ("no", 0.95), "granule_colour": ("pink", 0.9)},
        {"granularity": ("no", 0.95), "granule_type": ("small", 0.9)},
        {"granularity": ("yes", 0.95), "granule_type": ("nil", 0.9)},
        {
            "granularity": ("yes", 0.95),
            "granule_type": ("coarse", 0.9),
            "granule_colour": ("nil", 0.9),
        },
        {"granule_type": ("coarse", 0.9), "granule_colour": ("nil", 0.9)},
    ],
)
def test_of_granules_nothing_is_said_where_answers_contradict_each_other(said):
    assert text(**said) == UNSURE


def test_type_and_colour_are_not_said_where_it_is_unsure_whether_there_are_granules():
    assert text(granule_type=("coarse", 0.99), granule_colour=("purple", 0.99)) == UNSURE


def test_granules_without_a_sure_type_are_told_as_present():
    assert text(granularity=("yes", 0.9)) == "granules: present (0.90)"


def test_every_value_of_every_attribute_has_words():
    for name, known in WBCATT.items():
        for value in known:
            found = text(**{name: (value, 0.9)})
            assert found.endswith("(0.90)") or name.startswith("granule_")
            assert "-" not in found.replace("nucleus-to-cytoplasm", "").replace("band-shaped", "")


def test_an_attribute_of_another_model_is_told_by_its_own_name():
    attributes = [
        {"name": "auer_rods", "values": [{"value": "no"}, {"value": "yes", "said_from": 0.5}]}
    ]
    found = in_words(
        attributes_card(attributes=attributes),
        AttributeReading({"auer_rods": (0.2, 0.8)}, True, 1.0),
    )
    assert found.text == "auer rods: yes (0.80)"


def test_all_cells_of_a_picture_are_described_in_order():
    answers = [reading(cell_shape=("round", 0.9)), reading(novelty=9.0)]
    model = SimpleNamespace(card=CARD, read=lambda pixels, cells, red_cell_px: answers)
    found = describe_cells(model, "pixels", ["first", "second"])
    assert [words.text for words in found] == ["cell: round (0.90)", NOVEL_CELL]
