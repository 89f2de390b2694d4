import pytest

from leuko.settings import FORM_BYTES, Limits
from leuko.workbench.arrivals import Bound, ChosenFile, Refusal, chosen_files, not_arrived

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


def test_a_file_that_was_refused_for_what_was_on_its_way_is_told_so_by_its_size():
    chosen = [ChosenFile(f"{name}.png", 100_000 * place) for place, name in enumerate("abc", 1)]
    refusals = [
        Refusal(200_000 + 300, Bound.SERVER, 3 * 2**20),
        Refusal(100_000 + FORM_BYTES + 1, Bound.SERVER, 3 * 2**20),  # of no such file
        Refusal(300_000 + 300, Bound.SESSION, 2 * 2**20),
    ]
    (_, cut_off), (_, server), (_, session) = not_arrived(chosen, [], LIMITS, refusals)
    assert "did not reach the server" in cut_off
    assert server.startswith("More than 3 megabytes were being sent by all users together")
    assert session.startswith("More than 2 megabytes were sent at once, the most that one session")


def test_one_refusal_explains_one_file_and_one_that_named_no_size_any():
    twins = [ChosenFile("a.png", 10), ChosenFile("b.png", 10)]
    reasons = [
        reason
        for _, reason in not_arrived(twins, [], LIMITS, [Refusal(None, Bound.SESSION, 2**20)])
    ]
    assert "sent at once" in reasons[0]
    assert "did not reach the server" in reasons[1]


def test_the_largest_file_is_one_that_the_quota_lets_through():
    limits = Limits(max_file_bytes=4 * 2**20, max_session_bytes=2 * 2**20 + FORM_BYTES)
    ((_, reason),) = not_arrived([ChosenFile("a.zip", 3 * 2**20)], [], limits)
    assert "3 megabytes; at most 2 are taken" in reason


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
