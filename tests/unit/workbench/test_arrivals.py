import pytest

from leuko.settings import Limits
from leuko.workbench.arrivals import ChosenFile, chosen_files, not_arrived

LIMITS = Limits(max_file_bytes=1024 * 1024)


def names(chosen, arrived):
    return [name for name, _ in not_arrived(chosen, arrived, LIMITS)]


def test_files_that_did_not_arrive_are_named_in_the_order_in_which_they_were_chosen():
    chosen = [ChosenFile(f"{letter}.png", 10) for letter in "abcd"]
    assert names(chosen, [chosen[2], chosen[0]]) == ["b.png", "d.png"]


def test_one_of_two_files_of_the_same_name_and_size_is_missed_once():
    twin = ChosenFile("a.png", 10)
    assert names([twin, twin], [twin]) == ["a.png"]


def test_letters_that_are_spelled_differently_on_their_way_are_the_same():
    composed, decomposed = ChosenFile("Gr\u00f6\u00dfe", 10), ChosenFile("Gro\u0308\u00dfe", 10)
    assert names([composed, ChosenFile("b", 1)], [decomposed]) == ["b"]


def test_a_name_that_changed_on_its_way_is_not_told_as_lost():
    assert names([ChosenFile('a"b.png', 10)], [ChosenFile("a%22b.png", 10)]) == []


def test_nothing_chosen_means_nothing_lost():
    assert names([], [ChosenFile("a.png", 10)]) == []


def test_the_reason_of_a_file_above_the_limit_is_its_size():
    ((_, reason),) = not_arrived([ChosenFile("a.zip", 3 * 1024 * 1024)], [], LIMITS)
    assert "3 megabytes; at most 1 " in reason
    ((_, reason),) = not_arrived([ChosenFile("a.zip", 10)], [], LIMITS)
    assert "did not reach the server" in reason


@pytest.mark.parametrize(
    "said",
    [
        None,
        7,
        "a.png",
        {"a": 1},
        [["a.png"]],
        [["a.png", "10"]],
        [[1, 2]],
        [["a.png", -1]],
        [["a.png", float("inf")]],
        ["ab"],
    ],
)
def test_what_is_no_list_of_files_is_left_out(said):
    assert chosen_files(said) == ()


def test_a_list_of_names_and_sizes_is_read():
    assert chosen_files([["a.png", 10], ["b.png", 0]]) == (
        ChosenFile("a.png", 10),
        ChosenFile("b.png", 0),
    )
