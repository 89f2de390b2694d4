"""What the Performance page loads, and how often."""

import pytest

from leuko.errors import PredictionsError
from leuko.models.store import list_models
from leuko.ui.state import results as performance_results
from leuko.ui.state.results import load_predictions, load_results, load_validation
from tests.made_models import make_model_folder


@pytest.fixture(autouse=True)
def _nothing_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("LEUKO_CACHE", str(tmp_path / "cache"))
    performance_results._summary.clear()
    performance_results._predictions.clear()


@pytest.fixture
def weights(tmp_path):
    folder = tmp_path / "weights"
    folder.mkdir()
    return folder


def forbid_reading(monkeypatch):
    def fail(*_):
        raise AssertionError("the table was parsed again")

    monkeypatch.setattr(performance_results, "read_predictions", fail)


def test_a_new_server_reads_kept_figures_without_parsing_the_table(weights, monkeypatch):
    make_model_folder(weights, "first", images=40, groups=8)
    (before,) = load_results(list_models(weights))
    performance_results._summary.clear()
    forbid_reading(monkeypatch)
    (after,) = load_results(list_models(weights))
    assert after.summary == before.summary
    assert after.problem == ""


def test_a_changed_table_or_threshold_is_computed_anew(weights):
    folder = make_model_folder(weights, "first", images=40, groups=8)
    (before,) = load_results(list_models(weights))
    path = folder / "test_predictions.csv"
    path.write_text("\n".join(path.read_text().splitlines()[:-8]) + "\n")
    (shorter,) = load_results(list_models(weights))
    assert (before.summary.n, shorter.summary.n) == (40, 32)
    card = (folder / "card.json").read_text()
    (folder / "card.json").write_text(
        card.replace('"decision_threshold": 0.5', '"decision_threshold": 0.9')
    )
    (stricter,) = load_results(list_models(weights))
    assert stricter.summary.threshold == 0.9
    assert stricter.summary.binary.sensitivity != shorter.summary.binary.sensitivity


def test_a_broken_table_is_never_kept(weights):
    folder = make_model_folder(weights, "first", images=40, groups=8)
    path = folder / "test_predictions.csv"
    whole = path.read_text()
    path.write_text(whole.replace("probability_Pro", "probability_X"))
    (broken,) = load_results(list_models(weights))
    assert broken.summary is None
    assert "no column 'probability_Pro'" in broken.problem
    path.write_text(whole)
    (mended,) = load_results(list_models(weights))
    assert mended.summary.n == 40


def test_predictions_are_parsed_once_and_shared(weights, monkeypatch):
    make_model_folder(weights, "first", images=40, groups=8)
    (results,) = load_results(list_models(weights))
    first = load_predictions(results)
    forbid_reading(monkeypatch)
    assert load_predictions(results) is first
    assert first.n == 40
    assert not first.probabilities.flags.writeable


def test_a_model_without_validation_predictions_has_none(weights):
    make_model_folder(weights, "first")
    (model,) = list_models(weights).models
    assert load_validation(model) is None


def test_validation_predictions_are_read_and_checked(weights):
    folder = make_model_folder(weights, "first", images=40, groups=8)
    table = (folder / "test_predictions.csv").read_text()
    (folder / "validation_predictions.csv").write_text(table)
    (model,) = list_models(weights).models
    assert load_validation(model).n == 40
    (folder / "validation_predictions.csv").write_text("image_id\n")
    with pytest.raises(PredictionsError, match=r"first/validation_predictions\.csv has no column"):
        load_validation(model)
