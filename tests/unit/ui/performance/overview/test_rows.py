import json

import pytest

from leuko.inference.timing import Speed
from leuko.models.store import list_models
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.ui.performance.overview.columns import COLUMNS, EVERYTHING, LOWER_IS_BETTER, VIEWS
from leuko.ui.performance.overview.filters import Filter
from leuko.ui.performance.overview.rows import (
    figure_cell,
    overview_frame,
    overview_rows,
    speed_cell,
)
from leuko.ui.performance.overview.table import table_data
from leuko.ui.state.results import load_results
from tests.made_models import make_model_folder


@pytest.fixture
def results(tmp_path):
    def loaded():
        return load_results(list_models(tmp_path))

    loaded.root = tmp_path
    return loaded


def change_card(folder, **changes):
    card = json.loads((folder / "card.json").read_text())
    for path, value in changes.items():
        *way, last = path.split("__")
        at = card
        for step in way:
            at = at[step]
        at[last] = value
    (folder / "card.json").write_text(json.dumps(card))


def test_a_figure_is_short_and_its_interval_method_and_counts_stand_behind_it():
    cell = figure_cell(Estimate(0.95, 0.83, 0.99, "Wilson", units=40, hits=38, trials=40), 2)
    assert (cell.text, cell.value, cell.low, cell.high) == ("0.95", 0.95, 0.83, 0.99)
    assert cell.lines == ("0.95 (0.83–0.99)", "95 % interval: Wilson", "38 of 40 images")


def test_a_test_set_of_few_groups_gives_few_digits_and_a_warning():
    few = Estimate(0.947, 0.8, 1.0, units=5, interval=IntervalMethod.BOOTSTRAP)
    cell = figure_cell(few, 1)
    assert cell.text == "0.9"
    assert cell.lines[-1] == "Only 5 groups stand behind it: the true uncertainty is larger."


def test_what_is_not_measurable_says_why_and_has_no_value():
    cell = figure_cell(Estimate(None, reason="0 cases"), 2)
    assert (cell.text, cell.value) == ("not measurable", None)
    assert cell.lines == ("not measurable (0 cases)",)


def test_every_row_has_a_cell_in_every_column(results):
    make_model_folder(results.root, "full", study_row="A1", weights=True)
    make_model_folder(results.root, "bare", predictions=False)
    for row in overview_rows(results()):
        assert set(row.cells) == {column.id for column in COLUMNS}


def test_a_model_without_results_says_why_and_cannot_be_picked(results):
    make_model_folder(results.root, "bare", predictions=False)
    (row,) = overview_rows(results())
    assert not row.measured
    assert row.cells["auroc"].text == "no results"
    assert "Evaluate it on its test images" in row.cells["auroc"].lines[0]


def test_the_published_accuracy_stands_beside_ours_with_the_difference_in_points(results):
    make_model_folder(results.root, "a1", study_row="A1", groups=None)
    (one,) = results()
    (row,) = overview_rows([one])
    points = 100 * one.summary.overall.accuracy.value - 80.76
    assert row.cells["published_accuracy"].text == "80.76"
    assert row.cells["published_difference"].value == pytest.approx(points)
    assert row.cells["published_difference"].text == f"+{points:.0f}"


def test_a_grouped_split_is_named_beside_the_difference(results):
    make_model_folder(results.root, "a1", study_row="A1")
    (row,) = overview_rows(results())
    assert "grouped split" in row.cells["published_difference"].lines[-1]


@pytest.mark.parametrize("study_row", [None, "E1", "Z9"])
def test_where_no_study_prints_an_accuracy_there_is_a_dash(results, study_row):
    make_model_folder(results.root, "one", study_row=study_row)
    (row,) = overview_rows(results())
    for name in ("published_accuracy", "published_difference"):
        assert (row.cells[name].text, row.cells[name].value) == ("–", None)


def test_size_and_parameters_are_told_in_millions(results):
    folder = make_model_folder(results.root, "one", weights=True)
    change_card(folder, weights__bytes=9_080_632)
    (row,) = overview_rows(results())
    assert row.cells["file_megabytes"].text == "9.1"
    assert row.cells["parameters_million"].text == "2.2"
    assert row.cells["parameters_million"].lines == ("2,228,996",)


def test_a_measured_time_names_its_machine_and_its_range():
    cell = speed_cell(Speed(41.2, 39.0, 52.0, 9, "CPU, 2 threads"), can_run=True)
    assert (cell.text, cell.value) == ("41", 41.2)
    assert "39 to 52 ms" in cell.lines[0]
    assert cell.lines[1] == "On CPU, 2 threads"


@pytest.mark.parametrize(
    ("found", "can_run", "text", "said"),
    [
        (None, True, "–", "press the button"),
        (None, False, "–", "No weights"),
        ("The weights were altered.", True, "failed", "altered"),
    ],
)
def test_a_time_that_is_missing_says_why(found, can_run, text, said):
    cell = speed_cell(found, can_run=can_run)
    assert (cell.text, cell.value) == (text, None)
    assert said in cell.lines[0]


def test_downloads_hold_value_limits_and_method_in_columns_of_their_own(results):
    make_model_folder(results.root, "one")
    (one,) = results()
    record = overview_frame(overview_rows([one])).iloc[0]
    for name in ("auroc", "average_precision", "brier", "ece"):
        estimate = getattr(one.summary.binary, name)
        assert record[name] == estimate.value
        assert record[f"{name}_low"] == estimate.low
        assert record[f"{name}_high"] == estimate.high
        assert record[f"{name}_note"] == estimate.method


def test_lower_is_better_is_said_of_brier_ece_and_time_and_sorts_upwards():
    said = {column.id for column in COLUMNS if LOWER_IS_BETTER in column.hint}
    assert said == {"brier", "ece", "milliseconds_an_image"}
    assert all(column.rising for column in COLUMNS if column.id in said)


def test_every_column_stands_in_a_narrow_view():
    assert VIEWS[-1] == EVERYTHING
    assert all(set(column.views) & set(VIEWS[:-1]) for column in COLUMNS)


def test_the_table_gets_plain_values_that_json_can_carry(results):
    make_model_folder(results.root, "one")
    data = table_data(overview_rows(results()), ["one", "hidden by the filter"])
    assert json.loads(json.dumps(data, allow_nan=False)) == data
    assert data["picked"] == ["one", "hidden by the filter"]


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        (Filter(), {"a", "b"}),
        (Filter(text="made NETWORK"), {"a", "b"}),
        (Filter(text="e1"), {"b"}),
        (Filter(text="imagenet e1"), {"b"}),
        (Filter(data="Other data"), {"b"}),
        (Filter(kind="single-cell crops"), {"b"}),
        (Filter(split="paper"), {"b"}),
        (Filter(with_weights=True), {"a"}),
        (Filter(split="paper", with_weights=True), set()),
    ],
)
def test_all_filters_must_fit(results, chosen, kept):
    make_model_folder(results.root, "a", weights=True, title="Made network")
    folder = make_model_folder(results.root, "b", study_row="E1", title="Made network")
    change_card(folder, split__policy="paper", input__kind="crop", dataset__title="Other data")
    assert {each.model.id for each in results() if chosen.keeps(each)} == kept
