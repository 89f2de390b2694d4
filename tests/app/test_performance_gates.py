"""The section on gates in the tab of one model, driven through AppTest."""

import json

from tests.app.driving import words
from tests.made_gates import crop_ranges, raw_gates
from tests.made_models import make_model_folder

TITLE = "**When it does not answer**"
COMMAND = "python -m leuko calibrate made --data FOLDER"
CLASSES = {"classes": ("HEM", "ALL"), "malignant": ("ALL",)}


def tables(app):
    return "\n".join(part.value.to_csv(index=False) for part in app.dataframe)


def put_gates(weights, **changes):
    make_model_folder(weights, "made", weights=True, **CLASSES, gates=raw_gates(**changes))


def test_what_was_stated_and_measured_stands_there_with_the_command(tab, weights):
    put_gates(weights, quality=crop_ranges().model_dump())
    app = tab()
    text, figures = words(app), tables(app)
    assert TITLE in text
    assert "All gates together defer 20 of 100 (20 %) of test pictures" in text
    assert "of these right" in figures
    assert "90 % (in force),91 % (85–95 %),91 of 100,0.400,82,98 %,11,7" in figures
    assert "BCCD,200,10 of 200 (5 %),0.990" in figures
    assert "93 of 100 (93 %)" in figures
    assert "Brightness (0 to 1)" in figures
    assert '"Wrong among the answered, at most"' in figures
    assert "on 500 training and 120 validation pictures of Made data" in text
    assert "Fitted on 2026-11-21." in text
    assert COMMAND in text
    charts = " ".join(chart.proto.id for chart in app.get("plotly_chart"))
    assert "performance_risk_made" in charts
    assert "performance_coverage_made" in charts
    offered = {part.key for part in app.get("download_button")}
    assert "performance_download_made_Coverage by class and group_csv" in offered
    assert "performance_download_made_Errors by share deferred_html" in offered


def test_the_command_repeats_own_pictures_and_another_coverage(tab, weights):
    fitted_on = raw_gates()["fitted_on"] | {"own": True}
    put_gates(weights, fitted_on=fitted_on, coverage=0.8)
    assert f"{COMMAND} --own --coverage 0.8" in words(tab())


def test_gates_without_novelty_and_quality_say_so(tab, weights):
    put_gates(weights, strangeness=None)
    text = words(tab())
    assert "Novelty was not fitted" in text
    assert "Quality: no ranges were fitted." in text


def test_gates_without_test_predictions_have_no_curve_and_say_so(tab, weights):
    folder = weights / "made"
    put_gates(weights)
    (folder / "test_predictions.csv").unlink()
    text = words(tab())
    assert TITLE in text
    assert "There are no test predictions to draw it from." in text


def test_where_a_card_has_no_gates_one_sentence_names_the_command(tab, weights):
    make_model_folder(weights, "made", weights=True)
    text = words(tab())
    assert "This model has no gates" in text
    assert COMMAND in text


def test_a_folder_of_results_alone_asks_nobody_to_calibrate(tab, weights):
    make_model_folder(weights, "made")
    text = words(tab())
    assert "there is no model that could answer" in text
    assert COMMAND not in text


def test_the_coverage_of_parts_is_as_in_the_card(tab, weights):
    put_gates(weights)
    from leuko.models.card import read_card
    from leuko.reporting.tables.gates import coverage_rows

    card = read_card(weights / "made")
    rows = coverage_rows(card.gates.level)
    assert [row["Images"] for row in rows] == [
        "91 of 100", "45 of 50", "46 of 50", "32 of 40", "59 of 60",
    ]  # fmt: skip
    assert rows[0]["Measured coverage"] == "91 % (85–95 %)"
    assert json.loads((weights / "made" / "card.json").read_text())["gates"]["coverage"] == 0.9
