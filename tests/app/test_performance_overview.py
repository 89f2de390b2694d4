"""All models beside each other, on the Performance page."""

import io
import json

import pandas as pd
import pytest

from leuko.inference.timing import Speed
from leuko.ui.performance.overview import speed as performance_speed
from leuko.workbench.speed_store import SpeedStore
from tests.app.driving import open_performance, words
from tests.app.model_folders import edit_part
from tests.made_models import make_model_folder

ALL = ("a", "b", "c")


@pytest.fixture
def page(weights):
    """Opens all models, with a state of the session, and checks that nothing is thrown."""

    def opened(**state):
        return open_performance(**state)

    return opened


def data(app):
    (table,) = app.get("bidi_component")
    return json.loads(table.proto.json)


def titles(app):
    return [row["title"] for row in data(app)["rows"]]


def chart(app, key):
    found = [one for one in app.get("plotly_chart") if key in one.proto.id]
    return json.loads(found[0].proto.spec) if found else None


def bars(app):
    drawn = chart(app, "performance_bars_chart")
    return [bar["name"] for bar in drawn["data"]] if drawn else []


def paper(folder):
    edit_part(folder, "split", policy="paper")


def test_every_model_has_a_row_with_figures_and_intervals(page, weights):
    make_model_folder(weights, "first", title="First")
    make_model_folder(weights, "second", title="Second", strength=1.0, groups=None)
    rows = data(page())["rows"]
    assert [row["title"] for row in rows] == ["First", "Second"]
    for row in rows:
        for column in ("accuracy", "auroc", "average_precision", "brier", "ece"):
            cell = row["cells"][column]
            assert cell["low"] <= cell["value"] <= cell["high"]
            assert len(cell["text"]) == 4
    assert [row["cells"]["groups"]["value"] for row in rows] == [24, 120]
    assert "24 groups" in rows[0]["cells"]["accuracy"]["lines"][1]


def test_the_table_says_data_kind_classes_split_and_initialisation(page, weights):
    make_model_folder(weights, "first")
    (row,) = data(page())["rows"]
    said = {name: cell["text"] for name, cell in row["cells"].items()}
    assert said["data"] == "Made data"
    assert said["reads"] == "whole fields"
    assert said["classes"] == "Benign, Early, Pre, Pro"
    assert said["split"] == "grouped"
    assert said["initialisation"] == "ImageNet weights of timm"


def test_models_for_use_stand_before_those_that_repeat_a_study(page, weights):
    make_model_folder(weights, "a-study", study_row="A1", title="Study")
    make_model_folder(weights, "z-own", title="Own")
    assert titles(page()) == ["Own", "Study"]


def test_a_filter_narrows_the_table_and_says_how_many_are_shown(page, weights):
    for name in ALL:
        make_model_folder(weights, name, title=f"Network {name * 3}")
    app = page()
    assert "3 of 3 models" in words(app)
    app.text_input(key="performance_filter_text").set_value("NETWORK bbb").run()
    assert not app.exception
    assert titles(app) == ["Network bbb"]
    assert "1 of 3 models" in words(app)


def test_a_filter_that_nothing_fits_says_what_to_do(page, weights):
    make_model_folder(weights, "a")
    app = page()
    app.checkbox(key="performance_filter_weights").set_value(True).run()
    assert not app.exception
    assert "No model fits the filters. Clear one of them." in words(app)
    assert "0 of 1 models" in words(app)


def test_bars_follow_the_picked_models_and_keep_their_colour(page, weights):
    for name in ALL:
        make_model_folder(weights, name, title=name.upper())
    before = chart(page(), "performance_bars_chart")["data"]
    assert [bar["name"] for bar in before] == ["A", "B", "C"]
    (bar,) = chart(page(performance_bars_chosen=["c"]), "performance_bars_chart")["data"]
    assert (bar["name"], bar["marker"]["color"]) == ("C", before[2]["marker"]["color"])


def test_picks_outlive_reruns_and_filters_and_models_that_are_gone(page, weights):
    for name in ALL:
        make_model_folder(weights, name, title=f"Network {name * 3}")
    app = page(performance_bars_chosen=["c", "no longer installed"])
    app.text_input(key="performance_filter_text").set_value("network bbb").run()
    assert titles(app) == ["Network bbb"]
    assert data(app)["picked"] == ["c"]
    assert bars(app) == ["Network ccc"]


def test_no_model_picked_for_the_bars_says_what_to_do(page, weights):
    make_model_folder(weights, "a")
    assert "No model is picked. Tick one" in words(page(performance_bars_chosen=[]))


def test_more_models_than_can_be_told_apart_are_counted_and_the_first_ones_drawn(page, weights):
    names = [f"m{number:02}" for number in range(12)]
    for name in names:
        make_model_folder(weights, name, title=name)
    app = page(performance_bars_chosen=names)
    assert bars(app) == names[:10]
    assert "12 models are picked; the first 10 are drawn" in words(app)


def test_a_network_trained_under_both_policies_has_a_line_and_a_sentence(page, weights):
    paper(make_model_folder(weights, "net", title="Net", strength=5.0))
    make_model_folder(weights, "net-grouped", title="Net", strength=0.5)
    make_model_folder(weights, "other", title="Other")
    app = page()
    assert "1 of 1 network has a lower accuracy on a grouped split" in words(app)
    drawn = chart(app, "performance_slopes_accuracy")
    (name,) = [trace["text"][0] for trace in drawn["data"] if trace.get("mode") == "text"]
    assert name.startswith("<b>Net −")


def test_another_figure_can_be_chosen_for_the_lines(page, weights):
    paper(make_model_folder(weights, "net"))
    make_model_folder(weights, "net-grouped", strength=1.0)
    app = page(performance_slope_kept="auroc")
    assert chart(app, "performance_slopes_auroc")
    assert "a lower AUROC" in words(app)


def test_without_a_network_under_both_policies_the_page_says_how_to_get_one(page, weights):
    make_model_folder(weights, "a")
    assert "None of the models shown was trained under both" in words(page())


def test_times_are_measured_on_demand_and_a_failure_hides_no_other(
    page, weights, monkeypatch, caplog
):
    make_model_folder(weights, "a", title="A", weights=True)
    make_model_folder(weights, "b", title="B", weights=True)

    def measure(model):
        if model.id == "a":
            raise RuntimeError("a bug")
        return Speed(41.0, 39.0, 52.0, 9, "CPU, 2 threads")

    store = SpeedStore(measure)
    monkeypatch.setattr(performance_speed, "speed_store", lambda: store)
    monkeypatch.setattr("leuko.ui.performance.overview.page.speed_store", lambda: store)
    app = page()
    app.button(key="performance_measure_speed").click().run()
    store.wait()
    app.run()
    assert not app.exception
    cells = [row["cells"]["milliseconds_an_image"] for row in data(app)["rows"]]
    assert [cell["text"] for cell in cells] == ["failed", "41"]
    assert "On CPU, 2 threads" in cells[1]["lines"]
    assert "a bug" in caplog.text
    caplog.clear()


def test_definitions_are_one_click_away(page, weights):
    make_model_folder(weights, "first")
    (definitions,) = [part for part in page().expander if part.label == "Definitions and sources"]
    assert "Sensitivity (recall)" in definitions.table[0].value.index


def test_table_and_charts_can_be_taken_away(page, weights, monkeypatch):
    offered = {}
    monkeypatch.setattr(
        "leuko.ui.widgets.downloads.Downloads._add",
        lambda self, title, ending, mime, content: offered.update({(title, ending): content}),
    )
    paper(make_model_folder(weights, "net"))
    make_model_folder(weights, "net-grouped")
    page()
    assert {ending for title, ending in offered if title == "All models"} == {"csv", "json"}
    assert ("Models side by side", "html") in offered
    frame = pd.read_csv(io.BytesIO(offered["All models", "csv"]()))
    assert frame[["accuracy", "accuracy_low", "accuracy_high"]].dtypes.eq("float64").all()
    slopes = pd.read_csv(io.BytesIO(offered["Random split against grouped split", "csv"]()))
    assert (slopes["change_low"] <= slopes["change_high"]).all()
