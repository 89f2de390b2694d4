"""Sentences on cell models and on the finder."""

import pytest

from leuko.evaluation.cells.counts import count_agreements
from leuko.evaluation.cells.left_out import left_out_figures
from leuko.evaluation.cells.pooled import pooled_figures
from leuko.evaluation.finder.figures import FieldCount
from leuko.reporting.text.cells import (
    collection_title,
    count_facts,
    laboratory_title,
    left_out_briefly,
    left_out_facts,
    left_out_headline,
    pooled_facts,
)
from tests.made_cell_tables import hand_cells, made_cells


def test_a_laboratory_is_named_as_people_write_it_or_as_it_names_itself():
    assert laboratory_title("all_idb2") == "ALL-IDB2"
    assert laboratory_title("our own") == "our own"
    assert collection_title("txl_pbc, Raabin") == "TXL-PBC, Raabin-WBC"
    assert collection_title("our own, second floor") == "our own, second floor"


def test_the_headline_names_mean_number_and_the_lowest():
    found = left_out_figures(made_cells(), 0.5)
    lowest = min(found.laboratories, key=lambda one: one.balanced_accuracy.value)
    said = left_out_headline(found)
    assert said.startswith(f"balanced accuracy {found.balanced_accuracy.text(found.digits)}, mean")
    assert f"lowest {lowest.balanced_accuracy.text(lowest.digits)}, " in said
    assert said.endswith(laboratory_title(lowest.laboratory))


def test_with_one_laboratory_there_is_no_mean():
    found = left_out_figures(made_cells({"munich": ("Blast cell", "Lymphocyte")}), 0.5)
    assert left_out_headline(found).endswith(" in Munich, which it never saw")
    assert "mean" not in left_out_headline(found)


def test_what_is_not_measurable_is_said_and_not_0():
    found = left_out_figures(hand_cells([("a", "Blast cell", "Blast cell")] * 4), 0.5)
    assert "not measurable (no laboratory with two labels)" in left_out_headline(found)
    assert "not measurable" in left_out_briefly(found)


def test_few_groups_behind_a_figure_are_named():
    """Nine groups of three cells; each label has three groups."""
    few = {"bccd": ("Monocyte", "Lymphocyte", "Basophil")}
    facts = left_out_facts(left_out_figures(made_cells(few, cells=27, group_size=3), 0.5))
    assert any("Fewer than ten groups stand behind a figure of BCCD" in fact for fact in facts)
    many = {"bccd": ("Monocyte", "Lymphocyte")}
    facts = left_out_facts(left_out_figures(made_cells(many, cells=90, group_size=3), 0.5))
    assert not any("Fewer than ten" in fact for fact in facts)


def test_held_out_cells_without_laboratories_say_so():
    table = hand_cells([("a", "Monocyte", "Monocyte"), ("b", "Basophil", "Monocyte")], "")
    facts = pooled_facts(pooled_figures(table, 0.5))
    assert facts[-1] == "The table does not name the laboratories of the cells."
    assert facts[0].startswith("2 cells of 2 groups")


def field(true, found):
    return FieldCount(
        set="bccd", picture=f"{true} {found}", left_out=True, true=true, found=found, matched=0
    )


def test_counts_are_told_with_bias_and_limits():
    """Differences 0, 1, 2: bias 1, standard deviation 1, limits 1 - 1.96 and 1 + 1.96."""
    (fact,) = count_facts(count_agreements([field(1, 1), field(1, 2), field(1, 3)]))
    assert fact.startswith("BCCD, left out: 6 found, 3 true in 3 fields; the count is right in 1,")
    assert "Bias 1.0 (−1.5 to 3.5) cells a field" in fact
    assert fact.endswith("95 % limits of agreement −1.0 to 3.0.")


@pytest.mark.parametrize("fields", [1, 2])
def test_two_fields_have_no_limits(fields):
    (fact,) = count_facts(count_agreements([field(1, 1)] * fields))
    assert fact.endswith("Fewer than three fields give no limits of agreement.")
