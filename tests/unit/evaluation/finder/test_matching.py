"""Found boxes are counted against true ones, each once."""

import pytest

from leuko.evaluation.finder.matching import count_matches, intersection_over_union


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((0, 0, 10, 10), 1.0),
        ((5, 0, 15, 10), 50 / 150),
        ((10, 0, 20, 10), 0.0),
        ((0, 0, 10, 5), 0.5),
        ((2, 2, 8, 8), 0.36),
    ],
)
def test_overlap_is_the_shared_area_by_the_covered_area(other, expected):
    assert intersection_over_union((0, 0, 10, 10), other) == pytest.approx(expected)


def test_a_box_counts_once():
    assert count_matches([(0, 0, 10, 10)], [(0, 0, 10, 10), (0, 0, 10, 9)]) == 1
    assert count_matches([(0, 0, 10, 10), (0, 0, 10, 9)], [(0, 0, 10, 10)]) == 1


def test_half_an_overlap_is_enough_and_less_is_not():
    assert count_matches([(0, 0, 10, 10)], [(0, 0, 10, 5)]) == 1
    assert count_matches([(0, 0, 10, 10)], [(0, 0, 10, 4)]) == 0


def test_nothing_matches_nothing():
    assert count_matches([], [(0, 0, 1, 1)]) == count_matches([(0, 0, 1, 1)], []) == 0
