"""What the browser asks for is carried out once, and nothing that makes no sense."""

import pytest

from leuko.cell_classes import BLAST, LYMPHOCYTE
from leuko.ui.count.commands import MOST_TABS, carry_out
from leuko.ui.state.counting import Counting

CELLS = frozenset({("aa", 1), ("aa", 2), ("bb", 1)})
FIELDS = frozenset({"aa", "bb"})


def told(counting, *commands, client="tab"):
    carry_out({"client": client, "list": list(commands)}, counting, CELLS, FIELDS)


def label(sequence, *keys, name=BLAST):
    return {
        "sequence": sequence, "do": "label", "keys": [list(key) for key in keys], "label": name,
    }  # fmt: skip


def test_a_command_that_comes_again_counts_once():
    counting = Counting()
    told(counting, label(1, ("aa", 1)))
    told(counting, label(1, ("aa", 1)), label(2, ("aa", 2)))
    assert counting.confirmed == {"tab": 2}
    assert [step.keys for step in counting.review.history] == [(("aa", 1),), (("aa", 2),)]


def test_commands_are_carried_out_in_their_order():
    counting = Counting()
    told(
        counting,
        label(1, ("aa", 1), ("bb", 1)),
        {"sequence": 2, "do": "undo"},
        label(3, ("aa", 1), name=LYMPHOCYTE),
        {"sequence": 4, "do": "seen", "keys": [["aa", 2]]},
        {"sequence": 5, "do": "select", "keys": [["bb", 1]]},
    )
    assert dict(counting.review.labels) == {("aa", 1): LYMPHOCYTE}
    assert counting.review.looked_at == CELLS
    assert (counting.selected, counting.shown) == (("bb", 1), "bb")


def test_a_field_is_turned_to():
    counting = Counting()
    told(counting, {"sequence": 1, "do": "field", "keys": [["bb", 0]]})
    assert counting.shown == "bb"
    told(counting, {"sequence": 2, "do": "field", "keys": [["cc", 0]]})
    assert counting.shown == "bb"


def test_each_tab_of_the_browser_has_its_own_list():
    counting = Counting()
    told(counting, label(1, ("aa", 1)), client="one")
    told(counting, label(1, ("aa", 2)), client="two")
    assert set(counting.review.labels) == {("aa", 1), ("aa", 2)}
    for number in range(2 * MOST_TABS):
        told(counting, label(1, ("bb", 1)), client=f"tab {number}")
    assert len(counting.confirmed) == MOST_TABS


@pytest.mark.parametrize(
    "said",
    [
        None,
        "words",
        [],
        {"client": "tab"},
        {"client": "tab", "list": "label"},
        {"client": "tab", "list": [None, 3, "undo", {}]},
        {"client": "tab", "list": [{"sequence": "1", "do": "undo"}]},
        {"client": "tab", "list": [label(1, ("cc", 1))]},
        {"client": "tab", "list": [label(1, ("aa", 9))]},
        {"client": "tab", "list": [label(1, ("aa", 1), name="Cancer")]},
        {"client": "tab", "list": [label(1, ("aa",))]},
        {"client": "tab", "list": [label(1, ("aa", True))]},
        {"client": "tab", "list": [{"sequence": 1, "do": "erase", "keys": [["aa", 1]]}]},
        {"client": "tab", "list": [{"sequence": 1, "do": "select", "keys": {"aa": 1}}]},
    ],
)  # fmt: skip
def test_what_makes_no_sense_changes_nothing(said):
    counting = Counting()
    carry_out(said, counting, CELLS, FIELDS)
    assert not counting.review.history
    assert not counting.review.looked_at
    assert counting.selected is None
