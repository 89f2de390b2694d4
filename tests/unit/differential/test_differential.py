import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.proportion import proportion_confint

from leuko.cell_classes import CELL_CLASSES, is_leukocyte
from leuko.differential.differential import differential
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED


def row(count, name):
    return next(one for one in (*count.rows, *count.beside) if one.name == name)


@pytest.mark.parametrize(("cells", "low", "high"), [(100, 13, 29), (200, 15, 26), (500, 17, 24)])
def test_twenty_per_cent_has_the_published_interval_of_its_number_of_cells(cells, low, high):
    blasts = cells // 5
    count = differential(["Blast cell"] * blasts + ["Lymphocyte"] * (cells - blasts))
    found = row(count, "Blast cell")
    assert found.per_cent == 20
    assert (round(100 * found.low), round(100 * found.high)) == (low, high)


def test_none_of_two_hundred_means_below_1_9_per_cent():
    found = row(differential(["Lymphocyte"] * 200), "Blast cell")
    assert (found.n, found.share, found.low) == (0, 0, 0)
    assert 0.018 < found.high < 0.019


@pytest.mark.parametrize("seed", range(5))
def test_intervals_are_those_of_statsmodels_and_scipy(seed):
    rng = np.random.default_rng(seed)
    labels = rng.choice(CELL_CLASSES, size=int(rng.integers(20, 400))).tolist()
    count = differential(labels)
    for one in count.rows:
        expected = proportion_confint(one.n, count.leukocytes, method="wilson")
        assert (one.low, one.high) == pytest.approx(expected, abs=1e-12)
        by_scipy = binomtest(one.n, count.leukocytes).proportion_ci(method="wilson")
        assert (one.low, one.high) == pytest.approx((by_scipy.low, by_scipy.high), abs=1e-9)


def test_classes_stand_in_the_order_of_the_icsh_with_and_without_cells():
    count = differential(["Monocyte", "Basophil", "Platelet"])
    names = [one.name for one in (*count.rows, *count.beside)]
    assert names == list(CELL_CLASSES)
    assert [one.name for one in count.beside] == ["Erythroblast", "Platelet"]


def test_what_is_no_leukocyte_is_given_per_hundred_and_leaves_the_per_cent():
    labels = ["Lymphocyte"] * 100 + ["Monocyte"] * 100 + ["Erythroblast"] * 30
    count = differential(labels)
    assert count.leukocytes == 200
    assert row(count, "Monocyte").share == 0.5
    found = row(count, "Erythroblast")
    assert (found.n, found.per_100) == (30, 15)
    low, high = proportion_confint(30, 230, method="wilson")
    assert found.low == pytest.approx(100 * low / (1 - low))
    assert found.high == pytest.approx(100 * high / (1 - high))
    assert found.low < 15 < found.high


def test_cells_without_a_class_and_finds_that_are_none_leave_the_count():
    count = differential(["Lymphocyte"] * 3 + [NOT_CLASSED] * 2 + [NOT_A_CELL] * 4)
    assert (count.leukocytes, count.not_classed, count.not_cells, count.found) == (3, 2, 4, 5)
    assert row(count, "Lymphocyte").share == 1


@pytest.mark.parametrize(("cells", "is_per_cent"), [(0, False), (99, False), (100, True)])
def test_below_a_hundred_leukocytes_it_is_no_per_cent_yet(cells, is_per_cent):
    count = differential(["Lymphocyte"] * cells + ["Platelet"] * 50)
    assert count.is_per_cent is is_per_cent
    assert ("No per cent yet" in count.remark) is not is_per_cent


def test_a_target_is_reached_by_leukocytes_alone():
    labels = ["Lymphocyte"] * 150 + ["Erythroblast"] * 80
    assert differential(labels, 100).reached
    short = differential(labels, 200)
    assert not short.reached
    assert short.remark == "150 of 200 leukocytes are counted."
    assert differential(["Lymphocyte"] * 200, 200).remark == ""


def test_shares_of_all_leukocytes_add_up_to_one():
    labels = np.random.default_rng(1).choice(CELL_CLASSES, 333).tolist()
    count = differential(labels)
    assert sum(one.share for one in count.rows) == pytest.approx(1)
    assert sum(one.n for one in count.rows) == sum(map(is_leukocyte, labels))


def test_a_count_without_cells_has_no_share_and_no_flag():
    count = differential([])
    assert count.leukocytes == 0
    assert {one.share for one in count.rows} == {None}
    assert {one.per_100 for one in count.beside} == {None}
    assert count.flags == ()


def test_an_unknown_label_and_a_target_of_none_are_refused():
    with pytest.raises(ValueError, match="Smudge cell"):
        differential(["Smudge cell"])
    with pytest.raises(ValueError, match="target"):
        differential([], 0)
