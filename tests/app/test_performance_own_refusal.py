"""Own pictures of another kind than a model reads stand in none of its figures, unless insisted."""

import json

import pytest
import streamlit as st

from leuko.labels import InputKind
from leuko.ui.performance.external.run import KIND_KEY
from leuko.ui.performance.external.state import KEY
from tests import drawn, made_networks
from tests.app.driving import drop, field, keys, words
from tests.app.own_images import RUN, figures, open_tab, run, two_folders
from tests.csv_lines import csv_lines

ANYWAY, BACK = "performance_own_anyway_tiny", "performance_own_anyway_not_tiny"
CROPS, FIELDS = 8, 4
REFUSED = "4 of your 12 images look like whole fields; this model reads single-cell crops."


def fields(count=FIELDS):
    members = {f"far/Blast/f{n}.png": field(n, malignant=True) for n in range(count // 2)}
    members |= {f"far/Healthy/f{n}.png": field(n, malignant=False) for n in range(count // 2)}
    return drawn.zip_of(members)


@pytest.fixture
def saved(monkeypatch):
    """What the page offers to download, by file name; the bytes are made when asked for."""
    offered = {}
    real = st.download_button

    def recorded(label, data, file_name, **options):
        offered[file_name] = data
        return real(label, data=data, file_name=file_name, **options)

    monkeypatch.setattr(st, "download_button", recorded)
    return offered


@pytest.fixture
def mixed(own_tab):
    """The tab after the model of crops was run on eight crops and four fields."""
    return run(drop(own_tab(), ("cells.zip", two_folders()), ("fields.zip", fields())))


def add_model_of_fields(weights):
    network = made_networks.make_network("timm", "test_efficientnet", n_classes=3)
    made_networks.install(network, weights, "fields", kind="field", title="Field network")


def rows_of(offered, name):
    return list(csv_lines(offered[name]().decode()))


def in_matrix(app):
    cells = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]["text"]
    return sum(int(cell.split("<br>")[0]) for row in cells for cell in row)


def test_pictures_of_another_kind_stand_in_no_figure(mixed):
    text = words(mixed)
    assert f"{REFUSED} They are left out of its figures." in text
    assert "On 8 of your 12 images this model is right in" in text
    table = figures(mixed)
    assert table.loc["Accuracy", "Yours, counts"].endswith("of 8")
    assert set(table["Your images"]) == {"8 of 12"}
    assert in_matrix(mixed) == CROPS
    assert "Tiny on 8 of your 12 images" in text
    (evaluation,) = mixed.session_state[KEY].evaluations.values()
    assert evaluation.summary.n == CROPS
    assert not any("/f" in name for name in evaluation.own.predictions.image_ids)


def test_that_pictures_are_left_out_is_said_before_any_figure(mixed):
    said = [str(part.value) for part in mixed.main if hasattr(part, "value")]
    refusal = next(place for place, text in enumerate(said) if "left out of its figures" in text)
    assert refusal < next(place for place, text in enumerate(said) if "is right in" in text)


def test_every_picture_is_in_the_predictions_or_in_the_list_of_what_is_left_out(saved, mixed):
    predictions = rows_of(saved, "my-images-tiny.csv")
    left_out = rows_of(saved, "my-images-tiny-left-out.csv")
    assert sorted(row["image_id"] for row in predictions) == sorted(
        f"lab/{folder}/{n}.png" for folder in ("Blast", "Healthy") for n in range(4)
    )
    assert [row["File"] for row in left_out] == [
        f"far/{folder}/f{n}.png" for folder in ("Blast", "Healthy") for n in range(2)
    ]
    reason = "This looks like a whole field; this model reads single-cell crops."
    assert {row["Left out because"] for row in left_out} == {reason}
    assert [row["Label"] for row in left_out] == ["Lymphoblast, malignant"] * 2 + [
        "Healthy cell, benign"
    ] * 2
    assert "Not in it: 4 images of Tiny" in words(mixed)


def test_where_all_are_of_another_kind_there_are_no_figures_at_all(saved, own_tab):
    app = run(drop(own_tab(), ("fields.zip", fields())))
    text = words(app)
    assert (
        "All your 4 images look like whole fields; this model reads single-cell crops. It gives "
        "no figures on them." in text
    )
    assert "is right in" not in text
    assert "domain shift" not in text
    assert not app.get("plotly_chart")
    assert not [t for t in app.dataframe if "sha256" not in t.value.columns]
    assert not app.session_state[KEY].evaluations
    assert "my-images-tiny.csv" not in saved
    assert len(rows_of(saved, "my-images-tiny-left-out.csv")) == FIELDS
    assert ANYWAY in keys(app)
    assert "No installed model with weights reads whole fields." in text


def test_used_anyway_they_count_and_every_output_says_so(saved, mixed):
    saved.clear()
    app = mixed.button(key=ANYWAY).click().run()
    assert not app.exception
    text = words(app)
    assert f"{REFUSED} They are used anyway" in text
    assert "On your 12 images, 4 of another kind and used anyway, this model is right in" in text
    assert "say nothing of domain shift" in text
    assert "This is called domain shift" not in text
    assert "Tiny on your 12 images, 4 of them used anyway" in text
    assert set(figures(app)["Your images"]) == {"12 of 12, 4 used anyway"}
    assert in_matrix(app) == CROPS + FIELDS
    assert len(rows_of(saved, "my-images-tiny_used_anyway.csv")) == CROPS + FIELDS
    tables = [name for name in saved if name.endswith((".csv", ".html", ".json"))]
    assert all("used-anyway" in name or "used_anyway" in name for name in tables)
    (wrong,) = [t.value for t in app.dataframe if "Error" in t.value.columns]
    assert all(
        kind == ("used anyway: a whole field" if name.startswith("far/") else "")
        for name, kind in zip(wrong["File"], wrong["Kind"], strict=True)
    )


def test_used_anyway_can_be_taken_back(mixed):
    before, matrix = figures(mixed).to_dict(), in_matrix(mixed)
    app = mixed.button(key=ANYWAY).click().run()
    assert ANYWAY not in keys(app)
    app = app.button(key=BACK).click().run()
    assert not app.exception
    assert BACK not in keys(app)
    assert figures(app).to_dict() == before
    assert in_matrix(app) == matrix
    assert "They are left out of its figures." in words(app)


def test_insisting_holds_for_the_pictures_that_were_there(mixed):
    app = mixed.button(key=ANYWAY).click().run()
    app = run(drop(app, ("more.zip", drawn.zip_of({"Blast/new.png": field(9)}))))
    text = words(app)
    assert "4 of your 13 images look like whole fields" in text
    assert "1 of your 13 images looks like a whole field" in text
    assert "On 12 of your 13 images, 4 of another kind and used anyway, this model" in text
    assert {ANYWAY, BACK} <= keys(app)
    app.button(key="performance_own_forget").click().run()
    assert not app.session_state[KEY].anyway
    app = run(drop(app, ("cells.zip", two_folders()), ("fields.zip", fields())))
    assert "They are left out of its figures." in words(app)


def test_insisting_holds_for_one_model_alone(own_tab, weights):
    network = made_networks.make_network("timm", "test_efficientnet", n_classes=3)
    made_networks.install(network, weights, "other", kind="crop", title="Other")
    app = drop(own_tab(), ("cells.zip", two_folders()), ("fields.zip", fields()))
    app.multiselect[0].set_value(["tiny", "other"]).run()
    app = run(app)
    (table,) = [t.value for t in app.dataframe if "Figure" in t.value.columns]
    assert set(table["Your images"]) == {"8 of 12"}
    app = app.button(key=ANYWAY).click().run()
    (table,) = [t.value for t in app.dataframe if "Figure" in t.value.columns]
    by_model = {model: set(rows["Your images"]) for model, rows in table.groupby("Model")}
    assert by_model == {"Tiny": {"12 of 12, 4 used anyway"}, "Other": {"8 of 12"}}


def test_one_click_turns_to_models_that_read_such_pictures(own_tab, weights):
    add_model_of_fields(weights)
    app = drop(own_tab(), ("cells.zip", two_folders()))
    assert app.multiselect[0].value == ["fields"]
    app = run(app)
    assert "All your 8 images look like single-cell crops; this model reads whole fields." in words(
        app
    )
    app = app.button(key="performance_own_turn_fields_crop").click().run()
    assert not app.exception
    assert app.session_state[KIND_KEY] is InputKind.CROP
    assert app.radio[0].value is InputKind.CROP
    assert app.multiselect[0].value == ["tiny"]
    app = run(app)
    assert "On your 8 images this model is right in" in words(app)
    assert RUN not in keys(app)
    app.radio[0].set_value(app.radio[0].options[0]).run()
    assert app.multiselect[0].value == ["fields"]
    assert "It gives no figures on them." in words(app)


def test_the_kind_that_was_said_stays_through_a_visit_to_another_tab(own_tab, weights):
    add_model_of_fields(weights)
    app = drop(own_tab(), ("cells.zip", two_folders()))
    app.radio[0].set_value(app.radio[0].options[1]).run()
    app.session_state["performance_view"] = "Published studies"
    app.run()
    app.session_state["performance_view"] = "My images"
    app.run()
    assert app.radio[0].value is InputKind.CROP
    assert app.multiselect[0].value == ["tiny"]


def test_where_all_fit_nothing_is_said_of_other_kinds(own_tab):
    app = run(drop(own_tab(), ("cells.zip", two_folders())))
    assert "left out of" not in words(app)
    assert not {ANYWAY, BACK} & keys(app)
    assert set(figures(app)["Your images"]) == {"8 of 8"}


@pytest.mark.real_images
def test_real_crops_are_left_out_of_the_figures_of_a_model_of_fields(real_images, monkeypatch):
    monkeypatch.delenv("LEUKO_WEIGHTS", raising=False)
    blasts = sorted((real_images / "all_idb2" / "img").glob("*_1.tif"))[:3]
    benign = sorted((real_images / "taleqani" / "Original" / "Benign").glob("*.jpg"))[:3]
    members = [(f"ALL/{path.name}", path.read_bytes()) for path in blasts]
    members += [(f"Benign/{path.name}", path.read_bytes()) for path in benign]
    app = drop(open_tab(), ("cells.zip", drawn.zip_of(members)))
    app.multiselect[0].set_value(["mobilenetv2-taleqani"]).run()
    text = words(run(app))
    assert "3 of your 6 images look like single-cell crops; this model reads whole fields." in text
    assert "On 3 of your 6 images this model is right in" in text
    assert "All the images in the figures are benign" in text
