"""The tab "My images" of the Performance page, driven through AppTest with small models."""

import json

import pytest

from leuko.ui.performance.external.state import KEY
from tests import drawn, made_networks
from tests.app.driving import crop, drop, keys, run_alone, table_with, words
from tests.app.model_folders import alter_weights, edit_card
from tests.app.own_images import RUN, figures, open_tab, run, two_folders
from tests.made_models import make_model_folder

OPEN_THE_TAB = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file(sys.argv[1], default_timeout=120)
page.session_state["performance_view"] = "My images"
page.run()
assert not page.exception, page.exception
assert page.file_uploader, "the tab did not open"
page.file_uploader[0].set_value([("ALL/a.png", open(sys.argv[2], "rb").read(), "image/png")])
page.run()
assert page.button(key="performance_own_run"), "the picture was not taken"
assert "torch" not in sys.modules, "the tab imported torch"
"""


def test_the_first_visit_says_how_to_start_and_that_nothing_is_kept(own_tab):
    text = words(own_tab())
    assert "a ZIP with one folder a class" in text
    assert "nothing is kept afterwards unless you download it" in text
    assert "Use pictures that no model was trained on" in text


def test_neither_the_tab_nor_the_upload_imports_torch(one_model, tmp_path):
    picture = tmp_path / "a.png"
    picture.write_bytes(crop(1))
    run_alone(OPEN_THE_TAB, picture)


def test_a_zip_of_folders_is_measured_beside_the_test_set(own_tab):
    app = drop(own_tab(), ("cells.zip", two_folders()))
    assert "8 images · 8 to be used, with labels from their folders" in words(app)
    assert "every image counts as independent" in words(app)
    text = words(run(app))
    assert "On your 8 images this model is right in" in text
    assert "on its own test set in" in text
    assert "domain shift" in text
    table = figures(app)
    assert {"Accuracy", "Sensitivity", "Specificity", "AUROC"} <= set(table.index)
    assert table.loc["Accuracy", "Interval of yours by"] == "Wilson"
    assert len(app.get("plotly_chart")) == 2  # a confusion matrix and a ROC curve
    assert RUN not in keys(app)


@pytest.mark.parametrize(
    ("threshold", "sensitivity", "specificity", "folder", "error"),
    [
        (0.0, "4 of 4", "0 of 3", "Healthy", "false alarm"),
        (1.0, "0 of 4", "3 of 3", "Blast", "malignant missed"),
    ],
    ids=["always malignant", "never malignant"],
)
def test_a_model_that_always_says_the_same_is_wrong_on_the_whole_other_side(
    own_tab, one_model, threshold, sensitivity, specificity, folder, error
):
    edit_card(one_model, decision_threshold=threshold)
    members = {f"Blast/{n}.png": crop(n, malignant=True) for n in range(4)}
    members |= {f"Healthy/{n}.png": crop(n, malignant=False) for n in range(3)}
    app = run(drop(own_tab(), ("cells.zip", drawn.zip_of(members))))
    counts = figures(app)["Yours, counts"]
    assert counts["Sensitivity"] == sensitivity
    assert counts["Specificity"] == specificity
    right = 4 if folder == "Healthy" else 3
    assert counts["Accuracy"] == f"{right} of 7"
    assert figures(app).loc["Accuracy", "On your images"].startswith(f"{right / 7:.1f} (")
    assert f"**Wrong images**: {7 - right} of 7" in words(app)
    wrong = table_with(app, "Error")
    assert set(wrong["File"]) == {name for name in members if name.startswith(folder)}
    assert set(wrong["Error"]) == {error}


def test_a_model_that_is_always_right_has_no_wrong_images(own_tab, one_model):
    edit_card(one_model, decision_threshold=0.0)
    members = {f"Blast/{n}.png": crop(n, malignant=True) for n in range(3)}
    app = run(drop(own_tab(), ("cells.zip", drawn.zip_of(members))))
    assert figures(app).loc["Accuracy", "Yours, counts"] == "3 of 3"
    assert "**Wrong images**: none of 3" in words(app)
    assert not [t for t in app.dataframe if "Error" in t.value.columns]


def test_figures_agree_with_the_answers_that_are_downloaded(own_tab):
    app = run(drop(own_tab(), ("cells.zip", two_folders())))
    (evaluation,) = app.session_state[KEY].evaluations.values()
    predictions = evaluation.own.predictions
    assert predictions.labels == ("Blast",) * 4 + ("Healthy",) * 4
    assert predictions.image_ids[0] == "lab/Blast/0.png"
    confusion = json.loads(app.get("plotly_chart")[0].proto.spec)["data"][0]["text"]
    counts = [[int(cell.split("<br>")[0]) for cell in row] for row in confusion]
    assert counts == [list(row) for row in evaluation.summary.confusion]
    assert sum(map(sum, counts)) == 8


def test_a_csv_gives_labels_and_groups(own_tab):
    rows = [f"{n}.png,{'blast' if n < 3 else 'normal'},patient {n % 3}" for n in range(6)]
    table = "\n".join(["file,label,group", *rows, "9.png,normal,patient 9"]).encode()
    files = [(f"{n}.png", crop(n, n < 3)) for n in range(7)]
    app = run(drop(own_tab(), *files, ("labels.csv", table)))
    text = words(app)
    assert "7 images · 6 to be used, with labels from a table" in text
    assert "1 image without a label in the table, left out. 6.png" in text
    assert "1 row of the table for files that are not among your images. 9.png" in text
    assert "The images belong to 3 groups" in text
    assert "3 groups" in figures(app).loc["Accuracy", "Interval of yours by"]
    assert not figures(app)["Interval of yours by"].eq("Wilson").any()


def test_a_csv_inside_the_zip_is_found(own_tab):
    archive = drawn.zip_of(
        {"a/1.png": crop(1), "a/2.png": crop(2), "labels.csv": b"File;Label\n1;ALL\n2;HEM\n"}
    )
    assert "2 to be used, with labels from a table" in words(
        drop(own_tab(), ("cells.zip", archive))
    )


def test_an_unknown_label_is_asked_for_and_not_guessed(own_tab):
    app = drop(own_tab(), ("cells.zip", two_folders(blast="type 7", healthy="HEM")))
    assert "4 images with a label that no model knows" in words(app)
    assert "Run 1 model on 4 images" in [button.label for button in app.button]
    (box,) = [box for box in app.selectbox if box.key.endswith("type 7")]
    assert box.value is None
    box.select_index(box.options.index("Any malignant class")).run()
    assert "no model knows" not in words(app)
    app = run(app)
    assert figures(app).loc["Sensitivity", "Yours, counts"].endswith("of 4")
    (box,) = [box for box in app.selectbox if box.key.endswith("type 7")]
    box.select_index(box.options.index("Leave these images out")).run()
    assert "All your images are benign" in words(app)
    assert figures(app).loc["Sensitivity", "On your images"] == "not measurable (0 cases)"


def test_what_does_not_fit_is_named_and_the_rest_goes_on(own_tab):
    archive = drawn.zip_of(
        [
            ("ALL/1.png", crop(1)),
            ("ALL/copy.png", crop(1)),
            ("HEM/2.png", crop(2, malignant=False)),
            ("HEM/broken.png", crop(3)[:200]),
            ("HEM/notes.txt", b"my notes"),
            ("bare.png", crop(4)),
            ("../outside.png", crop(5)),
        ]
    )
    app = run(drop(own_tab(), ("cells.zip", archive)))
    text = words(app)
    assert "3 files not readable, left out." in text
    for name in ("broken.png", "notes.txt", "outside.png"):
        assert name in text
    assert "1 image without a label, left out" in text
    assert "1 image left out as byte-identical copy of others" in text
    assert "On your 2 images" in text


def test_without_any_label_nothing_is_measured(own_tab):
    app = drop(own_tab(), ("a.png", crop(1)))
    assert "No image has a label" in app.error[0].value
    assert RUN not in keys(app)


def test_a_table_that_cannot_be_used_is_one_sentence(own_tab):
    app = drop(own_tab(), ("a.png", crop(1)), ("l.csv", b"name,kind\na,b\n"))
    assert "l.csv has no column 'file'" in words(app)
    assert "No image has a label" in app.error[0].value


def test_one_image_is_measured_and_called_one(own_tab):
    text = words(run(drop(own_tab(), ("c.zip", drawn.zip_of({"ALL/1.png": crop(1)})))))
    assert "On your 1 image this model" in text
    assert "One image says next to nothing" in text
    assert "All your images are malignant" in text
    assert "No ROC curve" in text


def test_sides_alone_leave_out_the_figures_of_the_classes(own_tab, weights):
    network = made_networks.make_network("timm", "test_efficientnet", n_classes=3)
    made_networks.install(network, weights, "three", kind="crop")
    app = drop(own_tab(), ("cells.zip", two_folders("malignant", "benign")))
    app.multiselect[0].set_value(["three"]).run()
    text = words(run(app))
    assert "those of the classes are left out" in text
    assert "It has no held-out results, so a drop cannot be computed" in text
    assert not [name for name in figures(app).index if "all classes" in name]
    assert set(figures(app)["On its own test set"]) == {"no results"}


def test_models_of_another_kind_are_named_and_not_offered(own_tab, weights):
    network = made_networks.make_network("timm", "test_efficientnet", n_classes=3)
    made_networks.install(network, weights, "fields", kind="field", title="Field network")
    app = drop(own_tab(), ("cells.zip", two_folders()))
    assert app.multiselect[0].value == ["fields"]
    assert "Not offered, for they read other pictures: single-cell crops: Tiny." in words(app)
    app.radio[0].set_value(app.radio[0].options[1]).run()
    assert "whole fields: Field network." in words(app)
    assert app.multiselect[0].options == ["Tiny"]


def test_a_model_that_cannot_be_loaded_never_hides_the_others(own_tab, weights):
    network = made_networks.make_network("timm", "test_efficientnet", n_classes=3)
    folder = made_networks.install(network, weights, "altered", kind="crop", title="Altered")
    alter_weights(folder)
    app = drop(own_tab(), ("cells.zip", two_folders()))
    app.multiselect[0].set_value(["altered", "tiny"]).run()
    app = run(app)
    (error,) = app.error
    assert error.value.replace("\\", "").startswith("Altered: The weights of")
    assert set(figures(app)["Model"]) == {"Tiny"}


def test_without_weights_the_tab_says_what_to_do(weights):
    make_model_folder(weights, "results")
    app = open_tab()
    assert "No model with weights is installed" in app.info[0].value
    assert not app.file_uploader


def test_cancel_keeps_what_is_done_and_continue_completes_it(own_tab, monkeypatch):
    monkeypatch.setattr("leuko.workbench.classification.PASS_PICTURES", 2)
    monkeypatch.setattr("leuko.workbench.classification.LONGEST_PASS_SECONDS", 1e-9)
    import leuko.ui.performance.external.run as module

    real = module.advance

    def once(classifier, tray, results, limits, pace):
        """One slice, then Cancel, as when it is pressed meanwhile."""
        import streamlit as st

        monkeypatch.setattr("leuko.workbench.classification.FIRST_PASS_SECONDS", 60)
        monkeypatch.setattr("leuko.workbench.classification.LONGEST_PASS_SECONDS", 60)
        real(classifier, type(tray)(tray.items[:2]), results, limits, pace)
        module._stop(st.session_state[KEY])

    app = drop(own_tab(), ("cells.zip", two_folders()))
    monkeypatch.setattr(module, "advance", once)
    app = run(app)
    assert "Stopped (Tiny: 6 not done)" in words(app)
    assert "On your 2 images" in words(app)
    monkeypatch.setattr(module, "advance", real)
    app = run(app)
    assert "On your 8 images" in words(app)
    assert "Stopped" not in words(app)


def test_another_label_needs_no_further_pass_of_the_network(own_tab, monkeypatch):
    app = run(drop(own_tab(), ("cells.zip", two_folders())))

    def fail(*_args, **_kwargs):
        raise AssertionError("the network ran again")

    monkeypatch.setattr("leuko.inference.classifier.Classifier.classify", fail)
    (box,) = [box for box in app.selectbox if box.key.endswith("_blast")]
    box.select_index(box.options.index("Benign side")).run()
    assert not app.exception
    assert not app.error
    assert "All your images are benign" in words(app)


def test_forget_leaves_nothing_of_the_images(own_tab):
    app = run(drop(own_tab(), ("cells.zip", two_folders())))
    app.button(key="performance_own_forget").click().run()
    state = app.session_state[KEY]
    assert state.is_empty
    assert not state.results
    assert not state.evaluations
    assert not state.paths
    assert not app.dataframe
    assert "a ZIP with one folder a class" in words(app)


def test_images_stay_through_a_visit_to_another_tab(own_tab):
    app = run(drop(own_tab(), ("cells.zip", two_folders())))
    before = figures(app).to_dict()
    app.session_state["performance_view"] = "Published studies"
    app.run()
    app.session_state["performance_view"] = "My images"
    app.run()
    assert figures(app).to_dict() == before


def test_a_file_name_is_shown_as_text(own_tab):
    app = drop(
        own_tab(), ("<b onmouseover=alert(1)>.png", crop(1)), ("l.csv", b"file,label\nx,ALL\n")
    )
    shown = [part.value for part in app.warning if "onmouseover" in part.value]
    assert shown
    assert all("<b" not in text.replace("\\<", "") for text in shown)


def test_nothing_is_written_to_disk(own_tab, tmp_path, monkeypatch):
    app = drop(own_tab(), ("cells.zip", two_folders()))
    monkeypatch.chdir(tmp_path)
    before = sorted(path for path in tmp_path.rglob("*"))
    run(app)
    assert sorted(path for path in tmp_path.rglob("*")) == before
