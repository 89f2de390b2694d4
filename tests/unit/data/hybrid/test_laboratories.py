"""A laboratory left out, with what repeats its pictures."""

from dataclasses import replace

import pytest

from leuko.data.hybrid.laboratories import (
    laboratories_of,
    leave_out_laboratory,
    only_laboratory,
)
from leuko.errors import DatasetError
from tests.unit.data.made_samples import dataset, ids, sample


def at(laboratory, image_id, group=None):
    return replace(sample(image_id, "ALL", group or image_id), laboratory=laboratory)


SEVERAL = dataset(
    [
        at("north", "n1"),
        at("north", "n2", "shared"),
        at("south", "s1"),
        at("south", "s2", "shared"),
        at("east", "e1", "shared"),
    ]
)


def test_laboratories_are_named_in_order():
    assert laboratories_of(SEVERAL) == ("east", "north", "south")
    assert laboratories_of(dataset([sample("a", "ALL", "1")])) == ()


def test_a_laboratory_leaves_with_every_group_that_holds_one_of_its_pictures():
    assert ids(leave_out_laboratory(SEVERAL, "north").samples) == {"s1"}
    assert ids(leave_out_laboratory(SEVERAL, "east").samples) == {"n1", "s1"}


def test_all_of_a_laboratory_is_tested_and_nothing_else():
    assert ids(only_laboratory(SEVERAL, "north").samples) == {"n1", "n2"}


@pytest.mark.parametrize("function", [leave_out_laboratory, only_laboratory])
def test_an_unknown_laboratory_is_refused_with_the_known_ones(function):
    with pytest.raises(DatasetError, match="no laboratory 'west'; it holds: east, north, south"):
        function(SEVERAL, "west")


def test_a_set_of_one_laboratory_cannot_do_without_it():
    one = dataset([at("north", "n1"), at("north", "n2")])
    with pytest.raises(DatasetError, match="Without the laboratory 'north' nothing is left"):
        leave_out_laboratory(one, "north")
