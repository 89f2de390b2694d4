"""Charts of precision against recall, bands, reliability, scores and groups."""

import pytest

from leuko.evaluation.by_group import results_by_group
from leuko.evaluation.curves.bands import precision_recall_band, roc_band
from leuko.evaluation.curves.precision_recall import precision_recall_curve
from leuko.evaluation.curves.reliability import reliability, score_histogram
from leuko.evaluation.curves.roc import roc_curve
from leuko.reporting.charts.curves import precision_recall_figure, roc_figure
from leuko.reporting.charts.groups import groups_figure
from leuko.reporting.charts.palette import ModelStyle, class_colours
from leuko.reporting.charts.probabilities import reliability_figure, score_figure
from tests.unit.evaluation.made_predictions import FOUR, TWO, binary, random_predictions

STYLE = ModelStyle("#4477AA")


def trace(figure, name):
    (found,) = [one for one in figure.data if one.name and one.name.startswith(name)]
    return found


def test_a_band_lies_below_the_curve_and_wears_its_colour():
    p = random_predictions(TWO, 100)
    for figure in (
        roc_figure(roc_curve(p, 0.5), STYLE, roc_band(p, resamples=30)),
        precision_recall_figure(
            precision_recall_curve(p, 0.5), STYLE, precision_recall_band(p, resamples=30)
        ),
    ):
        band = trace(figure, "95 % band")
        assert band.fillcolor == "rgba(68,119,170,0.22)"
        assert band.zorder < 0
        assert trace(figure, "this model").line.color == STYLE.colour


def test_without_a_band_none_is_drawn():
    p = random_predictions(TWO, 100)
    figure = precision_recall_figure(precision_recall_curve(p, 0.5), STYLE)
    assert [one.name for one in figure.data] == [
        "chance: share of malignant images",
        "this model",
        "decision threshold 0.50",
    ]


def test_precision_against_recall_is_drawn_by_steps_with_its_operating_point():
    curve = precision_recall_curve(random_predictions(FOUR, 100), 0.5)
    figure = precision_recall_figure(curve, STYLE)
    assert trace(figure, "this model").line.shape == "vh"
    point = trace(figure, "decision threshold")
    assert (point.x[0], point.y[0]) == curve.operating_point
    assert figure.layout.xaxis.range == figure.layout.yaxis.range == (0, 1)


def test_a_model_without_malignant_suggestions_has_a_curve_but_no_point():
    figure = precision_recall_figure(precision_recall_curve(binary("AH", [0.1, 0.2]), 0.5), STYLE)
    assert len(figure.data) == 2


def test_the_reliability_diagram_skips_empty_bins_and_counts_the_others():
    made = reliability(binary("AAHH", [0.95, 0.96, 0.91, 0.05]))
    figure = reliability_figure(made, STYLE)
    points = trace(figure, "this model")
    assert list(points.y) == pytest.approx([0, 2 / 3])
    assert list(points.error_y.array)[1] == pytest.approx(made.bins[9].share.high - 2 / 3)
    assert list(figure.data[2].y) == [1, 0, 0, 0, 0, 0, 0, 0, 0, 3]


def test_scores_wear_the_colours_of_their_classes_and_say_their_counts():
    p = random_predictions(FOUR, 200)
    figure = score_figure(score_histogram(p), 0.4)
    bars = [one for one in figure.data if one.type == "bar"]
    colours = class_colours(FOUR)
    assert [one.marker.color for one in bars] == [
        colours[name] for name in ("Early", "Pre", "Pro", "Benign")
    ]
    assert sum(sum(one.y) for one in bars) == 200
    assert all(shape.x0 == 0.4 for shape in figure.layout.shapes)


def test_each_group_has_a_bar_as_high_as_its_images_with_the_wrong_ones_at_the_base():
    p = binary("AAHH", [0.9, 0.1, 0.1, 0.2], ["x", "x", "y", "y"])
    figure = groups_figure(results_by_group(p, 0.5), STYLE)
    wrong, right = figure.data
    assert list(wrong.x) == ["x", "y"]
    assert list(wrong.y) == [1, 0]
    assert list(right.y) == [1, 2]
    assert list(wrong.customdata[0]) == [
        "1 of 2 right",
        "1 of 2 malignant right",
        "no benign image",
    ]


def test_names_of_many_groups_are_left_to_the_pointer():
    p = random_predictions(TWO, 300, 90)
    figure = groups_figure(results_by_group(p, 0.5), STYLE)
    assert figure.layout.xaxis.showticklabels is False
