import pytest

from leuko.differential.differential import differential
from leuko.differential.flags import Patient, Rule, rules

FILLER = "Segmented neutrophil"


def count(name, n, total=100, patient=None):
    return differential([name] * n + [FILLER] * (total - n), patient=patient)


def state(name, n, total=100, patient=None):
    found = {flag.rule.patient: flag.state for flag in count(name, n, total, patient).flags}
    return found.get(None)


def test_the_rules_are_those_of_slide_review_and_each_has_its_source():
    words = [rule.words for rule in rules()]
    assert words == [
        "any Blast cell", "any Promyelocyte", "Myelocyte ≥ 5 %", "Metamyelocyte ≥ 10 %",
        "Lymphocyte ≥ 60 % (adult)", "Lymphocyte ≥ 80 % (child)", "Monocyte ≥ 20 %",
        "Eosinophil ≥ 20 %", "Basophil ≥ 5 %",
    ]  # fmt: skip
    assert all(rule.source.endswith(".") for rule in rules())


@pytest.mark.parametrize("name", ["Blast cell", "Promyelocyte"])
def test_a_single_immature_cell_raises_its_flag_however_few_were_counted(name):
    assert state(name, 1, total=3) == "met"
    assert state(name, 0, total=3) is None


def test_a_per_cent_rule_is_met_where_the_whole_interval_reaches_the_line():
    assert state("Monocyte", 35) == "met"  # 26 to 45
    assert state("Monocyte", 60, 200) == "met"  # 24 to 37
    assert state("Monocyte", 5) is None  # 2 to 11


def test_an_interval_across_the_line_cannot_be_told_from_it():
    (flag,) = count("Monocyte", 18).flags
    assert flag.state == "open"
    assert flag.sentence == (
        "Monocyte ≥ 20 %: 18 of 100, interval 12–27 %: cannot be told from 20 %."
    )
    assert state("Monocyte", 22) == "open"  # 15 to 31: more than 20 and yet not sure


def test_a_rule_that_is_met_tells_number_and_interval():
    (flag,) = count("Eosinophil", 40).flags
    assert flag.sentence == "Eosinophil ≥ 20 %: 40 of 100, interval 31–50 %."
    (blasts,) = count("Blast cell", 2).flags
    assert blasts.sentence == "any Blast cell: 2 of 100."


def test_below_a_hundred_cells_no_per_cent_rule_is_asked():
    assert state("Monocyte", 60, total=99) is None
    assert state("Monocyte", 60, total=100) == "met"


def test_lymphocytes_are_held_against_the_line_of_the_patient():
    met = count("Lymphocyte", 74, patient=Patient.ADULT)
    assert [flag.rule.patient for flag in met.flags] == [Patient.ADULT]
    assert met.flags[0].state == "met"
    (child,) = count("Lymphocyte", 74, patient=Patient.CHILD).flags
    assert child.state == "open"  # 65 to 82
    assert len(count("Lymphocyte", 95).flags) == 2


def test_a_flag_stands_at_the_row_of_its_class():
    found = count("Basophil", 20)
    assert [row.name for row in found.rows if row.flags] == ["Basophil"]


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Platelet", "at_least_cells": 1},
        {"name": "Plasma cell", "at_least_cells": 1},
        {"name": "Monocyte"},
        {"name": "Monocyte", "at_least_cells": 1, "at_least_per_cent": 5},
        {"name": "Monocyte", "at_least_cells": 1, "disease": "x"},
    ],
    ids=["no leukocyte", "no class", "no limit", "two limits", "unknown key"],
)
def test_a_rule_that_makes_no_sense_is_refused(changes):
    with pytest.raises(ValueError, match="Rule"):
        Rule(**changes, source="Made.")
