import itertools
import json

import numpy as np
import pytest
from scipy.optimize import minimize

from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.charts.split_slopes import Slope, axis_range, slope_figure, spread
from leuko.statistics.estimate import Estimate

PAPER, GROUPED = ModelStyle("#4477AA"), ModelStyle("#EE6677")


def slope(name="net", panel="data", paper=0.95, grouped=0.85, **others):
    ends = [Estimate(value, value - 0.04, value + 0.03, "Wilson") for value in (paper, grouped)]
    return Slope(name, panel, *ends, PAPER, GROUPED, **others)


def labels(figure):
    return [trace for trace in figure.data if trace.mode == "text"]


def test_labels_with_room_stay_where_they_belong():
    assert spread([0.9, 0.2, 0.5], 0.1, 0, 1) == pytest.approx([0.9, 0.2, 0.5])


def test_labels_never_lie_on_top_of_each_other_and_keep_their_order():
    wanted = np.random.default_rng(0).uniform(0.8, 1, 18)
    placed = spread(wanted.tolist(), 0.05, 0, 1)
    assert min(b - a for a, b in itertools.pairwise(sorted(placed))) >= 0.05 - 1e-12
    assert np.argsort(placed).tolist() == np.argsort(wanted).tolist()
    assert min(placed) >= 0
    assert max(placed) <= 1 + 1e-12


def test_labels_move_as_little_as_can_be():
    wanted = [0.5, 0.52, 0.53, 0.7, 0.72]
    best = minimize(
        lambda places: ((places - wanted) ** 2).sum(),
        np.linspace(0.3, 0.9, 5),
        constraints=[
            {"type": "ineq", "fun": lambda p, i=i: p[i + 1] - p[i] - 0.06} for i in range(4)
        ],
    )
    np.testing.assert_allclose(spread(wanted, 0.06, 0, 1), best.x, atol=1e-4)


def test_every_line_runs_from_random_to_grouped_with_both_intervals():
    figure = slope_figure([slope()], "Accuracy")
    line = next(trace for trace in figure.data if trace.mode == "lines")
    assert list(line.y) == [0.95, 0.85]
    left, right = [trace for trace in figure.data if trace.mode == "markers"]
    assert left.y[0] - left.error_y.arrayminus[0] == pytest.approx(0.91)
    assert right.y[0] + right.error_y.array[0] == pytest.approx(0.88)
    assert [end.marker.color for end in (left, right)] == [PAPER.colour, GROUPED.colour]
    assert list(figure.layout.xaxis.ticktext) == ["random split", "grouped split"]


def test_a_line_is_named_at_its_end_with_its_change_and_explained_on_hover():
    (label,) = labels(slope_figure([slope("B3 · plain CNN")], "Accuracy"))
    assert label.text[0] == "B3 · plain CNN −0.10"
    assert "change: −0.10 (−0.15 to −0.05)" in label.hovertext[0]


def test_a_picked_line_is_thick_and_its_name_bold():
    figure = slope_figure([slope("a"), slope("b", strong=True)], "Accuracy")
    assert [label.text[0].startswith("<b>") for label in labels(figure)] == [False, True]
    lines = [trace for trace in figure.data if trace.mode == "lines" and len(trace.x) == 2]
    assert lines[2].line.width > lines[0].line.width


def test_each_data_set_has_its_own_panel_on_one_scale():
    figure = slope_figure([slope(panel="one"), slope(panel="two", grouped=0.3)], "Accuracy")
    assert [note.text for note in figure.layout.annotations] == ["one", "two"]
    assert figure.layout.yaxis.range == figure.layout.yaxis2.range


def test_eighteen_networks_of_one_data_set_have_eighteen_places_for_their_names():
    slopes = [slope(f"n{i}", grouped=0.9 + i / 1000) for i in range(18)]
    figure = slope_figure(slopes, "Accuracy")
    heights = sorted(label.y[0] for label in labels(figure))
    low, high = figure.layout.yaxis.range
    pixel = (high - low) / figure.layout.height
    assert min(b - a for a, b in itertools.pairwise(heights)) > 12 * pixel


def test_the_axis_holds_all_intervals_in_whole_tenths():
    low, high = axis_range([slope(grouped=0.66)])
    assert low == pytest.approx(0.6)
    assert high > 1


def test_a_name_is_a_text_and_no_markup():
    (label,) = labels(slope_figure([slope("<i>x</i>")], "Accuracy"))
    assert "&lt;i&gt;" in label.text[0]


def test_the_figure_paints_no_background():
    layout = json.loads(slope_figure([slope()], "Accuracy").to_json())["layout"]
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"


def test_nothing_to_draw_is_refused():
    with pytest.raises(ValueError, match="both split policies"):
        slope_figure([], "Accuracy")
