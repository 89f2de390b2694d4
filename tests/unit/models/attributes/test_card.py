import json

import pytest
from pydantic import ValidationError

from leuko.errors import CardError
from leuko.models.attributes.card import read_attributes_card, write_attributes_card
from tests.made_attributes import attributes_card, card_entries


def stored(tmp_path, **changes):
    folder = tmp_path / "tiny-attributes"
    folder.mkdir()
    (folder / "attributes.json").write_text(json.dumps(card_entries(**changes)))
    return folder


def test_what_is_written_is_read_back(tmp_path):
    folder = tmp_path / "tiny-attributes"
    folder.mkdir()
    write_attributes_card(attributes_card(), folder)
    assert read_attributes_card(folder) == attributes_card()


def test_values_stand_in_the_order_of_the_outputs():
    assert attributes_card().values["granule_type"] == ("nil", "small", "round", "coarse")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"surprise": 1}, "wrong at 'surprise'"),
        ({"attributes_version": 2}, "version 2, this leuko reads up to version 1"),
        ({"id": "another"}, "holds the card of 'another'"),
        ({"right_share": 1.5}, "wrong at 'right_share'"),
        ({"attributes": []}, "wrong at 'attributes'"),
    ],
)
def test_a_card_that_breaks_a_rule_is_refused_by_name(tmp_path, changes, said):
    with pytest.raises(CardError, match=said):
        read_attributes_card(stored(tmp_path, **changes))


def test_a_card_that_is_no_json_is_refused(tmp_path):
    folder = stored(tmp_path)
    (folder / "attributes.json").write_text("{")
    with pytest.raises(CardError, match="cannot be read: copy the folder again"):
        read_attributes_card(folder)


def test_the_first_step_must_cut_cells():
    entries = card_entries()
    entries["input"]["steps"] = entries["input"]["steps"][1:]
    with pytest.raises(ValidationError, match="first step must be cut_cell"):
        attributes_card(input=entries["input"])


def test_an_attribute_or_value_that_stands_twice_is_refused():
    one = {"name": "a", "values": [{"value": "x"}, {"value": "y"}]}
    with pytest.raises(ValidationError, match="an attribute stands in it twice"):
        attributes_card(attributes=[one, one])
    with pytest.raises(ValidationError, match="a value of a stands in it twice"):
        attributes_card(attributes=[{"name": "a", "values": [{"value": "x"}, {"value": "x"}]}])
