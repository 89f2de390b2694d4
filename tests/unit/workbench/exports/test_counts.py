import csv
import dataclasses
import io

import numpy as np
import pytest
from PIL import Image

from leuko.cell_classes import CELL_CLASSES
from leuko.differential.differential import differential
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, Review
from leuko.imaging.picture import Picture
from leuko.imaging.rendering.cell_marks import mark_of
from leuko.models.card import read_card
from leuko.workbench.exports.counts import ALL_FIELDS, cells_csv, counts_csv, labels_of
from leuko.workbench.exports.outlines import outlines_png
from tests.made_models import make_model_folder
from tests.unit.differential.made_counts import made_cell, made_field


@pytest.fixture
def card(tmp_path):
    return read_card(
        make_model_folder(tmp_path, "made", classes=CELL_CLASSES, malignant=("Blast cell",))
    )


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}"))))


def many(label, n, start=1):
    return [made_cell(number, label) for number in range(start, start + n)]


def test_suggested_and_reviewed_counts_stand_side_by_side(card):
    field = made_field(*many("Lymphocyte", 3), *many("Monocyte", 2, 4))
    key = ("a" * 64, 1)
    review = Review().apply([key], "Blast cell").apply([("a" * 64, 4)], NOT_A_CELL)
    rows = rows_of(counts_csv([labels_of(field, review)], card))
    found = {r["class"]: (int(r["suggested_n"]), int(r["n"])) for r in rows[:14]}
    assert found["Lymphocyte"] == (3, 2)
    assert found["Blast cell"] == (0, 1)
    assert found["Monocyte"] == (2, 1)
    assert found[NOT_A_CELL] == (0, 1)
    assert found[NOT_CLASSED] == (0, 0)
    assert {r["leukocytes"] for r in rows} == {"4"}
    (flagged,) = [r for r in rows[:14] if r["flags"]]
    assert flagged["flags"] == "any Blast cell: 1 of 4."


def test_from_a_hundred_cells_on_the_table_has_per_cent_and_interval(card):
    field = made_field(
        *many("Lymphocyte", 80), *many("Monocyte", 20, 81), *many("Platelet", 5, 101)
    )
    rows = {r["class"]: r for r in rows_of(counts_csv([labels_of(field)], card))[:14]}
    count = differential([one.label for one in field.cells])
    for row in count.rows:
        assert float(rows[row.name]["per_cent"]) == pytest.approx(row.per_cent)
        assert float(rows[row.name]["low"]) == pytest.approx(100 * row.low, abs=0.005)
        assert float(rows[row.name]["high"]) == pytest.approx(100 * row.high, abs=0.005)
    assert rows["Platelet"]["per_100_leukocytes"] == "5.0"
    assert rows["Platelet"]["per_cent"] == ""


def test_below_a_hundred_there_is_no_per_cent_in_the_table(card):
    rows = rows_of(counts_csv([labels_of(made_field(*many("Lymphocyte", 99)))], card))
    assert {(r["per_cent"], r["low"], r["per_100_leukocytes"]) for r in rows} == {("", "", "")}


def test_all_fields_come_first_then_each_and_what_cannot_be_read(card):
    first = made_field(*many("Lymphocyte", 2), name="1.png")
    second = made_field(*many("Monocyte", 3), name="2.png", sha256="b" * 64)
    broken = made_field(name="3.png", sha256="", error="This is no picture.")
    rows = rows_of(counts_csv([labels_of(one) for one in (first, second, broken)], card))
    assert [r["file"] for r in rows[::14]] == [ALL_FIELDS, "1.png", "2.png", "3.png"]
    assert sum(int(r["n"]) for r in rows[:14]) == 5
    assert (rows[-1]["error"], rows[-1]["n"]) == ("This is no picture.", "")


def test_a_file_name_that_looks_like_a_formula_is_none_in_the_table(card):
    field = made_field(*many("Lymphocyte", 1), name="=HYPERLINK(1)")
    assert rows_of(counts_csv([labels_of(field)], card))[14]["file"] == "'=HYPERLINK(1)"
    assert rows_of(cells_csv([field], card))[0]["file"] == "'=HYPERLINK(1)"


def test_cells_are_told_one_by_one_with_suggestion_and_reader(card):
    field = made_field(*many("Lymphocyte", 2), made_cell(3, "Monocyte", 0.6, deferred=True))
    review = Review().apply([("a" * 64, 2)], "Blast cell", "reader").seen([("a" * 64, 3)])
    rows = rows_of(cells_csv([field], card, 0.25, review))
    assert [(r["number"], r["suggestion"], r["class"], r["seen"]) for r in rows] == [
        ("1", "Lymphocyte", "Lymphocyte", "false"),
        ("2", "Lymphocyte", "Blast cell", "true"),
        ("3", "Monocyte", "Monocyte", "true"),
    ]
    assert [r["changed_by"] for r in rows] == ["", "reader", ""]
    assert [r["deferred"] for r in rows] == ["false", "false", "true"]
    assert [(r["x"], r["y"], r["width"], r["height"]) for r in rows][1] == ("20", "0", "10", "10")
    assert {(r["threshold"], r["model_threshold"]) for r in rows} == {("0.25", "0.50")}
    for row in rows:
        total = sum(float(row[f"probability_{name}"]) for name in CELL_CLASSES)
        assert total == pytest.approx(1, abs=1e-4)


def test_outlines_are_those_of_the_reader_where_there_are_any():
    field = made_field(made_cell(10, "Lymphocyte"))
    pixels = np.full((100, 1000, 3), 200, np.uint8)
    picture = Picture("field.png", pixels, "a" * 64, "PNG")

    def shown(png, label):
        drawn = np.asarray(Image.open(io.BytesIO(png))).astype(int)
        assert drawn.shape == pixels.shape
        return (np.abs(drawn - mark_of(label).rgb).max(axis=2) < 5).any()

    suggested = outlines_png(picture, field)
    reviewed = outlines_png(picture, field, {("a" * 64, 10): "Blast cell"})
    assert shown(suggested, "Lymphocyte")
    assert not shown(suggested, "Blast cell")
    assert shown(reviewed, "Blast cell")


def test_each_cell_has_the_probability_of_its_suggested_class(card):
    (row,) = rows_of(cells_csv([made_field(made_cell(1, "Lymphocyte"))], card))
    assert row["probability"] == row["probability_Lymphocyte"]


@pytest.mark.parametrize("name", ['=HYPERLINK("http://x")', "+1.png", "@a.png", "a;=1.png"])
def test_a_name_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(card, name):
    field = dataclasses.replace(made_field(made_cell(1, "Lymphocyte")), name=name)
    (row,) = rows_of(cells_csv([field], card))
    assert row["file"].replace("'", "") == name
    assert not row["file"].startswith(("=", "+", "-", "@"))
    assert ";=" not in row["file"]
