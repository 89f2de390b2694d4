"""The Performance page, driven through AppTest."""

import json

import pytest

from tests.app.driving import charts, open_performance, run_alone, words
from tests.app.model_folders import (
    HAND_CHECKED_CLASSES,
    HAND_CHECKED_PROBABILITIES,
    edit_part,
    write_answers,
)
from tests.made_models import make_model_folder

RUN_THE_PAGE = """
import sys
from streamlit.testing.v1 import AppTest
page = AppTest.from_file(sys.argv[1], default_timeout=60).run()
assert not page.exception, page.exception
assert page.get("bidi_component"), "the page drew no table"
assert "torch" not in sys.modules, "the page imported torch"
"""


@pytest.fixture
def page(weights):
    """Opens the page at one of its tabs and makes sure that nothing was thrown."""

    def opened(view="All models"):
        return open_performance(view)

    return opened


def table_of(app, first_column):
    (found,) = [t.value for t in app.dataframe if t.value.columns[0] == first_column]
    return found.set_index(first_column)


def overview(app):
    """Texts of the table over all models: by title of the model, then by id of the column."""
    (table,) = app.get("bidi_component")
    rows = json.loads(table.proto.json)["rows"]
    return {
        row["title"]: {name: cell["text"] for name, cell in row["cells"].items()} for row in rows
    }


def test_without_any_model_the_page_says_so_and_what_to_do(page):
    app = page()
    assert "No model is installed. Copy a model folder" in app.info[0].value
    assert not app.get("bidi_component")


def test_a_missing_weights_folder_is_no_crash(page, weights, monkeypatch):
    monkeypatch.setenv("LEUKO_WEIGHTS", str(weights / "nowhere"))
    assert "No model is installed" in words(page())


def test_the_chosen_model_is_shown_in_detail(page, weights):
    make_model_folder(weights, "first", title="First")
    make_model_folder(weights, "second", title="Second", classes=("HEM", "ALL"), malignant=("ALL",))
    app = page("One model")
    app.selectbox(key="performance_model").set_value("second").run()
    assert not app.exception
    assert "Accuracy (2 classes)" in table_of(app, "Figure").index
    classes = table_of(app, "Class")
    assert classes.index.tolist() == ["Normal cell (HEM)", "ALL blast"]
    assert classes["Side"].tolist() == ["benign", "malignant"]
    assert len(charts(app)) >= 3


def test_a_hand_checked_table_is_followed_through_every_figure(page, weights):
    """TP 3, FN 1, FP 2, TN 4: accuracy 7 of 10, sensitivity 3 of 4, specificity 4 of 6."""
    folder = make_model_folder(
        weights, "hand", classes=("HEM", "ALL"), malignant=("ALL",), title="By hand"
    )
    write_answers(folder, HAND_CHECKED_CLASSES, HAND_CHECKED_PROBABILITIES)
    app = page()
    (bars, *_) = charts(app)
    assert bars["data"][0]["y"] == pytest.approx([0.7, 0.75, 4 / 6, 0.6])
    row = overview(app)["By hand"]
    figures = ("accuracy", "sensitivity", "specificity", "precision", "auroc")
    assert [row[name] for name in figures] == ["0.70", "0.75", "0.67", "0.60", "0.83"]
    app = page("One model")
    figures = table_of(app, "Figure")
    assert figures.loc["Sensitivity", "Images"] == "3 of 4"
    assert figures.loc["Sensitivity", "95 % interval by"] == "Wilson"
    confusion, roc, *_ = charts(app)
    assert confusion["data"][0]["text"] == [
        ["4<br>67 %", "2<br>33 %"],
        ["1<br>25 %", "3<br>75 %"],
    ]
    assert roc["data"][2]["y"][0] == 0.75


def test_a_model_without_held_out_results_says_so_and_keeps_its_facts(page, weights):
    make_model_folder(weights, "bare", title="Bare", predictions=False)
    app = page()
    assert overview(app)["Bare"]["accuracy"] == "no results"
    app = page("One model")
    assert "This model has no held-out results. Evaluate it" in words(app)
    assert "Made data" in words(app)


def test_a_broken_table_leaves_the_other_models_visible(page, weights):
    folder = make_model_folder(weights, "broken", title="Broken")
    (folder / "test_predictions.csv").write_text("image_id,group_id,label\na,b,Pro\n")
    make_model_folder(weights, "good", title="Good")
    app = page()
    assert overview(app)["Broken"]["accuracy"] == "no results"
    assert overview(app)["Good"]["accuracy"].startswith("0.9")
    said = words(page("One model"))
    assert "broken/test_predictions.csv has no column 'probability_Benign'" in said


def test_a_broken_card_is_named_and_leaves_the_other_models_visible(page, weights):
    (make_model_folder(weights, "torn") / "card.json").write_text("{")
    make_model_folder(weights, "good", title="Good")
    app = page()
    assert "torn" in app.warning[0].value
    assert list(overview(app)) == ["Good"]


def test_a_broken_card_alone_is_named_beside_what_to_do(page, weights):
    (make_model_folder(weights, "torn") / "card.json").write_text("{")
    assert "copy the folder again" in words(page())


def test_a_folder_of_results_only_says_so(page, weights):
    make_model_folder(weights, "results")
    assert "This folder holds results only." in words(page("One model"))


def test_a_folder_with_weights_says_nothing_of_the_kind(page, weights):
    make_model_folder(weights, "whole", weights=True)
    assert "results only" not in words(page("One model"))


@pytest.mark.parametrize(
    ("text", "said"),
    [(None, "training_history.csv is missing"), ("epoch\n1\n", "neither losses nor accuracies")],
)
def test_missing_training_curves_are_explained(page, weights, text, said):
    folder = make_model_folder(weights, "first", history=False)
    if text is not None:
        (folder / "training_history.csv").write_text(text)
    assert said in words(page("One model"))


def test_a_test_set_of_one_side_is_not_measurable_and_has_no_curve(page, weights):
    folder = make_model_folder(weights, "first", title="First")
    path = folder / "test_predictions.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if ",Benign," not in line) + "\n")
    app = page()
    assert overview(app)["First"]["specificity"] == "not measurable"
    assert "No ROC curve: all test images are on one side." in words(page("One model"))


def test_a_table_that_changes_on_disk_changes_the_figures(page, weights):
    folder = make_model_folder(weights, "first", title="First")
    before = int(overview(page())["First"]["images"])
    path = folder / "test_predictions.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-20]) + "\n")
    assert int(overview(page())["First"]["images"]) == before - 20


def test_a_random_split_is_said_to_flatter(page, weights):
    folder = make_model_folder(weights, "first")
    edit_part(folder, "split", policy="paper")
    assert "these figures may be too high for new patients" in words(page("One model"))


def test_few_groups_are_called_few(page, weights):
    make_model_folder(weights, "first", groups=8, strength=1.0)
    assert "Fewer than ten groups stand behind accuracy (8)" in words(page("One model"))


def test_the_way_to_the_intervals_is_told(page, weights):
    make_model_folder(weights, "first")
    assert "The 120 test images belong to 24 groups." in words(page("One model"))


def test_text_of_a_card_is_shown_as_it_was_written(page, weights):
    folder = make_model_folder(weights, "first")
    edit_part(folder, "dataset", notes=["5 * 3 * 2 [not a link](http://x) <b>$a$</b>"])
    app = page("One model")
    shown = next(part.value for part in app.markdown if "not a link" in part.value)
    assert r"\* 3 \* 2 \[not a link\]\(http\://x\) \<b\>\$a\$" in shown


def test_the_page_never_imports_torch(weights):
    make_model_folder(weights, "first")
    run_alone(RUN_THE_PAGE)


def test_every_published_row_stands_beside_ours_also_untrained(weights, page):
    make_model_folder(weights, "e2-vgg-grouped", study_row="E2")
    app = page("Published studies")
    (table,) = [frame.value for frame in app.dataframe if "Published" in frame.value.columns]
    assert len(table) == 18
    table = table.set_index("Row")
    ours = float(table.loc["E2", "Ours, grouped split"].split(" ")[0])
    assert float(table.loc["E2", "Points "].replace("−", "-")) == pytest.approx(
        ours * 100 - 94, abs=1
    )
    assert table.loc["E2", "Ours, random split"] == "not trained"
    assert table.loc["A1", "Ours, grouped split"] == "not trained"
    assert "1 of 18 rows" in app.subheader[0].value


def test_a_published_row_that_is_not_trained_comes_with_its_command(weights, page):
    make_model_folder(weights, "e2-vgg-grouped", study_row="E2")
    commands = page("Published studies").code[0].value.splitlines()
    assert len(commands) == 2 * 18 - 1
    assert "python -m leuko train recipes/e2-vgg-16-taleqani.toml --data FOLDER" in commands
    assert commands.count(
        "python -m leuko train recipes/a1-alexnet-all-idb2.toml --data FOLDER --policy grouped"
    ) == 1  # fmt: skip


def test_the_chart_of_published_figures_holds_all_that_studies_printed(weights, page):
    make_model_folder(weights, "e2-vgg-grouped", study_row="E2")
    app = page("Published studies")
    published, _, grouped = charts(app)[0]["data"]
    assert published["name"] == "published"
    assert "A1" in published["customdata"]
    assert published["x"][published["customdata"].index("A1")] == pytest.approx(0.8076)
    assert "E1" not in published["customdata"]  # printed as a figure only
    assert len(grouped["x"]) == 1
