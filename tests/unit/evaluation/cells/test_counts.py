"""Found against true counts: the published example, statsmodels, and honest sets."""

import matplotlib as mpl
import numpy as np
import pytest
from statsmodels.graphics.agreement import mean_diff_plot

from leuko.evaluation.cells.counts import count_agreements, limits_of_agreement
from leuko.evaluation.cells.finder import FieldCount

WRIGHT = (494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427)
MINI = (512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451)
"""First readings of peak expiratory flow, l/min; Bland and Altman (1986), table 1."""
DIFFERENCES = np.subtract(WRIGHT, MINI)


def test_the_worked_example_of_bland_and_altman():
    """Printed: mean -2.1, SD 38.8, limits -79.7 and 75.5; intervals -22.0 to 17.8 and others."""
    found = limits_of_agreement(DIFFERENCES, multiple=2)
    assert round(found.bias, 1) == -2.1
    assert round(found.deviation, 1) == 38.8
    assert (found.lower, found.upper) == pytest.approx(
        (-79.7, 75.5), abs=0.1
    )  # printed from rounded figures
    assert found.bias_limits == pytest.approx((-22.0, 17.8), abs=0.1)
    assert found.lower_limits == pytest.approx((-114.3, -45.1), abs=0.3)
    assert found.upper_limits == pytest.approx((40.9, 110.1), abs=0.3)


def test_the_limits_are_those_that_statsmodels_draws():
    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure = mean_diff_plot(np.array(WRIGHT), np.array(MINI))
    drawn = sorted(line.get_ydata()[0] for line in figure.axes[0].lines)
    plt.close(figure)
    spread = DIFFERENCES.std()  # statsmodels divides by n, the paper by n - 1
    found = limits_of_agreement(DIFFERENCES)
    factor = spread / found.deviation
    mine = [
        found.bias + factor * (found.lower - found.bias),
        found.bias,
        found.bias + factor * (found.upper - found.bias),
    ]
    assert mine == pytest.approx(drawn, rel=1e-3)


def test_two_fields_give_no_limits():
    with pytest.raises(ValueError, match="3 pairs or more, found 2"):
        limits_of_agreement([1.0, 2.0])


def field(name, true, found, *, left_out=False, number=0):
    return FieldCount(
        set=name, picture=f"{name} {number}", true=true, found=found, left_out=left_out, matched=0
    )


def test_each_collection_stands_by_itself_and_its_left_out_part_too():
    fields = [
        field("BCCD", 1, 1), field("BCCD", 2, 1), field("TXL", 10, 12, left_out=True),
        field("BCCD", 3, 3), field("TXL", 9, 9, left_out=True), field("TXL", 5, 5),
    ]  # fmt: skip
    first, second, third = count_agreements(fields)
    assert (first.set, first.fields, first.true, first.found) == ("BCCD", 3, 6, 5)
    assert (first.exact, first.within_one) == (2, 3)
    assert first.agreement.bias == pytest.approx(-1 / 3)
    assert (second.set, second.left_out, second.exact, second.within_one) == ("TXL", True, 1, 1)
    assert second.agreement is None
    assert (third.set, third.left_out, third.fields) == ("TXL", False, 1)


def test_where_every_count_is_right_the_limits_are_zero():
    (found,) = count_agreements([field("BCCD", n, n) for n in range(5)])
    assert (found.agreement.bias, found.agreement.lower, found.agreement.upper) == (0, 0, 0)


def test_no_field_no_row():
    assert count_agreements([]) == []
