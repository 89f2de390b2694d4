import json

import pandas as pd
import pytest

from leuko.evaluation.curves.roc import roc_curve
from leuko.evaluation.summary import summarise
from leuko.reporting.charts.bars import Bars, bars_figure
from leuko.reporting.charts.confusion import confusion_figure
from leuko.reporting.charts.curves import roc_figure
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.charts.training import training_figure
from tests.unit.evaluation.made_predictions import FOUR, binary, random_predictions

STYLE = ModelStyle("#4477AA")
HISTORY = pd.DataFrame(
    {
        "epoch": [1, 2],
        "train_loss": [0.9, 0.5],
        "validation_loss": [1.0, 0.7],
        "train_accuracy": [0.6, 0.8],
        "validation_accuracy": [0.5, 0.7],
    }
)


def test_the_roc_has_square_axes_from_zero_to_one_and_its_operating_point():
    curve = roc_curve(random_predictions(FOUR, 100), 0.5)
    figure = roc_figure(curve, STYLE)
    assert figure.layout.xaxis.range == figure.layout.yaxis.range == (0, 1)
    assert figure.layout.yaxis.scaleanchor == "x"
    assert (figure.data[2].x[0], figure.data[2].y[0]) == curve.operating_point


@pytest.mark.parametrize(
    ("missing", "lines"),
    [
        ((), 4),
        (("train_accuracy", "validation_accuracy"), 2),
        (("validation_loss", "train_accuracy"), 2),
    ],
)
def test_training_curves_draw_what_the_history_has(missing, lines):
    figure = training_figure(HISTORY.drop(columns=list(missing)), 2, STYLE)
    assert len(figure.data) == lines


def test_a_history_without_any_curve_draws_nothing():
    assert training_figure(HISTORY[["epoch"]], None, STYLE) is None


def test_bars_reach_from_zero_to_one_and_carry_their_interval():
    metrics = summarise(random_predictions(FOUR, 100)).binary
    figure = bars_figure([Bars("one", metrics, STYLE), Bars("two", metrics, STYLE)])
    assert figure.layout.yaxis.range == (0, 1)
    bar = figure.data[0]
    assert list(bar.y) == [
        metrics.accuracy.value,
        metrics.sensitivity.value,
        metrics.specificity.value,
        metrics.precision.value,
    ]
    assert bar.y[0] + bar.error_y.array[0] == pytest.approx(metrics.accuracy.high)
    assert bar.y[0] - bar.error_y.arrayminus[0] == pytest.approx(metrics.accuracy.low)


def test_what_is_not_measurable_has_no_bar():
    figure = bars_figure([Bars("one", summarise(binary("AA", [0.9, 0.1])).binary, STYLE)])
    assert figure.data[0].y[2] is None


def test_no_figure_paints_a_background():
    p = random_predictions(FOUR, 100)
    made = summarise(p)
    figures = [
        confusion_figure(made),
        roc_figure(roc_curve(p, 0.5), STYLE),
        training_figure(HISTORY, 1, STYLE),
        bars_figure([Bars("one", made.binary, STYLE)]),
    ]
    for figure in figures:
        layout = json.loads(figure.to_json())["layout"]
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
