"""The tab of one model on the Performance page, driven through AppTest."""

import csv
import json
import shutil

import pytest

from tests.app.driving import error_free, run_alone, words
from tests.made_data import make_all_idb2
from tests.made_models import make_model_folder

IMAGES, WRONG = 32, 30
AUDIT = {
    "copies": 0,
    "near_copies": 0,
    "near_copies_crossing": 0,
    "groups_crossing": 0,
    "examined": 100,
    "chance": 0.25,
    "shortcuts": {"background colour": 0.82, "picture size": 0.25},
}
OPEN_THE_TAB = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=300)
app.session_state["performance_view"] = "One model"
app.run()
app.toggle(key="performance_mistakes_tiny").set_value(True).run()
assert not app.exception, app.exception
assert any("thumbnail" in table.value.columns for table in app.dataframe), "no images"
assert "torch" not in sys.modules, "the tab imported torch"
"""


def chart_of(app, name):
    (found,) = [c for c in app.get("plotly_chart") if f"performance_{name}_" in c.proto.id]
    return json.loads(found.proto.spec)


@pytest.fixture
def data(tmp_path, monkeypatch):
    """A made ALL-IDB2 set in the folder that LEUKO_DATA names."""
    monkeypatch.setenv("LEUKO_DATA", str(tmp_path / "data"))
    return make_all_idb2(tmp_path / "data" / "all_idb2")


@pytest.fixture
def mistaken(trained, weights):
    """The trained model with a table in which 30 of 32 images are wrong, the surest first."""
    folder = shutil.copytree(trained.folder, weights / trained.folder.name)
    with (folder / "test_predictions.csv").open("w", newline="") as stream:
        table = csv.writer(stream)
        table.writerow(
            ["image_id", "group_id", "label", "probability_Healthy", "probability_Blast"]
        )
        for number in range(1, IMAGES + 1):
            sick = number <= IMAGES // 2
            sure = 0.5 + number / 100 if number <= WRONG else 0.1
            malignant = 1 - sure if sick else sure
            name = f"Im{number:03d}_{int(sick)}"
            if number > WRONG:
                malignant = 0.1
            label = "Blast" if sick else "Healthy"
            table.writerow([name, name, label, f"{1 - malignant:.6f}", f"{malignant:.6f}"])
    return folder


def images(app):
    (found,) = [t.value for t in app.dataframe if "thumbnail" in t.value.columns]
    return found


def asked(tab):
    app = tab()
    app.toggle(key="performance_mistakes_tiny").set_value(True)
    return error_free(app.run())


def test_the_chosen_model_is_still_chosen_after_a_visit_to_another_page(tab, weights):
    for name in ("a", "b", "c"):
        make_model_folder(weights, name)
    app = tab(performance_chosen="b")
    assert app.selectbox(key="performance_model").value == "b"
    app.selectbox(key="performance_model").set_value("c").run()
    assert error_free(app.run()).selectbox(key="performance_model").value == "c"


def test_the_confusion_matrix_can_say_counts_alone_or_shares_alone(tab, weights):
    make_model_folder(weights, "made")
    app = tab()
    both = chart_of(app, "confusion")["data"][0]["text"]
    app.get("button_group")[0].set_value("Counts")
    counts = chart_of(error_free(app.run()), "confusion")["data"][0]["text"]
    app.get("button_group")[0].set_value("Share of true class")
    shares = chart_of(error_free(app.run()), "confusion")["data"][0]["text"]
    for row, (a, b) in zip(both, zip(counts, shares, strict=True), strict=True):
        assert row == [f"{count}<br>{share}" for count, share in zip(a, b, strict=True)]


def test_every_chart_and_table_can_be_taken_away(tab, weights):
    make_model_folder(weights, "made", audit=AUDIT)
    app = tab()
    offered = {part.key for part in app.get("download_button")}
    for title in ("Figures_csv", "Each class_json", "Confusion matrix_html", "ROC curve_html"):
        assert f"performance_download_made_{title}" in offered
    assert "performance_report_made" in offered


def test_shortcuts_are_lines_beside_the_model_and_a_sentence_compares_them(tab, weights):
    make_model_folder(weights, "made", audit=AUDIT)
    app = tab()
    lines = [
        trace["x"][0] for trace in chart_of(app, "shortcuts")["data"] if trace["mode"] != "markers"
    ]
    assert lines[:3] == [0.82, 0.25, 0.25]
    assert "Background colour alone reaches 0.82 (chance 0.25), the model" in words(app)


def test_a_data_set_that_was_not_audited_says_so(tab, weights):
    make_model_folder(weights, "made")
    assert "This data set was not audited." in words(tab())


def test_results_only_name_the_command_that_trains_the_model(tab, weights):
    card = {"recipe": {"network": {"initialisation": "scratch"}}, "initialisation": "random"}
    card |= {"epochs": 1, "best_epoch": 1, "seconds": 1, "device": "CPU"}
    card |= {"library_versions": {}, "finished": "2025-01-01"}
    make_model_folder(weights, "d2-alexnet-c-nmc-grouped", training=card)
    assert (
        "python -m leuko train recipes/d2-alexnet-c-nmc.toml --data FOLDER --policy grouped "
        "--initialisation scratch"
    ) in words(tab())


def test_images_are_shown_only_when_asked_for(tab, mistaken, data):
    app = tab()
    assert "30 of 32 test images were given another class than their own" in words(app)
    assert not [t for t in app.dataframe if "thumbnail" in t.value.columns]


def test_without_the_data_set_one_sentence_says_what_to_set(tab, mistaken):
    assert "set the environment variable LEUKO_DATA to the folder" in words(asked(tab))


def test_a_folder_without_the_data_set_is_named(tab, mistaken, data):
    shutil.rmtree(data)
    assert "ALL-IDB2 is not in the folder that LEUKO_DATA names." in words(asked(tab))


def test_the_surest_mistake_stands_first_and_more_come_when_asked_for(tab, mistaken, data):
    app = asked(tab)
    table = images(app)
    assert len(table) == 24
    assert table["image"].tolist()[:2] == ["Im030_0", "Im029_0"]
    assert table["true"].tolist()[0] == "Healthy cell"
    assert table["suggested"].tolist()[0] == "Lymphoblast"
    assert table["malignant"].tolist()[0] == pytest.approx(0.8)
    assert table["thumbnail"].str.startswith("data:image/jpeg;base64,").all()
    (more,) = [button for button in app.button if button.label == "Show 6 more of 30"]
    more.click()
    app = error_free(app.run())
    assert len(images(app)) == WRONG
    assert not [button for button in app.button if "more of" in button.label]


def test_images_that_the_data_set_lacks_are_named_and_the_others_shown(tab, mistaken, data):
    (data / "img" / "Im030_0.tif").unlink()
    (data / "img" / "Im029_0.tif").unlink()
    app = asked(tab)
    assert "2 of these images are not in ALL-IDB2 on this machine: Im030_0, Im029_0." in words(app)
    assert images(app)["image"].tolist()[0] == "Im028_0"


def test_an_image_that_cannot_be_read_keeps_its_row_and_says_why(tab, mistaken, data):
    (data / "img" / "Im030_0.tif").write_bytes(b"no picture")
    first = images(asked(tab)).iloc[0]
    assert first["image"] == "Im030_0"
    assert first["thumbnail"] == ""
    assert first["remark"]


def picked(app, row):
    """The tab after a click on a row of the images; AppTest has no click of its own."""
    app.session_state["performance_mistakes_table_tiny"] = {
        "selection": {"rows": [row], "columns": [], "cells": []}
    }
    return error_free(app.run())


def test_a_picked_image_stands_in_full_and_a_changed_model_or_file_is_noticed(tab, mistaken, data):
    app = picked(asked(tab), 0)
    assert "**Im030_0**: truly Healthy cell; model suggests Lymphoblast, P(malignant)" in words(app)
    assert "not the stored 0.80: the file or the model folder was changed." in words(app)


def test_a_model_without_mistakes_offers_no_images(tab, weights):
    make_model_folder(weights, "sure", strength=30.0)
    app = tab()
    assert "0 of 120 test images were given another class" in words(app)
    assert not app.toggle


def test_the_images_alone_never_import_torch(tab, mistaken, data):
    run_alone(OPEN_THE_TAB)


def test_a_model_of_results_only_shows_its_images_without_heatmaps(tab, mistaken, data):
    (mistaken / "model.safetensors").unlink()
    app = asked(tab)
    assert "there is no network to draw heatmaps" in words(app)
    app = picked(app, 0)
    assert len(app.get("image")) == 1
    assert "This folder holds results only: there is no network to draw a heatmap." in words(app)


def test_a_band_says_how_it_was_made_and_when_it_is_too_narrow(tab, weights):
    make_model_folder(weights, "made")
    assert (
        "Band: 95 % at each point taken alone, bootstrap over 24 groups. Only 6 of them hold the "
        "scarcer side: the band is too narrow."
    ) in words(tab())


def test_groups_stand_in_order_the_worst_first_with_their_counts(tab, weights):
    make_model_folder(weights, "made", strength=1.0)
    (table,) = [t.value for t in tab().dataframe if t.value.columns[0] == "Group"]
    assert len(table) == 24
    assert (table["Images"] == 5).all()
    shares = table["Right"] / table["Images"]
    assert shares.is_monotonic_increasing
    assert [float(text) for text in table["Accuracy"]] == pytest.approx(shares.tolist())
