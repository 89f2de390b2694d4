"""How figures and cells are written."""

import csv
import io

import pandas as pd
import pytest

from leuko.evaluation.external.label_table import read_label_table
from leuko.statistics.estimate import Estimate
from leuko.workbench.formatting import (
    csv_for_people,
    no_formula,
    percent_text,
    probability_text,
    so_many_of,
    table_csv,
)


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


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@sum", "\tx", "\r=1", "\n=1"])
def test_a_cell_that_looks_like_a_formula_is_led_by_an_apostrophe(cell):
    assert no_formula(cell) == f"'{cell}"
    assert no_formula(f"a{cell}") == f"a{cell}"
    assert no_formula(f" {cell}") == f"' {cell}"


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("\t=1", "'\t'=1"),
        ("cell;=1+1;b.png", "cell;'=1+1;b.png"),
        ("a;\t@sum", "a;\t'@sum"),
        ("＝1", "'＝1"),
        ("3 - 4; 5", "3 - 4; 5"),
    ],
)
def test_a_formula_after_what_parts_cells_elsewhere_is_led_by_an_apostrophe(cell, safe):
    assert no_formula(cell) == safe
    assert no_formula(safe) == safe


def test_a_table_for_people_is_one_that_excel_and_we_read_back():
    header, rows = ["file", "=label"], [["Größe,\n 白.png", "=Blast"], ["b", 0.5], ["c", None]]
    text = csv_for_people(header, rows)
    assert text.encode().startswith(b"\xef\xbb\xbffile,'=label\r\n")
    read = read_label_table("labels.csv", csv_for_people(["file", "label"], rows).encode())
    assert [(row.file, row.label) for row in read.rows] == [
        ("Größe,\n 白.png", "'=Blast"), ("b", "0.5"), ("c", "")
    ]  # fmt: skip


def test_a_table_of_pandas_keeps_its_numbers_and_loses_its_formulas():
    frame = pd.DataFrame(
        {"+name": ["=1", None, "-0.02 (−0.05 to 0.01)"], "value": [-0.5, 1.25, float("nan")]}
    )
    back = table_csv(frame)
    assert back.startswith(b"\xef\xbb\xbf'+name,value\r\n")
    read = pd.read_csv(io.BytesIO(back))
    assert list(read["'+name"].fillna("")) == ["'=1", "", "-0.02 (−0.05 to 0.01)"]
    assert read["value"].equals(frame["value"])
    assert list(frame.columns) == ["+name", "value"]


@pytest.mark.parametrize(
    "cell", ["=1+1", " =1", "\n=1", "＝1", "+cmd|' /C calc'!A0", "-2+3+cmd", "@SUM(A1)", "+1 (a|b)"]
)
def test_no_cell_or_column_of_a_table_saved_as_csv_is_a_formula(cell):
    frame = pd.DataFrame({"Name": [cell, "a"], cell: ["b", None], "n": [-1.5, 2]})
    header, first, *_ = csv.reader(io.StringIO(table_csv(frame).decode("utf-8-sig"), newline=""))
    assert header == ["Name", f"'{cell}", "n"]
    assert first == [f"'{cell}", "b", "-1.5"]
    assert list(frame.columns) == ["Name", cell, "n"]


@pytest.mark.parametrize(
    "cell", ["-0.02", "+0.02 (−0.01 to 0.05)", "+1.2 %", "+0.10 (no interval: too few images)"]
)
def test_a_signed_figure_in_a_table_stays_a_figure(cell):
    assert table_csv(pd.DataFrame({"Change": [cell]})).decode().splitlines()[1] == cell
