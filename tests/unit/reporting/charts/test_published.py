import pytest

from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.published.reproduction import Comparison, Measured, printed_range
from leuko.evaluation.published.studies import published_rows
from leuko.evaluation.summary import summarise
from leuko.models.card import read_card
from leuko.reporting.charts.published import reproduction_figure
from tests.made_models import make_model_folder


def test_what_a_study_prints_is_read_as_a_fraction_or_a_range():
    assert printed_range("94.24") == pytest.approx((0.9424, 0.9424))
    assert printed_range("69–72") == pytest.approx((0.69, 0.72))
    assert printed_range(None) is None


@pytest.mark.parametrize("row", published_rows(), ids=lambda row: row.row)
def test_every_printed_figure_can_be_read(row):
    names = ("accuracy", "sensitivity", "specificity", "auroc")
    printed = [text for name in names if (text := getattr(row, name)) is not None]
    assert bool(printed) == (row.row != "E1")  # which prints a bar chart only
    for text in printed:
        low, high = printed_range(text)
        assert 0 < low <= high <= 1


def test_a_point_stands_on_its_row_with_its_interval(tmp_path):
    folder = make_model_folder(tmp_path, "one", study_row="A1")
    card = read_card(folder)
    summary = summarise(read_predictions(folder / "test_predictions.csv", card.class_set))
    compared = [
        Comparison(published_rows()[0], None, None),
        Comparison(published_rows()[1], None, Measured(card, summary)),
    ]
    _, random, grouped = reproduction_figure(compared, "accuracy", "Accuracy").data
    assert len(random.x) == 0
    estimate = summary.overall.accuracy
    assert grouped.x[0] == estimate.value
    assert round(grouped.y[0]) == 1
    assert grouped.error_x.array[0] == pytest.approx(estimate.high - estimate.value)
    assert grouped.error_x.arrayminus[0] == pytest.approx(estimate.value - estimate.low)
