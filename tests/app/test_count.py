"""The Count page, driven through AppTest with a tiny model that reads cells."""

import csv
import io
import json

import numpy as np
import pytest
from PIL import Image

from leuko.cell_classes import BLAST, CELL_CLASSES, LYMPHOCYTE
from leuko.decision.morphology import describe_cells
from leuko.decision.morphology_words import words_of
from leuko.differential.counted import CountedField
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, READER_LABELS
from leuko.inference.attributes import AttributeReader
from leuko.models.attributes.store import list_attribute_models
from leuko.models.store import list_models
from leuko.ui.count.counted import Shown
from leuko.ui.state.session import KEY
from leuko.workbench.counting import NO_BLOOD
from leuko.workbench.exports.counts import ALL_FIELDS, cells_csv, counts_csv, labels_of
from tests import drawn
from tests.app.counting import (
    board,
    cells_sent,
    command,
    counting,
    empty_field,
    field_file,
    keys_of,
    open_count,
)
from tests.app.driving import drop, field, table, words
from tests.app.model_folders import alter_weights, edit_card
from tests.made_attributes import install_attributes
from tests.made_networks import install, install_cell_model, make_network

PLACES = {name: place for place, name in enumerate(READER_LABELS)}


@pytest.fixture
def cell_model(weights):
    """The folder of the one model that can count; another one reads whole fields."""
    install(make_network("timm", "test_efficientnet"), weights, "fields")
    return install_cell_model(weights)


def row_of(app, name):
    (row,) = [one for one in board(app)["table"]["rows"] if one["place"] == PLACES[name]]
    return row


def read(text):
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def read_out(app, model_id="cells"):
    """Both CSV files, as dictionaries."""
    state = app.session_state[KEY]
    card = list_models().get(model_id).card
    fields = Shown.of(list_models().get(model_id), state).fields
    labels = [labels_of(field, state.counting.review) for field in fields]
    return (
        read(counts_csv(labels, card, None, state.counting.target)),
        read(cells_csv(fields, card, None, state.counting.review)),
    )


def test_the_first_visit_asks_the_question_and_offers_cell_models_alone(cell_model):
    app = open_count()
    assert app.title[0].value == "Count"
    assert "Drop fields" in words(app)
    assert app.selectbox(key="leuko_count_model").options == ["Made · cells"]
    assert "Adapted to this laboratory: **no**" in words(app)


def test_without_a_model_that_reads_cells_the_page_says_what_to_do(weights):
    install(make_network("timm", "test_efficientnet"), weights, "fields")
    app = open_count()
    (told,) = app.info
    assert "No model that reads the cells of a field is installed" in told.value
    assert "whole pictures are not offered here" in told.value.replace("\n", " ")
    assert not app.selectbox


def test_every_cell_of_every_field_is_sent_once_with_its_outline_and_probabilities(cell_model):
    app = open_count(("a.png", field_file(1)), ("b.png", field_file(2)))
    sent = cells_sent(app)
    assert set(sent) == {"a.png", "b.png"}
    for told in sent.values():
        assert told["width"] == told["height"] == 448
        for cell in told["cells"]:
            left, top, width, height = cell["box"]
            assert 0 <= left < left + width <= 448
            assert 0 <= top < top + height <= 448
            assert len(cell["outline"]) % 2 == 0
            assert sum(cell["shares"]) == pytest.approx(1, abs=2e-3)
            assert cell["picture"].startswith("data:image/jpeg;base64,")
    found = len(keys_of(app))
    assert found >= 6
    assert f"2 fields · {found} leukocytes found · {found} classed · 0 not classed" in words(app)
    assert f"{found} cells left to look at" in words(app)


def test_the_classes_stand_in_the_order_of_the_icsh_with_a_letter_each(cell_model):
    names = board(open_count(("a.png", field_file(1))))["names"]
    assert [one["name"] for one in names] == [*CELL_CLASSES, NOT_CLASSED, NOT_A_CELL]
    letters = [one["letter"] for one in names]
    assert len(set(letters)) == len(letters)


def test_below_a_hundred_cells_there_is_no_per_cent_yet(cell_model):
    told = board(open_count(("a.png", field_file(1))))["table"]
    assert "No per cent yet" in told["remark"]
    assert {row["share"] for row in told["rows"]} <= {"–", ""}


def test_a_label_of_the_reader_moves_the_cell_and_stays_beside_the_suggestion(cell_model):
    app = open_count(("a.png", field_file(1)), ("b.png", field_file(2)))
    keys = keys_of(app)
    suggested = {name: row_of(app, name)["suggested"] for name in CELL_CLASSES}
    before = int(row_of(app, LYMPHOCYTE)["reviewed"])
    command(app, {"do": "label", "keys": keys[:3], "label": LYMPHOCYTE})
    gained = sum(
        cells_sent(app)[name]["cells"][number]["suggested"] != PLACES[LYMPHOCYTE]
        for name, number in _first(app, 3)
    )
    assert int(row_of(app, LYMPHOCYTE)["reviewed"]) == before + gained
    assert {name: row_of(app, name)["suggested"] for name in CELL_CLASSES} == suggested
    labels = [label for one in board(app)["labels"].values() for label in one]
    assert labels[:3] == [PLACES[LYMPHOCYTE]] * 3
    assert set(labels[3:]) == {-1}
    assert f"{len(keys) - 3} cells left" in words(app)
    assert f"of {3} looked at" in board(app)["table"]["agreement"]


def _first(app, count):
    listed = [
        (name, number)
        for name, told in cells_sent(app).items()
        for number in range(len(told["cells"]))
    ]
    return listed[:count]


def test_undo_takes_back_and_redo_does_again(cell_model):
    app = open_count(("a.png", field_file(1)))
    keys = keys_of(app)
    command(app, {"do": "label", "keys": keys[:2], "label": BLAST})
    command(app, {"do": "undo"})
    assert {label for one in board(app)["labels"].values() for label in one} == {-1}
    assert board(app)["can_redo"]
    command(app, {"do": "redo"})
    assert [label for one in board(app)["labels"].values() for label in one][:2] == [
        PLACES[BLAST]
    ] * 2
    assert [step.action for step in counting(app).review.history] == ["apply", "undo", "redo"]


def test_what_is_no_cell_leaves_the_count_and_what_is_not_classed_is_named(cell_model):
    app = open_count(("a.png", field_file(1)))
    keys = keys_of(app)
    command(app, {"do": "label", "keys": keys[:1], "label": NOT_A_CELL})
    command(app, {"do": "label", "keys": keys[1:2], "label": NOT_CLASSED})
    found = len(keys) - 1
    assert (
        f"{found} leukocytes found · {found - 1} classed · 1 not classed · 1 set aside as no cell"
        in words(app)
    )


def test_the_count_is_reviewed_once_every_uncertain_cell_was_looked_at(cell_model):
    app = open_count(("a.png", field_file(1)))
    command(app, {"do": "seen", "keys": keys_of(app)})
    assert "Reviewed: every uncertain cell" in words(app)


def test_a_click_on_a_cell_shows_its_field_and_its_heatmap(cell_model):
    app = open_count(("a.png", field_file(1)), ("b.png", field_file(2)))
    last = keys_of(app)[-1]
    command(app, {"do": "select", "keys": [last]})
    data = board(app)
    assert data["selected"] == data["chosen"]["id"] == f"{last[0]}:{last[1]}"
    assert data["shown"] == last[0]
    assert data["chosen"]["picture"].startswith("data:image/jpeg;base64,")
    assert data["chosen"]["heat"] or data["chosen"]["notice"]


def test_any_class_method_and_layer_of_the_selected_cell_is_shown_when_asked_for(cell_model):
    app = open_count(("a.png", field_file(1)))
    app.toggle(key="leuko_count_in_full").set_value(True).run()
    viewer = [json.loads(c.proto.json) for c in app.get("bidi_component") if c.proto.json][-1]
    assert len(viewer["classes"]) == len(CELL_CLASSES)
    assert viewer["maps"]["side"] == 64
    assert viewer["maps"]["area"] == [0, 0, 64, 64]
    assert app.selectbox(key="leuko_method").value == "grad-cam"


def test_the_counts_are_read_out_with_suggestion_and_reader_side_by_side(cell_model):
    app = open_count(("=cmd|a.png", field_file(1)), ("b.png", b"no picture"))
    keys = keys_of(app)
    command(app, {"do": "label", "keys": keys, "label": LYMPHOCYTE})
    counts, cells = read_out(app)
    of_all = [row for row in counts if row["file"] == ALL_FIELDS]
    assert [row["class"] for row in of_all] == [*CELL_CLASSES, NOT_CLASSED, NOT_A_CELL]
    by_name = {row["class"]: row for row in of_all}
    assert by_name[LYMPHOCYTE]["n"] == str(len(keys))
    assert sum(int(by_name[name]["suggested_n"]) for name in CELL_CLASSES) == len(keys)
    assert by_name[LYMPHOCYTE]["per_cent"] == ""
    assert len(cells) == len(keys)
    assert {row["file"] for row in cells} == {"'=cmd|a.png"}
    assert {row["class"] for row in cells} == {LYMPHOCYTE}
    assert {row["seen"] for row in cells} == {"true"}
    assert {float(row["probability"]) for row in cells} == {
        max(float(row[f"probability_{name}"]) for name in CELL_CLASSES) for row in cells
    }


def test_a_picture_that_looks_like_no_blood_is_counted_when_the_reader_insists(
    cell_model, monkeypatch
):
    with monkeypatch.context() as refusing:
        refusing.setattr("leuko.workbench.field_batch.count_field", _refused)
        app = open_count(("odd.png", field_file(1)))
    assert "looks like no blood picture" in words(app)
    assert not cells_sent(app)
    app.button(key="leuko_count_anyway").click().run()
    assert cells_sent(app)["odd.png"]["cells"]
    assert "looks like no blood picture" not in words(app)


def _refused(_classifier, picture, **_options):
    size = picture.width_px, picture.height_px
    return CountedField(picture.name, picture.sha256, *size, notes=(NO_BLOOD,), refused=True)


def test_a_file_that_cannot_be_read_has_its_sentence_and_the_rest_is_counted(cell_model):
    app = open_count(("notes.png", b"these are my notes"), ("a.png", field_file(1)))
    (warning,) = [one for one in app.warning if "notes" in one.value]
    assert "Export the picture" in warning.value
    listed = dict(zip(table(app)["file"], table(app)["cells"], strict=True))
    assert listed["notes.png"] == "not readable"
    assert int(listed["a.png"]) >= 3
    assert "1 file not readable" in words(app)


def test_when_no_file_can_be_read_the_page_says_so_and_stays(cell_model):
    app = open_count(("a.png", b""), ("b.png", b"words"))
    assert "None of these files could be read" in words(app)
    assert len(table(app)) == 2


def test_a_field_without_a_leukocyte_says_so_and_nothing_is_made_up(cell_model):
    app = open_count(("red.png", empty_field()))
    assert "No leukocyte was found in this field" in words(app)
    assert "1 field · 0 leukocytes found" in words(app)
    assert not cells_sent(app)


def test_an_archive_is_unpacked_and_a_copy_is_counted_once(cell_model):
    one = field_file(1)
    app = open_count(("fields.zip", drawn.zip_of({"a.png": one, "sub/b.png": one})))
    assert list(table(app)["file"]) == ["fields.zip/a.png", "fields.zip/sub/b.png"]
    assert table(app)["cells"][1] == "copy"
    assert "counted once" in table(app)["notes"][1]
    assert len(cells_sent(app)) == 1


def test_a_review_survives_a_visit_to_another_page_and_removing_ends_it(cell_model):
    app = open_count(("a.png", field_file(1)))
    command(app, {"do": "label", "keys": keys_of(app), "label": BLAST})
    before = board(app)["labels"]
    app.switch_page("pages/about.py").run()
    app.switch_page("pages/count.py").run()
    assert board(app)["labels"] == before
    app.button(key="leuko_count_clear").click().run()
    assert "Drop fields" in words(app)
    assert not counting(app).review.history
    assert not len(counting(app).counts)


def test_images_removed_on_diagnose_take_their_count_with_them(cell_model):
    app = open_count(("a.png", field_file(1)))
    app.switch_page("pages/diagnose.py").run()
    app.button(key="leuko_clear").click().run()
    assert not len(counting(app).counts)
    assert not counting(app).messages


def test_a_model_that_is_gone_is_named_and_no_other_takes_its_place(cell_model, weights):
    other = install_cell_model(weights, "other", title="Other cells")
    app = open_count(("a.png", field_file(1)))
    (cell_model / "card.json").unlink()
    app.run()
    assert any("can no longer be used: Made" in one.value.replace("\\", "") for one in app.warning)
    assert app.selectbox(key="leuko_count_model").value is None
    app.selectbox(key="leuko_count_model").select(other.name).run()
    assert cells_sent(app)


def test_a_changed_card_counts_anew_and_keeps_the_readers_labels(cell_model):
    app = open_count(("a.png", field_file(1)))
    command(app, {"do": "label", "keys": keys_of(app), "label": BLAST})
    stamps = {told["stamp"] for told in cells_sent(app).values()}
    edit_card(cell_model, temperature=2.0)
    app.run()
    assert {told["stamp"] for told in cells_sent(app).values()}.isdisjoint(stamps)
    labels = {label for one in board(app)["labels"].values() for label in one}
    assert labels == {PLACES[BLAST]}


def test_altered_weights_are_refused_in_one_sentence(cell_model):
    alter_weights(cell_model)
    app = open_count(("a.png", field_file(1)))
    (error,) = app.error
    assert "altered" in error.value


def test_a_threshold_set_in_this_session_changes_the_suggestions_at_once(cell_model):
    app = open_count(("a.png", field_file(1)))
    app.session_state[KEY].thresholds["cells"] = 0.0
    app.run()
    suggested = {cell["suggested"] for told in cells_sent(app).values() for cell in told["cells"]}
    assert suggested == {PLACES[BLAST]}


def test_more_fields_are_added_to_those_that_are_counted(cell_model):
    app = open_count(("a.png", field_file(1)))
    labels = {"do": "label", "keys": keys_of(app), "label": BLAST}
    command(app, labels)
    drop(app, ("b.png", field(2)))
    assert set(cells_sent(app)) == {"a.png", "b.png"}
    kept = [one for one in board(app)["labels"].values() if set(one) == {PLACES[BLAST]}]
    assert len(kept) == 1


def test_cancel_keeps_what_is_counted_and_continue_completes_it(cell_model, monkeypatch):
    app = open_count()
    with monkeypatch.context() as pressed:
        pressed.setattr("leuko.ui.widgets.batch.Pace", _pausing())
        drop(app, ("a.png", field_file(1)), ("b.png", field_file(2)))
    assert "2 waiting" in words(app)
    app.button(key="leuko_continue").click().run()
    assert set(cells_sent(app)) == {"a.png", "b.png"}


def _pausing():
    """Called when files are taken in: the reader presses Cancel at that moment."""
    import streamlit as st

    from leuko.workbench.classification import Pace

    def pace():
        st.session_state[KEY].paused = True
        return Pace()

    return pace


@pytest.mark.parametrize(
    "name", ["<b onmouseover=alert(1)>x.png", "**bold**:smile:.png", "=1+1.png"]
)
def test_a_hostile_file_name_stays_a_text(cell_model, name):
    app = open_count((name, field_file(1)))
    assert name in table(app)["file"].tolist()
    assert name in cells_sent(app)
    said = [one.value for one in app.markdown]
    assert not any("onmouseover" in text for text in said)


@pytest.mark.parametrize("word", ["diagnosis is", "detected", "healthy", "safe"])
def test_the_page_never_says_what_it_cannot_know(cell_model, word):
    app = open_count(("a.png", field_file(1)))
    assert word not in words(app).lower()


def test_a_key_given_twice_is_told_and_the_keys_stay_as_they_come(cell_model, monkeypatch):
    monkeypatch.setenv("LEUKO_COUNT_KEYS", json.dumps({BLAST: "l"}))
    app = open_count(("a.png", field_file(1)))
    assert any("the same key" in one.value for one in app.warning)
    assert board(app)["names"][PLACES[BLAST]]["letter"] == "B"


def test_keys_of_the_settings_are_on_the_page(cell_model, monkeypatch):
    monkeypatch.setenv("LEUKO_COUNT_KEYS", json.dumps({BLAST: "k"}))
    app = open_count(("a.png", field_file(1)))
    assert board(app)["names"][PLACES[BLAST]]["letter"] == "K"


def selected_words(app):
    command(app, {"do": "select", "keys": keys_of(app)[:1]})
    return board(app)["chosen"]["words"]


def test_a_selected_cell_is_told_in_words_where_a_model_describes_cells(cell_model, weights):
    assert selected_words(open_count(("a.png", field_file(1)))) == []
    folder = install_attributes(weights)
    app = open_count(("a.png", field_file(1)))
    shown = Shown.of(list_models().get("cells"), app.session_state[KEY])
    cell = shown.fields[0].cells[0].cell
    pixels = np.asarray(Image.open(io.BytesIO(field_file(1))).convert("RGB"))
    reader = AttributeReader.load(list_attribute_models().get(folder.name), "cpu")
    (expected,) = describe_cells(reader, pixels, [cell])
    assert selected_words(app) == [expected.text]
    assert " (0." in expected.text or expected.silence is not None


def test_of_a_cell_that_is_novel_to_it_nothing_is_told_but_that(cell_model, weights):
    folder = install_attributes(weights)
    path = folder / "attributes.json"
    card = json.loads(path.read_text())
    card["novelty"]["threshold"] = 1e-9
    path.write_text(json.dumps(card))
    (line,) = selected_words(open_count(("a.png", field_file(1))))
    assert line == words_of([], novel=True)


def test_damaged_weights_of_that_model_are_one_sentence_and_the_count_stays(cell_model, weights):
    folder = install_attributes(weights)
    (folder / "model.safetensors").write_bytes(b"damaged")
    app = open_count(("a.png", field_file(1)))
    (line,) = selected_words(app)
    assert "copy the model folder again" in line
    assert cells_sent(app)
