import json

import pytest

from leuko.models.card import read_card, write_card
from leuko.models.explain_report_file import read_explain_report
from leuko.reporting.text.heatmaps import verdicts
from tests.unit.cli.stored_predictions import change_predictions


@pytest.fixture
def explain(leuko, trained):
    def command(weights, *words, model="tiny", data=trained.data):
        return leuko(
            "explain-report", model, "--data", data, "--weights", weights, "--device", "cpu", *words
        )

    return command


def test_a_report_is_measured_stored_and_told_in_sentences(explain, own_weights):
    folder = own_weights / "tiny"
    done = explain(own_weights)
    assert done.code == 0
    assert "measured on 8 of 8 test pictures." in done.err
    report = read_explain_report(read_card(folder), folder)
    assert (report.images, report.test_images) == (8, 8)
    assert report.removal is not None
    assert len(report.removal.shares) == 21
    assert (folder / "explain_report.json").stat().st_size < 30_000
    assert done.out.splitlines() == [finding.text for finding in verdicts(report)]
    assert len(verdicts(report)) == 4


def test_json_is_the_record_itself(explain, own_weights):
    done = explain(own_weights, "--json", "--images", "6")
    record = json.loads(done.out)
    assert record == json.loads((own_weights / "tiny" / "explain_report.json").read_text())
    assert record["images"] == 6
    assert record["test_images"] == 8


def test_pictures_that_do_not_give_the_stored_predictions_are_refused(explain, own_weights):
    def alter(row):
        row["probability_Blast"], row["probability_Healthy"] = "0.999", "0.001"

    change_predictions(own_weights / "tiny", alter)
    done = explain(own_weights)
    assert (done.code, done.out) == (2, "")
    assert "does not give its stored predictions on these pictures" in done.err
    assert not (own_weights / "tiny" / "explain_report.json").exists()


def test_pictures_that_the_data_set_lacks_are_named(explain, own_weights):
    change_predictions(
        own_weights / "tiny", lambda row: row.update(image_id=f"Im9{row['image_id'][2:]}")
    )
    done = explain(own_weights)
    assert (done.code, done.out) == (2, "")
    assert "8 of the 8 test pictures of 'tiny' chosen are not in" in done.err


def test_a_model_without_weights_or_an_unknown_one_is_refused(explain, own_weights):
    done = explain(own_weights, model="results")
    assert (done.code, done.out) == (2, "")
    assert "holds results only" in done.err
    assert "installed are: fields, results, tiny" in explain(own_weights, model="absent").err


def test_the_decision_threshold_of_the_card_says_which_class_is_asked_about(explain, own_weights):
    folder = own_weights / "tiny"
    card = read_card(folder)
    write_card(card.model_copy(update={"decision_threshold": 0.0}), folder)
    stability = json.loads(explain(own_weights, "--json").out)["stability"]
    assert stability["shifts"]["changed"] == stability["flips"]["changed"] == 0
