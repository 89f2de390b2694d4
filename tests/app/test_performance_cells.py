"""Cell models on the Performance page: laboratories left out stand first; finding cells."""

import json
import math

import pandas as pd
import pytest

from leuko.cell_classes import CELL_CLASSES
from leuko.evaluation.cells import finder
from leuko.evaluation.cells.figures import cell_figures
from leuko.evaluation.cells.left_out import write_left_out_predictions
from leuko.reporting.tables.cells import laboratory_records
from tests.app.driving import charts, open_performance, run_alone, table_with, words
from tests.made_cell_tables import hand_cells, made_cells, make_cell_model
from tests.made_finder_figures import write_figures
from tests.made_models import make_model_folder

NEW, KNOWN = "Laboratories it never saw", "Held-out cells of laboratories it knows"
OPEN_THE_TABS = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=300)
for view in ("One model", "Finding cells"):
    app.session_state["performance_view"] = view
    app.run()
    assert not app.exception, app.exception
    assert len(app.subheader) >= 1, view
assert "torch" not in sys.modules, "the tab imported torch"
"""


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def measured(tmp_path, monkeypatch):
    """Figures of the finder lie where the page looks for them."""
    path = write_figures(tmp_path / "figures.json")
    monkeypatch.setattr(finder, "FIGURES_FILE", path)
    return path


def blocks(app):
    """Titles, and first columns of tables, in the order in which they stand."""
    found = []
    for part in app.main:
        if part.type == "subheader":
            found.append(part.value)
        if part.type == "dataframe":
            found.append(part.value.columns[0])
    return found


def overview(app):
    (table,) = app.get("bidi_component")
    return json.loads(table.proto.json)


def test_laboratories_left_out_stand_first_then_held_out_cells(tab, weights):
    make_cell_model(weights, "made")
    app = tab()
    found = [one for one in blocks(app) if one in {NEW, KNOWN, "Figure", "Laboratory"}]
    assert found == [NEW, "Laboratory", KNOWN, "Laboratory", "Figure"]
    said = words(app)
    assert "mean over 3 laboratories it never saw" in said
    assert "for each laboratory a twin of this model was trained without it" in said


def test_the_table_of_laboratories_is_right_for_a_hand_counted_model(tab, weights):
    """Blasts 1 of 2, others 3 of 4, one false blast; balanced (1/2 + 2/3 + 1) / 3 = 0.72."""
    folder = make_cell_model(weights, "made", twins=False)
    rows = [
        ("a", "Blast cell", "Blast cell"), ("b", "Blast cell", "Lymphocyte"),
        ("c", "Neutrophil", "Band neutrophil"), ("d", "Neutrophil", "Segmented neutrophil"),
        ("e", "Neutrophil", "Blast cell"), ("f", "Not a blast cell", "Erythroblast"),
    ]  # fmt: skip
    write_left_out_predictions(hand_cells(rows, "all_idb2"), folder)
    app = tab()
    row = first_table_with(app, "False blasts").iloc[0]
    assert row["Laboratory"] == "ALL-IDB2"
    assert row["False blasts"] == "1 of 4"
    assert row["Sensitivity"].startswith("0.5 (")
    assert row["Specificity"].startswith("0.8 (")
    labels = table_with(app, "Label").set_index("Label")
    assert labels.loc["Neutrophil", "Right"].startswith("0.7 (")
    assert labels.loc["Neutrophil", "Taken for"] == "Blast cell 1"
    assert labels.loc["Not a blast cell", "Taken for"] == "–"
    confusion = chart(app, "left_out_confusion")["data"][0]
    blast, erythroblast = (CELL_CLASSES.index(one) for one in ("Blast cell", "Erythroblast"))
    assert confusion["text"][0][blast] == "1"
    assert confusion["text"][2][erythroblast] == "1"


def first_table_with(app, column):
    return next(each.value for each in app.dataframe if column in each.value.columns)


def chart(app, key):
    (found,) = [one for one in app.get("plotly_chart") if key in one.proto.id]
    return json.loads(found.proto.spec)


def test_another_laboratory_is_shown_label_by_label(tab, weights):
    make_cell_model(weights, "made")
    app = tab()
    assert list(table_with(app, "Label")["Label"]) == ["Blast cell", "Not a blast cell"]
    app.segmented_control(key="performance_left_out_laboratory_made").set_value(
        "wbc_segmentation"
    ).run()
    assert not app.exception
    assert list(table_with(app, "Label")["Label"]) == [
        "Neutrophil", "Eosinophil", "Basophil", "Lymphocyte", "Monocyte",
    ]  # fmt: skip


def test_a_class_that_a_laboratory_lacks_is_not_measurable(tab, weights):
    make_cell_model(weights, "made")
    table = first_table_with(tab(), "False blasts").set_index("Laboratory")
    row = table.loc["Zheng (wbc_segmentation)"]
    assert row["AUROC, blasts"] == row["Sensitivity"] == "not measurable (0 cases)"


def test_where_nobody_measured_it_the_page_says_so_and_what_to_do(tab, weights):
    make_cell_model(weights, "made", twins=False)
    app = tab()
    assert "train it again with the laboratories left out in turn" in words(app)
    assert "say nothing about slides of another laboratory" in words(app)
    assert KNOWN in words(app)


def test_a_broken_table_is_one_sentence_and_the_rest_stands(tab, weights):
    folder = make_cell_model(weights, "made")
    (folder / "left_out_predictions.csv").write_text("laboratory,image_id\nx,y\n")
    app = tab()
    assert "has no column 'group_id'" in app.warning[0].value.replace("\\", "")
    assert KNOWN in words(app)


def test_without_held_out_cells_the_page_still_shows_laboratories(tab, weights):
    make_cell_model(weights, "made", held_out=False)
    app = tab()
    assert NEW in words(app)
    assert "This model has no held-out results" in words(app)


def test_every_class_has_its_share_and_its_interval(tab, weights):
    make_cell_model(weights, "made")
    drawn = chart(tab(), "performance_recall_made")["data"][0]
    assert len(drawn["x"]) == len(CELL_CLASSES)
    assert all(0 <= value <= 1 for value in drawn["x"])
    assert any(value > 0 for value in drawn["error_x"]["arrayminus"])


def test_tables_can_be_taken_away(tab, weights):
    make_cell_model(weights, "made")
    offered = {part.key for part in tab().get("download_button")}
    for title in (
        NEW, "What cells were taken for in laboratories left out", "Groups of classes",
        "Held-out cells by laboratory",
    ):  # fmt: skip
        assert f"performance_download_made_{title}_csv" in offered


def test_a_model_that_reads_no_cells_has_none_of_it(tab, weights):
    make_model_folder(weights, "made")
    said = words(tab())
    assert NEW not in said
    assert KNOWN not in said


def test_among_all_models_a_cell_model_shows_its_figure_and_stands_first(weights):
    make_cell_model(weights, "b-weak", title="Weak", strength=1.0, recommended=True)
    make_cell_model(weights, "c-strong", title="Strong", strength=4.0)
    make_cell_model(weights, "d-bare", title="Bare", twins=False)
    make_model_folder(weights, "a-field", title="Fields")
    rows = {row["title"]: row["cells"] for row in overview(open_performance())["rows"]}
    assert list(rows) == ["Strong", "Weak", "Bare", "Fields"]
    column = "left_out_balanced_accuracy"
    assert rows["Strong"][column]["value"] > rows["Weak"][column]["value"]
    assert rows["Strong"][column]["low"] < rows["Strong"][column]["value"]
    assert any("Munich: " in line for line in rows["Strong"][column]["lines"])
    assert rows["Bare"][column]["text"] == "no results"
    assert rows["Fields"][column]["text"] == "–"
    assert rows["Strong"]["reads"]["text"] == "cells cut from fields"
    assert rows["Fields"]["reads"]["text"] == "whole fields"


def test_the_figure_of_laboratories_left_out_takes_the_place_of_the_groups(weights):
    make_cell_model(weights, "made")
    views = {one["id"]: one["views"] for one in overview(open_performance())["columns"]}
    assert views["left_out_balanced_accuracy"] == ["Figures"]
    assert views["groups"] == ["Probabilities"]


def test_without_a_cell_model_the_column_is_not_there(weights):
    make_model_folder(weights, "made")
    columns = [one["id"] for one in overview(open_performance())["columns"]]
    assert "left_out_balanced_accuracy" not in columns
    assert "balanced_accuracy" in columns


def test_finding_cells_says_what_was_measured(weights, measured):
    make_model_folder(weights, "made")
    app = open_performance("Finding cells")
    found = table_with(app, "F1").set_index("Collection")
    assert list(found.index) == ["BCCD", "TXL-PBC, Raabin-WBC"]
    assert found.loc["BCCD", "Finder made"] == "with it"
    assert found.loc["BCCD", "F1"].startswith("0.9 (")
    dice = table_with(app, "Whole cell")
    assert list(dice["Finder made"]) == ["without it", "without it", "with it"]
    assert dice["Nucleus"][0] == "0.94 (0.93–0.95)"
    counts = table_with(app, "Limits of agreement").set_index("Collection")
    assert counts.loc["BCCD", ["True", "Found", "Right", "Within 1"]].tolist() == [
        "8", "8", "4", "6",
    ]  # fmt: skip
    assert "12 ms for a field of BCCD (640 × 480 px, 2 processors)" in words(app)


def test_bland_and_altman_s_chart_holds_every_field_bias_and_limits(weights, measured):
    """Differences 0, 0, -1, 0, 1, 0: bias 0, standard deviation sqrt(2 / 5)."""
    make_model_folder(weights, "made")
    first, second = charts(open_performance("Finding cells"))
    dots = first["data"][0]
    assert sorted(zip(dots["x"], dots["y"], strict=True)) == [(1, 0), (1.5, -1), (1.5, 1), (2, 0)]
    assert sum(fields for _, _, fields in dots["customdata"]) == 6
    lines = sorted(one["y0"] for one in first["layout"]["shapes"] if one["type"] == "line")
    limit = 1.96 * math.sqrt(2 / 5)
    assert lines == pytest.approx([-limit, 0, limit], abs=1e-3)
    assert len(second["data"][0]["x"]) > 10


def test_every_field_can_be_taken_away(weights, measured):
    make_model_folder(weights, "made")
    offered = {part.key for part in open_performance("Finding cells").get("download_button")}
    assert "performance_download_finding-cells_Counts of each field_csv" in offered


def test_where_nobody_measured_the_finder_the_command_is_named(weights, tmp_path, monkeypatch):
    monkeypatch.setattr(finder, "FIGURES_FILE", tmp_path / "absent.json")
    make_model_folder(weights, "made")
    assert "python -m leuko measure-cells --data FOLDER" in words(open_performance("Finding cells"))


def test_broken_figures_of_the_finder_are_one_sentence(weights, measured):
    measured.write_text("[]")
    make_model_folder(weights, "made")
    app = open_performance("Finding cells")
    assert "figures.json is wrong at 'the file'" in app.warning[0].value.replace("\\", "")


def test_the_tabs_never_import_torch(weights):
    make_cell_model(weights, "made")
    run_alone(OPEN_THE_TABS)


def test_downloaded_figures_are_numbers_with_their_limits():
    table = made_cells().of("munich")
    (record,) = pd.DataFrame(laboratory_records([cell_figures(table, 0.5, "munich")])).to_dict(
        "records"
    )
    assert record["sensitivity_low"] <= record["sensitivity"] <= record["sensitivity_high"]
    assert record["auroc_blasts_note"].startswith("bootstrap over")
    assert record["cells"] == 120
