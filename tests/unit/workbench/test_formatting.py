"""How figures and cells are written."""

import pytest

from leuko.statistics.estimate import Estimate
from leuko.workbench.formatting import no_formula, percent_text, probability_text, so_many_of


def test_a_share_is_counted_in_hundreds_where_the_test_set_supports_it():
    assert so_many_of(Estimate(0.976, 0.95, 0.99), digits=2) == "98 of 100 (95–99)"


def test_a_share_of_few_groups_is_counted_in_tens():
    assert so_many_of(Estimate(0.82, 0.46, 1.0), digits=1) == "8 of 10 (5–10)"


def test_a_share_without_interval_is_not_stated():
    assert so_many_of(Estimate(0.9, reason="one group"), digits=2) == "an unknown share of cases"


@pytest.mark.parametrize(
    ("value", "text"), [(0.999, "> 0.99"), (0.994, "0.99"), (0.004, "< 0.01"), (0.5, "0.50")]
)
def test_a_probability_never_claims_certainty(value, text):
    assert probability_text(value) == text


@pytest.mark.parametrize(("share", "text"), [(0.2, "20 %"), (0.8271, "82.7 %"), (1.0, "100 %")])
def test_a_share_in_percent_has_three_figures_at_most(share, text):
    assert percent_text(share) == text


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\t=1", "\r=1"])
def test_a_cell_that_looks_like_a_formula_is_led_by_an_apostrophe(cell):
    assert no_formula(cell) == f"'{cell}"
    assert no_formula(f"a{cell}") == f"a{cell}"
