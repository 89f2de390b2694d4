"""A count and its cells as CSV."""

import csv
import io

import numpy as np
import pytest

from leuko.cell_classes import BLAST, CELL_CLASSES, ERYTHROBLAST, LYMPHOCYTE, SEGMENTED
from leuko.differential.counted import CountedCell, CountedField
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, Review
from leuko.inference.result import result_of
from leuko.inspection.cells.found import Box, Cell
from leuko.statistics.intervals import wilson_interval
from leuko.workbench.exports.counts import cells_csv, differential_csv
from leuko.workbench.verdicts import judged
from tests.made_networks import make_card, make_network


@pytest.fixture(scope="module")
def card():
    network = make_network("timm", "test_efficientnet", len(CELL_CLASSES))
    return make_card(network, "cells", classes=CELL_CLASSES, malignant=(BLAST,), kind="crop")


def counted(card, number, label, probability=0.9):
    rest = (1 - probability) / (len(CELL_CLASSES) - 1)
    shares = [probability if name == label else rest for name in CELL_CLASSES]
    corners = np.array([[3, 4], [13, 4], [13, 24]], np.int32)
    cell = Cell(Box(3, 4, 10, 20), (8.0, 14.0), 7.5, corners, (corners,), touches_edge=number == 1)
    return CountedCell(number, cell, *judged(card, result_of(card, shares)))


def field(card, labels, name="a.png", sha256="aa"):
    cells = tuple(counted(card, number, label) for number, label in enumerate(labels, 1))
    return CountedField(name, sha256, 100, 80, cells)


def read(text):
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_cell_has_its_place_both_labels_and_what_speaks_against_them(card):
    fields = [field(card, [LYMPHOCYTE, BLAST])]
    review = Review().apply([("aa", 2)], LYMPHOCYTE)
    one, two = read(cells_csv(fields, review, card, 0.5))
    assert [one[name] for name in ("x", "y", "width", "height")] == ["3", "4", "10", "20"]
    assert (one["number"], one["edge"], one["nucleus_px"]) == ("1", "yes", "7.5")
    assert (one["suggested"], one["reviewed"], one["changed"]) == (LYMPHOCYTE, LYMPHOCYTE, "no")
    assert one["looked_at"] == "no"
    assert (two["suggested"], two["reviewed"], two["changed"]) == (BLAST, LYMPHOCYTE, "yes")
    assert two["looked_at"] == "yes"
    assert float(two[f"probability_{BLAST}"]) == float(two["probability"]) == 0.9
    assert two["model_fingerprint"] == card.fingerprint


def test_a_copy_is_left_out_and_a_file_that_cannot_be_read_has_a_line(card):
    broken = CountedField("b.png", "", 0, 0, error="The file is cut off.")
    fields = [field(card, [BLAST]), field(card, [BLAST], "copy.png"), broken]
    one, two = read(cells_csv(fields, Review(), card, 0.5))
    assert (one["file"], two["file"], two["error"]) == ("a.png", "b.png", "The file is cut off.")
    assert two["number"] == two["suggested"] == two[f"probability_{BLAST}"] == ""


@pytest.mark.parametrize(
    "name", ['=HYPERLINK("http://x")', "+1.png", "@a.png", "a;=1.png", 'q",x.png']
)
def test_a_name_that_a_spreadsheet_would_run_is_led_by_an_apostrophe(card, name):
    (row,) = read(cells_csv([field(card, [BLAST], name)], Review(), card, 0.5))
    assert row["file"].replace("'", "") == name.replace("'", "")
    assert not row["file"].startswith(("=", "+", "-", "@"))
    assert ";=" not in row["file"]


def test_the_differential_stands_with_intervals_for_suggestion_and_reader(card):
    labels = [SEGMENTED] * 80 + [LYMPHOCYTE] * 20 + [ERYTHROBLAST] * 4
    review = Review().apply([("aa", number) for number in range(1, 11)], LYMPHOCYTE)
    rows = {
        r["class"]: r for r in read(differential_csv([field(card, labels)], review, 200, card, 0.5))
    }
    assert list(rows) == [*CELL_CLASSES, "Leukocytes", NOT_CLASSED, NOT_A_CELL]
    found = rows[LYMPHOCYTE]
    low, high = wilson_interval(30, 100)
    assert (found["suggested_n"], found["reviewed_n"]) == ("20", "30")
    assert (found["suggested_per_cent"], found["reviewed_per_cent"]) == ("20.00", "30.00")
    assert float(found["reviewed_low"]) == pytest.approx(100 * low, abs=0.005)
    assert float(found["reviewed_high"]) == pytest.approx(100 * high, abs=0.005)
    assert rows[ERYTHROBLAST]["reviewed_per_cent"] == "4.00"
    assert rows[ERYTHROBLAST]["unit"] == "per 100 leukocytes"
    assert rows["Leukocytes"]["remark"] == "100 of 200 leukocytes are counted."


def test_below_a_hundred_leukocytes_no_share_is_read_out(card):
    fields = [field(card, [SEGMENTED] * 98 + [BLAST])]
    review = Review().apply([("aa", 1)], NOT_A_CELL).apply([("aa", 2)], NOT_CLASSED)
    rows = {r["class"]: r for r in read(differential_csv(fields, review, 100, card, 0.5))}
    assert {r["suggested_per_cent"] + r["reviewed_per_cent"] for r in rows.values()} == {""}
    assert rows[SEGMENTED]["reviewed_n"] == "96"
    assert (rows[NOT_A_CELL]["reviewed_n"], rows[NOT_CLASSED]["reviewed_n"]) == ("1", "1")
    assert rows[BLAST]["flags"].startswith("any Blast cell: 1 of 97")
