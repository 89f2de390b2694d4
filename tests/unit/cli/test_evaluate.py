import json
import shutil

import numpy as np
import pytest

from leuko.evaluation.predictions import read_predictions
from leuko.models.card import read_card, write_card
from tests.unit.cli.stored_predictions import change_predictions

KEYS = {"model", "n_test", "equal", "largest_difference", "accuracy", "sensitivity", "specificity"}


@pytest.fixture
def evaluate(leuko, trained):
    def command(weights, *words, model="tiny", data=trained.data):
        return leuko(
            "evaluate", model, "--data", data, "--weights", weights, "--device", "cpu", *words
        )

    return command


def test_an_untouched_model_equals_its_stored_predictions(evaluate, weights):
    done = evaluate(weights)
    assert done.code == 0
    assert done.out.startswith("tiny: 8 test pictures recomputed; they equal the stored")
    assert len(done.out.splitlines()) == 1


def test_json_carries_the_verdict_and_the_figures(evaluate, weights):
    record = json.loads(evaluate(weights, "--json").out)
    assert set(record) >= KEYS
    assert record["equal"] is True
    assert record["n_test"] == 8
    assert record["largest_difference"] < 1e-3


def test_predictions_on_validation_pictures_are_written_as_training_wrote_them(
    evaluate, own_weights, trained
):
    path = own_weights / "tiny" / "validation_predictions.csv"
    classes = read_card(trained.folder).class_set
    as_trained = read_predictions(path, classes)
    path.unlink()
    assert evaluate(own_weights, "--write-validation").code == 0
    written = read_predictions(path, classes)
    assert written.image_ids == as_trained.image_ids
    assert np.allclose(written.probabilities, as_trained.probabilities, atol=1e-5)


def test_whether_bfloat16_gives_the_same_answers_is_measured_and_recorded(evaluate, own_weights):
    folder = own_weights / "tiny"
    card = read_card(folder)
    write_card(card.model_copy(update={"reduced_precision": False}), folder)
    record = json.loads(evaluate(own_weights, "--json").out)
    assert read_card(folder).reduced_precision is False
    assert 0 <= record["reduced_precision_mean_shift"] < 0.1
    evaluate(own_weights, "--write-card")
    holds = record["reduced_precision_changed"] == 0 and (
        record["reduced_precision_mean_shift"] <= 0.02
    )
    assert record["reduced_precision_holds"] is holds
    assert 0 <= record["reduced_precision_computed_again"] <= 1
    pays = holds and record["reduced_precision_computed_again"] <= 0.5
    assert read_card(folder).reduced_precision is pays


def test_without_being_asked_nothing_is_written(evaluate, own_weights):
    path = own_weights / "tiny" / "validation_predictions.csv"
    path.unlink()
    assert evaluate(own_weights).code == 0
    assert not path.exists()


def test_one_altered_probability_is_found(evaluate, own_weights):
    def alter(row):
        row["probability_Blast"] = f"{float(row['probability_Blast']) + 0.002:.9g}"
        row["probability_Healthy"] = f"{float(row['probability_Healthy']) - 0.002:.9g}"

    change_predictions(own_weights / "tiny", alter, first=1)
    done = evaluate(own_weights)
    assert done.code == 1
    assert "DIFFER FROM the stored predictions" in done.out
    record = json.loads(evaluate(own_weights, "--json").out)
    assert record["equal"] is False
    assert record["largest_difference"] == pytest.approx(0.002, abs=1e-5)


def test_another_test_picture_is_refused(evaluate, own_weights):
    change_predictions(own_weights / "tiny", lambda row: row.update(image_id="Im999_0"), first=1)
    done = evaluate(own_weights)
    assert (done.code, done.out) == (2, "")
    assert "of other pictures than its split names" in done.err


def test_another_copy_of_the_data_set_is_refused(evaluate, weights, trained, tmp_path):
    data = shutil.copytree(trained.data, tmp_path / "data")
    (data / "img" / "Im005_1.tif").unlink()
    done = evaluate(weights, data=data)
    assert (done.code, done.out) == (2, "")
    assert "their split has another hash" in done.err


def test_a_missing_data_set_is_refused(evaluate, weights, tmp_path):
    done = evaluate(weights, data=tmp_path / "absent")
    assert (done.code, done.out) == (2, "")
    assert "No folder" in done.err


def test_a_model_without_predictions_is_refused(evaluate, own_weights):
    (own_weights / "tiny" / "test_predictions.csv").unlink()
    done = evaluate(own_weights)
    assert (done.code, done.out) == (2, "")
    assert "test_predictions.csv is missing" in done.err


def test_an_unknown_model_is_refused_by_the_installed_names(evaluate, weights):
    done = evaluate(weights, model="absent")
    assert (done.code, done.out) == (2, "")
    assert "installed are: fields, results, tiny" in done.err
