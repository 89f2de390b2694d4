"""The letters of the keyboard on the Count page."""

import pytest

from leuko.cell_classes import BLAST, LYMPHOCYTE
from leuko.differential.review import READER_LABELS
from leuko.errors import LeukoError
from leuko.ui.count.key_map import DEFAULT_KEYS, UNDO, key_map


def test_every_label_and_undo_have_a_letter_of_their_own():
    keys = key_map({})
    assert list(keys) == [*READER_LABELS, UNDO]
    assert len(set(keys.values())) == len(keys)
    assert all(len(letter) == 1 and "A" <= letter <= "Z" for letter in keys.values())


def test_a_letter_of_the_settings_takes_the_place_of_the_default_one():
    keys = key_map({BLAST: "k"})
    assert keys[BLAST] == "K"
    assert {name: letter for name, letter in keys.items() if name != BLAST} == {
        name: letter for name, letter in DEFAULT_KEYS.items() if name != BLAST
    }


def test_two_labels_may_change_places():
    keys = key_map({BLAST: "L", LYMPHOCYTE: "B"})
    assert (keys[BLAST], keys[LYMPHOCYTE]) == ("L", "B")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Blast": "B"}, r"names 'Blast'.*known are Segmented neutrophil"),
        ({BLAST: "bl"}, r"one letter from A to Z. Write for example \"Blast cell\" = \"B\""),
        ({BLAST: "ß"}, "one letter from A to Z"),
        ({BLAST: "1"}, "one letter from A to Z"),
        ({BLAST: ""}, "one letter from A to Z"),
        ({BLAST: "L"}, "the same key 'L'. Give one of them a letter that is free: B, "),
    ],
)
def test_a_key_map_that_cannot_be_used_is_refused_with_what_to_do(changed, said):
    with pytest.raises(LeukoError, match=said):
        key_map(changed)
