"""The Compare page, driven through AppTest with copies of a model trained on drawn pictures."""

import shutil

import pytest

from leuko.inference.classifier import Classifier
from leuko.ui.compare import tables as compare_tables
from leuko.ui.state.session import KEY
from tests import made_networks
from tests.app.comparing import label_of, on_compare, tick
from tests.app.driving import crop, drop, field, on_page, open_app, table, words
from tests.app.model_folders import alter_weights, copy_model, edit_part
from tests.csv_lines import csv_lines


@pytest.fixture
def weights(weights, trained):
    """Three models of crops: as trained, one that always suggests malignant, one that never."""
    for name, threshold in (("as-trained", 0.5), ("always", 0.0), ("never", 1.0)):
        copy_model(trained.folder, weights, name, decision_threshold=threshold)
    return weights


def test_the_first_visit_says_how_to_start_and_offers_models_of_one_kind(weights):
    app = on_compare()
    assert app.title[0].value == "Compare"
    assert "Drop images above, or on Diagnose" in words(app)
    assert app.sidebar.radio[0].value == "crop"
    assert [box.value for box in app.sidebar.checkbox] == [True, True, True]
    assert len(app.dataframe) == 0


def test_images_of_diagnose_are_there_and_nothing_is_computed_twice(weights, monkeypatch):
    app = open_app()
    diagnosed = app.sidebar.selectbox[0].value
    drop(app, ("a.png", crop(1)), ("b.png", crop(2)))
    asked = []
    classify = Classifier.classify

    def recorded(self, pictures, batch=16, **named):
        asked.append((self.card.id, len(pictures)))
        return classify(self, pictures, batch, **named)

    monkeypatch.setattr(Classifier, "classify", recorded)
    on_page(app, "compare")
    others = {"as-trained", "always", "never"} - {diagnosed}
    assert sorted(asked) == sorted((name, 2) for name in others)
    assert set(table(app)["file"]) == {"a.png", "b.png"}
    asked.clear()
    on_page(app, "diagnose")
    on_page(app, "compare")
    assert asked == []


def test_models_that_disagree_are_named_and_counted(weights):
    app = tick(drop(on_compare(), ("a.png", crop(1)), ("b.png", crop(2))), "always", "never")
    said = words(app)
    assert "2 images · both models agree on malignant or benign for 0 of 2" in said
    assert "The models disagree: Always suggests malignant; Never suggests benign." in said
    assert "Agreement is not accuracy" in said
    assert "Always and Never | 0 of 2" in said
    assert table(app)["agreement"].tolist() == ["sides differ"] * 2


def test_disagreements_come_first(weights):
    files = [(f"{seed}.png", crop(seed, seed % 2 == 0)) for seed in range(6)]
    app = tick(drop(on_compare(), *files), "as-trained", "always")
    order = table(app)["agreement"].tolist()
    assert order == sorted(order, key=["sides differ", "agree"].index)


def test_next_moves_the_selection_and_diagnose_shows_the_same_picture(weights):
    app = drop(on_compare(), *((f"{seed}.png", crop(seed)) for seed in range(3)))
    app.button(key="leuko_compare_next").click().run()
    assert table(app)["shown"].tolist() == ["", "▸", ""]
    chosen = table(app)["file"][1]
    on_page(app, "diagnose")
    shown = app.dataframe[0].value
    assert shown["file"][shown["shown"].tolist().index("▸")] == chosen


def test_another_class_needs_no_further_pass_of_the_network(weights, monkeypatch):
    app = drop(on_compare(), ("a.png", crop(1)))

    def fail(*_args, **_kwargs):
        raise AssertionError("the network ran again")

    monkeypatch.setattr(Classifier, "classify", fail)
    choice = app.main.selectbox[0]
    assert choice.options[0] == "Heatmap for what each model suggests"
    choice.select("Healthy").run()
    assert not app.exception
    assert not app.error


def test_one_model_of_a_kind_says_so(weights):
    for name in ("always", "never"):
        shutil.rmtree(weights / name)
    app = on_compare()
    assert "Only one model reads single-cell crops, As-Trained" in words(app)
    drop(app, ("a.png", crop(1)))
    assert len(app.dataframe) == 0


def test_fewer_than_two_ticked_models_are_not_compared(weights):
    app = tick(drop(on_compare(), ("a.png", crop(1))), "always")
    assert "Tick two or more models" in words(app)
    assert len(app.dataframe) == 0


def test_without_a_model_the_page_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_WEIGHTS", str(tmp_path))
    assert "No model is installed" in on_compare().info[0].value


def test_a_broken_model_gets_its_sentence_and_the_others_stay(weights):
    intact = alter_weights(weights / "never")
    app = drop(on_compare(), ("a.png", crop(1)))
    (error,) = app.error
    assert error.value.replace("\\", "").startswith("Never: ")
    assert "altered" in error.value
    assert "both models agree" in words(app)
    assert [column for column in table(app) if column.startswith("model_")] == [
        "model_0",
        "model_1",
    ]
    (weights / "never" / "model.safetensors").write_bytes(intact)
    app.button(key="leuko_compare_again").click().run()
    assert not app.error
    assert "all 3 models agree" in words(app)


def test_a_bug_in_one_model_is_a_plain_sentence_and_hides_nothing(weights, monkeypatch, caplog):
    classify = Classifier.classify

    def fail(self, pictures, batch=16, **named):
        if self.card.id == "never":
            raise ZeroDivisionError("internal detail")
        return classify(self, pictures, batch, **named)

    monkeypatch.setattr(Classifier, "classify", fail)
    app = drop(on_compare(), ("a.png", crop(1)))
    assert "internal detail" not in words(app)
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()
    assert "both models agree" in words(app)


def test_a_file_that_is_no_picture_is_listed_and_the_rest_goes_on(weights):
    app = drop(on_compare(), ("notes.png", b"my notes"), ("cell.png", crop(2)))
    (warning,) = app.warning
    assert "notes" in warning.value
    states = dict(zip(table(app)["file"], table(app)["agreement"], strict=True))
    assert states["notes.png"] == "not readable"
    assert states["cell.png"] in {"agree", "sides differ"}


def test_when_no_file_can_be_read_the_page_says_so_and_stays(weights):
    app = drop(on_compare(), ("a.png", b""), ("b.png", b"no"))
    assert "2 images · 2 not readable" in words(app)
    assert len(table(app)) == 2


def test_cancel_keeps_what_is_done_and_continue_completes_it(weights):
    app = open_app()
    drop(app, ("a.png", crop(1)), ("b.png", crop(2)))
    app.session_state[KEY].paused = True
    on_page(app, "compare")
    assert "2 images · 2 waiting" in words(app)
    assert table(app)["agreement"].tolist() == ["waiting"] * 2
    app.button(key="leuko_continue").click().run()
    assert "waiting" not in words(app)


def test_models_of_two_and_three_classes_meet_on_malignant_or_benign(weights, tiny_network):
    made_networks.install(tiny_network, weights, "three", kind="crop")
    app = tick(drop(on_compare(), ("a.png", crop(1))), "always", "made · three")
    said = words(app)
    assert "know different classes (Always: 2, Made: 3)" in said
    assert "compared on malignant or benign only" in said
    assert "No held" not in said
    app.main.selectbox[0].select("Early").run()
    assert not app.exception


def test_the_csv_has_a_line_an_image_and_model(weights, exported):
    drop(on_compare(), ("a.png", crop(1)), ("b.png", crop(2)))
    assert len(exported) == 6
    assert {line["model"] for line in exported} == {"as-trained", "always", "never"}


def test_the_kind_of_picture_follows_the_model_chosen_on_diagnose(weights, tiny_network):
    for name in ("one", "two"):
        made_networks.install(tiny_network, weights, name, kind="field")
    app = open_app()
    app.sidebar.selectbox[0].select("always").run()
    on_page(app, "compare")
    assert app.sidebar.radio[0].value == "crop"
    on_page(app, "diagnose")
    app.sidebar.selectbox[0].select("one").run()
    on_page(app, "compare")
    assert app.sidebar.radio[0].value == "field"


def test_a_choice_of_models_survives_a_visit_to_another_page(weights):
    app = tick(on_compare(), "always", "never")
    on_page(app, "about")
    on_page(app, "compare")
    assert {label_of(box) for box in app.sidebar.checkbox if box.value} == {"always", "never"}


@pytest.mark.parametrize("word", ["diagnosis is", "detected", "healthy sample", "majority", "vote"])
def test_the_page_never_says_what_it_cannot_know(weights, word):
    assert word not in words(drop(on_compare(), ("a.png", crop(1)))).lower()


@pytest.fixture
def exported(monkeypatch):
    """Lines of the CSV that the page offered last."""
    lines = []
    export = compare_tables.comparison_csv

    def recorded(*arguments):
        text = export(*arguments)
        lines[:] = csv_lines(text)
        return text

    monkeypatch.setattr(compare_tables, "comparison_csv", recorded)
    return lines


def test_a_picture_of_another_kind_gets_no_class_from_any_model(weights, exported):
    app = drop(on_compare(), ("cell.png", crop(1)), ("field.png", field(3)))
    html = "".join(part.proto.body for part in app.get("html"))
    assert "This looks like a whole field; these models read single-cell crops." in html
    assert "No installed model reads whole fields." in words(app)
    assert "2 images" in words(app)
    assert "1 of another kind" in words(app)
    first = table(app).iloc[0]
    assert (first["file"], first["agreement"]) == ("field.png", "other kind")
    assert {first[name] for name in table(app) if name.startswith("model_")} == {""}
    lines = [line for line in exported if line["file"] == "field.png"]
    assert {(line["suggestion"], line["most_probable"]) for line in lines} == {
        ("other kind of picture", "")
    }
    assert {line["malignant_probability"] for line in lines} == {""}
    assert {line["deferred"] for line in lines} == {"true"}
    assert all(line["verdict"].startswith("This looks like a whole field") for line in lines)


def test_used_anyway_it_is_marked_and_can_be_taken_back(weights, exported):
    app = drop(on_compare(), ("field.png", field(3)), ("other.png", field(4)))
    app.button(key="leuko_compare_anyway").click().run()
    assert not app.exception
    shown = table(app)[table(app)["shown"] != ""]
    assert list(shown["file"]) == ["field.png"]
    assert shown.iloc[0]["agreement"] != "other kind"
    told = [shown.iloc[0][f"model_{place}"] for place in range(3)]
    assert all(words.startswith("anyway · ") for words in told)
    lines = [line for line in exported if line["file"] == "field.png"]
    assert all("Read anyway: this looks like a whole field" in line["verdict"] for line in lines)
    assert all(line["suggestion"] for line in lines)
    app.button(key="leuko_compare_anyway_not").click().run()
    assert set(table(app)["agreement"]) == {"other kind"}


def test_one_click_opens_the_only_model_that_reads_the_picture(weights, trained):
    copied = copy_model(trained.folder, weights, "fields")
    edit_part(copied, "input", kind="field")
    app = open_app()
    app.sidebar.selectbox[0].select("always").run()
    drop(on_page(app, "compare"), ("field.png", field(3)))
    assert "**Fields** alone reads whole fields." in words(app)
    app.button(key="leuko_compare_diagnose").click().run()
    assert not app.exception
    assert app.title[0].value == "Diagnose"
    assert app.session_state[KEY].model_id == "fields"
