"""What Diagnose says when a model does not answer, driven through AppTest."""

import hashlib
import io
import zipfile

import numpy as np
import pytest

from leuko.calibration.novelty import fit_novelty
from leuko.inference.classifier import Classifier
from leuko.models.card import read_card, write_card
from leuko.models.gates.novelty import encode_novelty
from leuko.ui.diagnose import page as diagnose
from leuko.ui.state.session import KEY
from tests import drawn
from tests.app.driving import drop, error_free, keys, open_app, table, words
from tests.app.model_folders import copy_model, edit_part
from tests.app.sent import sent_to_viewer
from tests.csv_lines import csv_lines
from tests.made_gates import CROP, FIELD, NO_BLOOD, crop_ranges, level, novelty, with_gates

CROP_PX, FIELD_PX = 96, 224
MISFIT = "This looks like a whole field; this model reads single-cell crops."
REFER = "Refer to a haematologist"
CROP_FILE = drawn.encode(drawn.draw_crop(1, True, CROP_PX), "PNG")
FIELD_FILE = drawn.encode(drawn.draw_field(3, True, FIELD_PX), "PNG")
PHOTO_FILE = drawn.encode(np.full((60, 200, 3), 120, np.uint8), "PNG")


@pytest.fixture(autouse=True)
def _kind_by_size(monkeypatch):
    """The page is tested here, and not the gate: a picture's size says its kind."""

    def recognise(pixels, *_):
        return {CROP_PX: CROP, FIELD_PX: FIELD}.get(pixels.shape[0], NO_BLOOD)

    monkeypatch.setattr("leuko.inspection.inspect.recognise_kind", recognise)


@pytest.fixture
def exported(monkeypatch):
    """Rows of the CSV and names in the ZIP that the page offered last."""
    offered = {}
    csv_of, zip_of = diagnose.results_csv, diagnose.heatmaps_zip

    def recorded(rows, *others):
        from leuko.ui.state.resources import limits

        text = csv_of(rows, *others)
        content = zip_of(rows, others[0], limits())
        offered["rows"] = list(csv_lines(text))
        offered["names"] = zipfile.ZipFile(io.BytesIO(content)).namelist()
        return text

    monkeypatch.setattr(diagnose, "results_csv", recorded)
    return offered


def give_gates(folder, **changes):
    card = read_card(folder)
    own = {"weights_sha256": card.weights.sha256, "temperature": card.temperature}
    usual = {"levels": [level(0.9, 0.5, by_class={})], "strangeness": None}
    write_card(with_gates(card, **(own | usual | changes)), folder)


def add_model_of_fields(folder):
    other = copy_model(folder, folder.parent, "fields", title="Made for fields", recommended=True)
    edit_part(other, "input", kind="field")


def opened(*files):
    app = open_app()
    for option in app.sidebar.selectbox[0].options:
        if option != "Made for fields":
            app.sidebar.selectbox[0].select(option).run()
    return error_free(drop(app, *((f"{place}.png", data) for place, data in enumerate(files))))


def checks(text):
    """The line that names what was looked at without a finding; empty without one."""
    lines = [line for line in text.splitlines() if "Checked and in order" in line]
    return lines[0][lines[0].index("Checked") :] if lines else ""


def test_a_picture_that_fits_gets_a_class_and_what_was_checked(one_model):
    give_gates(one_model)
    app = opened(CROP_FILE)
    text = words(app)
    assert "Model suggests" in text
    assert REFER not in text
    assert "Prediction set (90 % coverage): " in text
    assert "Checked and in order: kind of picture." in text
    assert "1 deferred" not in text
    assert table(app).iloc[0]["decision"] == ""
    assert text.count("validation pictures") == 1


def test_a_picture_of_another_kind_gets_the_sentence_and_no_class(one_model, exported):
    app = opened(FIELD_FILE)
    text = words(app)
    assert MISFIT in text
    assert "No installed model reads whole fields." in text
    assert "Model suggests" not in text
    assert not app.get("bidi_component")
    assert {"leuko_anyway"} <= keys(app)
    assert "leuko_switch" not in keys(app)
    row = table(app).iloc[0]
    assert (row["suggestion"], row["decision"]) == ("other kind of picture", "refused")
    assert row["remark"].startswith(MISFIT)
    assert "1 image · 0 suggest malignant · 1 deferred" in text
    assert exported["rows"][0]["suggestion"] == "other kind of picture"
    assert exported["rows"][0]["most_probable"] == ""
    assert exported["names"] == []


def test_what_is_no_blood_picture_is_refused_without_another_model(one_model):
    add_model_of_fields(one_model)
    app = opened(PHOTO_FILE)
    assert "This looks like no blood picture; this model reads single-cell crops." in words(app)
    assert "No installed model reads such a picture." in words(app)
    assert "leuko_switch" not in keys(app)


def test_one_click_goes_back_to_a_model_that_was_left_by_hand(one_model):
    give_gates(one_model)
    add_model_of_fields(one_model)
    app = open_app()
    chosen = app.sidebar.selectbox[0].value
    assert chosen == "fields"
    picture = drawn.encode(drawn.draw_field(1, malignant=True), "PNG")
    drop(app, ("field.png", picture))
    crops = next(one for one in app.sidebar.selectbox[0].options if one != "Made for fields")
    error_free(app.sidebar.selectbox[0].select(crops).run())
    assert app.sidebar.selectbox[0].value != "fields"
    error_free(app.button(key="leuko_switch").click().run())
    assert app.sidebar.selectbox[0].value == "fields"


def test_one_click_switches_to_the_model_that_reads_the_picture(one_model):
    add_model_of_fields(one_model)
    app = opened(FIELD_FILE)
    assert "Made for fields" in words(app)
    error_free(app.button(key="leuko_switch").click().run())
    assert app.session_state[KEY].model_id == "fields"
    assert app.sidebar.selectbox[0].value == "fields"
    assert MISFIT not in words(app)
    assert "Model suggests" in words(app)


def test_used_anyway_is_said_on_every_output_and_can_be_taken_back(one_model, exported):
    app = opened(FIELD_FILE)
    error_free(app.button(key="leuko_anyway").click().run())
    text = words(app)
    assert "Model suggests" in text
    assert REFER in text
    assert f"Read anyway: {MISFIT[0].lower()}{MISFIT[1:]}" in text
    assert table(app).iloc[0]["decision"] == "used anyway"
    assert table(app).iloc[0]["remark"].startswith("Read anyway: ")
    assert text.index("Read anyway: ") < text.index('aria-label="Lymphoblast: ')
    (row,) = exported["rows"]
    assert (row["used_anyway"], row["deferred"]) == ("true", "true")
    assert row["suggestion"]
    assert exported["names"][0].endswith("_used_anyway.png")
    assert sent_to_viewer(app)["file_name"].endswith("_view_used_anyway.png")
    error_free(app.button(key="leuko_anyway_not").click().run())
    assert "Model suggests" not in words(app)
    assert exported["rows"][0]["suggestion"] == "other kind of picture"


def test_a_set_of_several_classes_is_named_and_deferred(one_model):
    give_gates(one_model, levels=[level(0.9, 0.0, by_class={})])
    app = opened(CROP_FILE)
    text = words(app)
    assert ">Any of its 2 classes<" in text
    assert ">90 % coverage; most probable is " in text
    assert REFER in text
    assert "2 classes are possible at 90 % coverage." in text
    assert table(app).iloc[0]["decision"] == "refer"
    assert table(app).iloc[0]["suggestion"] == "any of 2 classes"
    assert "1 image · 0 suggest malignant · 1 deferred" in text
    assert "2 classes are possible" in table(app).iloc[0]["remark"]


def test_a_broken_promise_of_coverage_is_said_with_the_set(one_model):
    give_gates(one_model, levels=[level(0.95, 0.0, by_class={}, high=0.93)], coverage=0.95)
    assert "95 % coverage stated, 91 % measured" in words(opened(CROP_FILE))


def test_a_picture_unlike_the_training_pictures_is_deferred(one_model, crops):
    pooled = Classifier.load(_installed(one_model), "cpu").features(crops).pooled
    content = encode_novelty(fit_novelty(pooled, np.arange(len(crops)) % 2))
    (one_model / "strangeness.safetensors").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    give_gates(one_model, strangeness=novelty(sha256=sha256, bytes=len(content), threshold=1e-6))
    text = words(opened(CROP_FILE))
    assert "The picture is unlike those that this model learnt from." in text
    assert REFER in text


def _installed(folder):
    from leuko.models.store import list_models

    return list_models(folder.parent).get(folder.name)


def test_quality_findings_name_their_severity_in_words(one_model):
    give_gates(one_model, quality=crop_ranges(CROP_PX).model_dump())
    dark = (drawn.draw_crop(1, True, CROP_PX) * 0.3).astype(np.uint8)
    text = words(opened(drawn.encode(dark, "PNG")))
    assert "Severe quality findings: this picture is far darker; " in text
    assert REFER in text
    assert "quality, " not in checks(text)
    good = drawn.encode(drawn.draw_crop(3, True, CROP_PX), "PNG")
    assert checks(words(opened(good))) == "Checked and in order: kind of picture, quality."


def test_a_model_without_gates_says_so_in_one_line(one_model):
    text = words(opened(CROP_FILE))
    assert text.count("This model has no gates") == 1
    assert REFER not in text
    assert "Prediction set" not in text


def test_a_batch_of_another_kind_proposes_the_model_that_reads_it(one_model):
    add_model_of_fields(one_model)
    second = drawn.encode(drawn.draw_field(4, False, FIELD_PX), "PNG")
    app = opened(FIELD_FILE, second, CROP_FILE)
    line = "2 of 3 images look like whole fields; this model reads single-cell crops."
    assert line in words(app)
    error_free(app.button(key="leuko_propose").click().run())
    assert app.session_state[KEY].model_id == "fields"
    assert line not in words(app)


def test_a_batch_that_mostly_fits_proposes_nothing(one_model):
    add_model_of_fields(one_model)
    second = drawn.encode(drawn.draw_crop(2, False, CROP_PX), "PNG")
    app = opened(FIELD_FILE, second, CROP_FILE)
    assert "leuko_propose" not in keys(app)
    assert table(app).iloc[0]["decision"] == "refused"
