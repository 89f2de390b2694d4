"""A threshold that is kept on the Performance page rules on Diagnose, and nowhere else."""

import pytest

from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.summary import headline
from leuko.models.store import list_models
from leuko.ui.state.session import KEY
from tests.app.driving import crop, drop, error_free, on_page, open_app, table, words
from tests.app.sent import sent_to_viewer
from tests.csv_lines import csv_lines


@pytest.fixture
def model(one_model):
    """The one installed model, trained on drawn crops."""
    return list_models(one_model.parent).models[0]


@pytest.fixture
def exported(monkeypatch):
    """The CSV files that the page offered, the latest last."""
    from leuko.ui.diagnose import page as diagnose

    files = []
    made = diagnose.results_csv

    def recorded(*arguments):
        files.append(made(*arguments))
        return files[-1]

    monkeypatch.setattr(diagnose, "results_csv", recorded)
    return lambda: list(csv_lines(files[-1]))


@pytest.fixture
def diagnosed(model):
    """The application with two classified pictures."""
    pictures = [(f"{seed}.png", crop(seed, seed == 1)) for seed in (1, 2)]
    return error_free(drop(open_app(), *pictures))


def sides(app, model):
    """File name -> whether the table suggests a malignant class."""
    from leuko.labels import class_title

    malignant = {class_title(name) for name in model.card.malignant}
    return dict(zip(table(app)["file"], table(app)["suggestion"].isin(malignant), strict=True))


def keep(app, model, threshold):
    """Set the threshold on the Performance page and come back."""
    app.switch_page("pages/performance.py")
    app.session_state["performance_view"] = "Threshold"
    app.run()
    app.slider(key=f"performance_threshold_{model.id}").set_value(threshold).run()
    error_free(app.button(key="performance_threshold_keep").click().run())
    return on_page(app, "diagnose")


def test_a_kept_threshold_flips_suggestions_counts_heading_and_csv(
    diagnosed, model, exported, monkeypatch
):
    def fail(*_args, **_kwargs):
        raise AssertionError("the network ran again")

    monkeypatch.setattr("leuko.inference.classifier.Classifier.classify", fail)
    for threshold, all_malignant in ((0.0, True), (1.0, False)):
        app = keep(diagnosed, model, threshold)
        assert set(sides(app, model).values()) == {all_malignant}
        assert f"2 images · {2 * all_malignant} suggest malignant" in words(app)
        rows = exported()
        assert {row["suggests_malignant"] for row in rows} == {str(all_malignant).lower()}
        assert {(row["threshold"], row["model_threshold"]) for row in rows} == {
            (f"{threshold:.2f}", "0.50")
        }
        told = {row["file"]: row["suggestion"] for row in rows}
        assert told == dict(zip(table(app)["file"], table(app)["suggestion"], strict=True))


def test_the_page_says_who_set_the_threshold_and_offers_the_way_back(diagnosed, model, exported):
    before = sides(diagnosed, model)
    assert "at the threshold 0.50, the model's own" in words(diagnosed)
    assert "set by you" not in words(diagnosed)
    app = keep(diagnosed, model, 0.0)
    assert "Threshold 0.00, set by you in this session (model's own 0.50)." in words(app)
    app.button(key="leuko_threshold_own").click().run()
    assert "set by you" not in words(app)
    assert sides(app, model) == before
    assert {row["threshold"] for row in exported()} == {"0.50"}
    assert app.session_state[KEY].thresholds == {}


def test_error_rates_beside_the_suggestions_are_those_at_the_kept_threshold(diagnosed, model):
    app = keep(diagnosed, model, 0.9)
    predictions = read_predictions(model.predictions_path, model.card.class_set)
    figures = headline(predictions, 0.9)
    own = headline(predictions, 0.5)
    assert f"sensitivity {figures.sensitivity.text(figures.digits)}" in words(app)
    assert f"specificity {figures.specificity.text(figures.digits)}" in words(app)
    assert figures.digits == own.digits


def test_the_heatmap_follows_the_suggested_class(diagnosed, model):
    for threshold, malignant in ((0.0, True), (1.0, False)):
        app = keep(diagnosed, model, threshold)
        chosen = model.card.classes[sent_to_viewer(app)["chosen"]]
        assert (chosen in model.card.malignant) == malignant


def test_another_session_keeps_the_models_own_threshold(diagnosed, model):
    keep(diagnosed, model, 0.0)
    other = open_app()
    assert "set by you" not in words(other)
