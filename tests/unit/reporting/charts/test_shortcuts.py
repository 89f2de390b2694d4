import pytest

from leuko.models.facts import AuditFacts
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.charts.shortcuts import baselines, baselines_figure, baselines_sentence
from leuko.statistics.estimate import Estimate

STYLE = ModelStyle("#4477AA")
AUDIT = AuditFacts(
    copies=0,
    near_copies=0,
    near_copies_crossing=0,
    groups_crossing=0,
    examined=100,
    chance=0.25,
    shortcuts={"picture size": 0.25, "background colour": 0.8446, "scale-bar corner": 0.798},
)


def beside(value, low=None, high=None, audit=AUDIT, **more):
    return baselines(Estimate(value, low, high, method="Wilson", **more), audit, 2)


def test_shortcuts_stand_in_order_the_best_first():
    assert [name for name, _ in beside(0.9, 0.8, 0.95).shortcuts] == [
        "background colour",
        "scale-bar corner",
        "picture size",
    ]


@pytest.mark.parametrize(
    ("interval", "said"),
    [
        ((0.95, 0.90, 0.98), "its interval lies above the best shortcut."),
        ((0.88, 0.80, 0.93), "its interval does not lie above the best shortcut."),
        ((0.60, 0.50, 0.70), "its interval lies below the best shortcut."),
    ],
)
def test_the_sentence_says_where_the_interval_lies(interval, said):
    sentence = baselines_sentence(beside(*interval))
    assert sentence.startswith("Background colour alone reaches 0.84 (chance 0.25), the model")
    assert said in sentence


def test_an_interval_that_ends_at_the_shortcut_does_not_lie_above_it():
    assert "does not lie above" in baselines_sentence(beside(0.9, 0.8446, 0.95))


def test_a_model_that_is_not_measurable_or_has_no_interval_is_said_to_be_so():
    assert "not measurable (0 cases of HEM)" in baselines_sentence(
        beside(None, reason="0 cases of HEM")
    )
    assert "cannot be compared" in baselines_sentence(beside(0.9, reason="1 group"))


def test_a_data_set_without_measurable_shortcuts_says_so():
    bare = AUDIT.model_copy(update={"shortcuts": {}})
    assert "measured no shortcut" in baselines_sentence(beside(0.9, 0.8, 0.95, audit=bare))


def test_every_shortcut_and_chance_are_labelled_lines_at_their_value():
    figure = baselines_figure(beside(0.95, 0.90, 0.98), STYLE)
    lines = [trace.x[0] for trace in figure.data if trace.mode == "lines+markers"]
    assert lines == [0.8446, 0.798, 0.25, 0.25]
    assert list(figure.layout.yaxis.ticktext) == [
        "this model<br>0.95 (0.90–0.98)",
        "background colour alone 0.84",
        "scale-bar corner alone 0.80",
        "picture size alone 0.25",
        "chance 0.25",
    ]


def test_every_line_crosses_the_row_of_the_model():
    figure = baselines_figure(beside(0.95, 0.90, 0.98), STYLE)
    lines = [trace.y for trace in figure.data if trace.mode == "lines+markers"]
    assert all(top < 0 < row for top, row in lines)


def test_the_dot_carries_its_interval_where_there_is_one():
    (dot,) = [t for t in baselines_figure(beside(0.95, 0.9, 0.98), STYLE).data if t.name]
    assert dot.x[0] == 0.95
    assert (dot.error_x.array[0], dot.error_x.arrayminus[0]) == pytest.approx((0.03, 0.05))
    (bare,) = [t for t in baselines_figure(beside(0.9, reason="1 group"), STYLE).data if t.name]
    assert bare.error_x.array is None


def test_a_model_that_is_not_measurable_has_no_dot():
    figure = baselines_figure(beside(None, reason="0 cases"), STYLE)
    assert all(trace.mode == "lines+markers" for trace in figure.data)
