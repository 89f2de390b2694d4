"""The Threshold view of the Performance page, driven through AppTest."""

import shutil

import pytest

from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.summary import summarise
from leuko.evaluation.threshold.targets import Goal, Target, suggest_threshold
from leuko.labels import ClassSet
from leuko.ui.state.session import KEY
from leuko.workbench.formatting import threshold_text
from tests.app.driving import error_free, open_performance, run_alone, words
from tests.app.model_folders import HAND_CHECKED_CLASSES, HAND_CHECKED_PROBABILITIES, write_answers
from tests.made_models import make_model_folder

FOUR = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))

RUN_THE_VIEW = """
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file(sys.argv[1], default_timeout=60)
app.session_state["performance_view"] = "Threshold"
app.run()
assert not app.exception, app.exception
assert app.slider, "the view drew no slider"
assert "torch" not in sys.modules, "the view imported torch"
"""


@pytest.fixture
def add_validation(tmp_path):
    """Gives a made model validation predictions of its own."""

    def added(folder, **settings):
        other = make_model_folder(tmp_path / "others", folder.name, seed=7, **settings)
        shutil.copy(other / "test_predictions.csv", folder / "validation_predictions.csv")
        shutil.rmtree(other)
        return read_predictions(folder / "validation_predictions.csv", FOUR)

    return added


@pytest.fixture
def view(weights):
    def opened():
        return error_free(open_performance("Threshold"))

    return opened


def cells(app):
    """The figures in the row, as text."""
    return "\n".join(str(part.proto.body) for part in app.get("html"))


def slider(app, model_id):
    return app.slider(key=f"performance_threshold_{model_id}")


def test_the_figures_follow_the_slider(view, weights):
    folder = make_model_folder(weights, "hand", classes=("HEM", "ALL"), malignant=("ALL",))
    write_answers(folder, HAND_CHECKED_CLASSES, HAND_CHECKED_PROBABILITIES)
    app = view()
    text = cells(app)
    assert "0.75</span> <span>(0.30–0.95)" in text
    assert "3 of 4 malignant images found" in text
    assert "0.67</span> <span>(0.30–0.90)" in text
    slider(app, "hand").set_value(0.3).run()
    text = cells(app)
    assert "4 of 4 malignant images found" in text
    assert "3 of 6 benign images cleared" in text
    slider(app, "hand").set_value(1.0).run()
    assert "not measurable (0 suggested malignant)" in cells(app)


def test_the_prevalence_is_that_of_the_test_set_until_the_user_sets_it(view, weights):
    folder = make_model_folder(weights, "first", strength=1.0)
    predictions = read_predictions(folder / "test_predictions.csv", FOUR)
    precision = summarise(predictions).binary.precision
    app = view()
    assert app.number_input(key="performance_prevalence_first").value == 75.0
    assert "75 % in the test set" in words(app)
    assert f"{precision.value:.2f}</span>" in cells(app)
    app.number_input(key="performance_prevalence_first").set_value(20.0).run()
    assert "PPV at 20 % malignant" in cells(app)
    assert "Of 1,000 images with 20 % malignant" in words(app)
    binary = summarise(predictions).binary
    found = binary.sensitivity.value * 0.2
    ppv = found / (found + (1 - binary.specificity.value) * 0.8)
    assert f"{ppv:.2f}</span>" in cells(app)


def test_without_validation_predictions_nothing_is_suggested_and_the_command_is_named(
    view, weights
):
    make_model_folder(weights, "first")
    app = view()
    assert "thresholds are never suggested from the test set" in words(app)
    assert "python -m leuko evaluate first --data FOLDER --write-validation" in words(app)
    assert not [button for button in app.button if button.key == "performance_threshold_take"]
    slider(app, "first").set_value(0.2).run()
    assert not app.exception
    assert "Of 1,000 images" in words(app)


def test_a_suggestion_comes_from_the_validation_images_alone(view, weights, add_validation):
    folder = make_model_folder(weights, "first", strength=1.0)
    validation = add_validation(folder, images=400, groups=80, strength=1.0)
    expected = suggest_threshold(validation, Target(Goal.SENSITIVITY, 0.95))
    app = view()
    sentence = (
        f"**{threshold_text(expected.rounded)}** is the highest threshold at which sensitivity"
    )
    assert sentence in words(app)
    (table,) = [t.value for t in app.dataframe if "Set" in t.value.columns]
    assert table["Set"].tolist() == ["Validation", "Test"]
    assert table.loc[0, "Sensitivity"] == expected.sensitivity.text(2)
    test_set = read_predictions(folder / "test_predictions.csv", FOUR)
    at_it = summarise(test_set, expected.rounded).binary.sensitivity
    assert table.loc[1, "Sensitivity"] == at_it.text(2)
    assert f"On the test set sensitivity is {at_it.text(2)}: " in words(app)
    make_model_folder(weights, "other", strength=5.0)
    shutil.copy(weights / "other" / "test_predictions.csv", folder / "test_predictions.csv")
    assert sentence in words(view())


@pytest.mark.parametrize("goal", list(Goal))
def test_every_goal_is_solved(view, weights, add_validation, goal):
    folder = make_model_folder(weights, "first", strength=1.0)
    validation = add_validation(folder, images=400, groups=80, strength=1.0)
    app = view()
    app.radio(key="performance_goal").set_value(goal).run()
    assert not app.error
    found = suggest_threshold(validation, Target(goal, 0.95))
    assert f"**{threshold_text(found.rounded)}**" in words(app)


def test_a_lower_limit_can_be_asked_for(view, weights, add_validation):
    folder = make_model_folder(weights, "first", strength=1.0)
    validation = add_validation(folder, images=400, groups=80, strength=1.0)
    app = view()
    app.number_input(key="performance_goal_percent").set_value(80.0).run()
    app.checkbox(key="performance_goal_by_limit").set_value(True).run()
    found = suggest_threshold(validation, Target(Goal.SENSITIVITY, 0.8, by_lower_limit=True))
    assert (
        f"**{threshold_text(found.rounded)}** is the highest threshold at which the lower"
        in words(app)
    )
    assert "the lower limit" in words(app).split("On the test set sensitivity")[1]


def test_a_target_out_of_reach_is_said(view, weights, add_validation):
    add_validation(make_model_folder(weights, "first"), images=60, groups=None, strength=1.0)
    app = view()
    app.number_input(key="performance_goal_percent").set_value(99.0).run()
    app.checkbox(key="performance_goal_by_limit").set_value(True).run()
    assert "No threshold has a lower 95 % limit of sensitivity of 0.99" in words(app)


def test_few_validation_images_are_warned_of(view, weights, add_validation):
    add_validation(make_model_folder(weights, "first"), images=40, groups=None)
    assert "only 10 benign images: with other pictures" in view().warning[0].value.replace("\\", "")


def test_the_suggested_threshold_is_looked_at_exactly(view, weights, add_validation):
    folder = make_model_folder(weights, "first", strength=1.0, weights=True)
    validation = add_validation(folder, images=400, groups=80, strength=1.0)
    app = view()
    app.number_input(key="performance_goal_percent").set_value(93.0).run()
    expected = suggest_threshold(validation, Target(Goal.SENSITIVITY, 0.93)).rounded
    assert expected != round(expected, 2)
    app.button(key="performance_threshold_take").click().run()
    assert slider(app, "first").value == round(expected, 2)
    assert f"Exactly {threshold_text(expected)}." in words(app)
    app.button(key="performance_threshold_keep").click().run()
    assert app.session_state[KEY].thresholds == {"first": expected}


def test_a_threshold_is_kept_for_the_session_and_given_back(view, weights):
    make_model_folder(weights, "whole", weights=True)
    app = view()
    assert "Diagnose: threshold 0.50, the model's own." in words(app)
    assert app.button(key="performance_threshold_keep").disabled
    slider(app, "whole").set_value(0.31).run()
    app.button(key="performance_threshold_keep").click().run()
    assert app.session_state[KEY].thresholds == {"whole": 0.31}
    assert "threshold 0.31, set by you in this session (model's own 0.50)" in words(app)
    app.button(key="performance_threshold_own").click().run()
    assert app.session_state[KEY].thresholds == {}
    assert slider(app, "whole").value == 0.5


def test_a_folder_of_results_only_keeps_no_threshold(view, weights):
    make_model_folder(weights, "results")
    app = view()
    assert "cannot be chosen on Diagnose" in words(app)
    assert "performance_threshold_keep" not in [button.key for button in app.button]


def test_a_broken_validation_table_leaves_the_slider_working(view, weights):
    folder = make_model_folder(weights, "first")
    (folder / "validation_predictions.csv").write_text("image_id,group_id,label\na,b,Pro\n")
    app = view()
    assert "first/validation_predictions.csv has no column" in words(app)
    assert app.slider


def test_a_model_without_results_leaves_the_others_to_choose(view, weights):
    make_model_folder(weights, "bare", predictions=False)
    make_model_folder(weights, "good")
    app = view()
    assert "This model has no held-out results." in words(app)
    app.selectbox(key="performance_threshold_model").set_value("good").run()
    assert not app.exception
    assert app.slider


def test_a_test_set_of_one_side_is_not_measurable(view, weights):
    folder = make_model_folder(weights, "first")
    path = folder / "test_predictions.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if ",Benign," not in line) + "\n")
    app = view()
    assert cells(app).count("not measurable (0 cases)") == 3
    assert "Of 1,000 images" not in words(app)


def test_model_and_slider_hold_over_a_visit_to_another_tab(view, weights):
    for name in ("a", "b"):
        make_model_folder(weights, name)
    app = view()
    app.selectbox(key="performance_threshold_model").set_value("b").run()
    slider(app, "b").set_value(0.2).run()
    app.session_state["performance_view"] = "One model"
    app.run()
    assert app.selectbox(key="performance_model").value == "b"
    app.selectbox(key="performance_model").set_value("a").run()
    app.session_state["performance_view"] = "Threshold"
    app.run()
    assert app.selectbox(key="performance_threshold_model").value == "a"
    app.selectbox(key="performance_threshold_model").set_value("b").run()
    assert slider(app, "b").value == 0.2


def test_the_chart_marks_slider_own_and_suggested_threshold(view, weights, add_validation):
    import json

    folder = make_model_folder(weights, "first", strength=1.0)
    add_validation(folder, images=400, groups=80, strength=1.0)
    app = view()
    slider(app, "first").set_value(0.37).run()
    (chart,) = [json.loads(each.proto.spec) for each in app.get("plotly_chart")]
    labels = [note["text"] for note in chart["layout"]["annotations"]]
    assert labels[:2] == ["shown 0.37", "model's own 0.50"]
    assert labels[2].startswith("suggested 0.")
    names = [trace.get("name") for trace in chart["data"]]
    assert "Sensitivity: malignant images found" in names
    assert "Specificity: benign images cleared" in names


def test_everything_can_be_taken_away(view, weights, add_validation):
    add_validation(make_model_folder(weights, "first"), images=200)
    keys = [button.proto.id for button in view().get("download_button")]
    for title in (
        "Figures at the threshold", "Suggested threshold", "Rates at every threshold",
        "Sensitivity and specificity against the threshold",
    ):  # fmt: skip
        assert any(title in key for key in keys), title


def test_the_view_never_imports_torch(weights):
    make_model_folder(weights, "first")
    run_alone(RUN_THE_VIEW)
