"""What is said and drawn of test sets above what fits a chart or an exact bootstrap."""

from dataclasses import replace

from leuko.evaluation.by_group import DRAWN_GROUPS, GroupResult
from leuko.evaluation.summary import summarise
from leuko.reporting.charts.groups import groups_figure
from leuko.reporting.charts.palette import ModelStyle
from leuko.reporting.text.card import group_facts, interval_facts
from leuko.statistics.large_samples import EXACT_IMAGES
from tests.unit.evaluation.made_predictions import TWO, random_predictions

STYLE = ModelStyle("#4477AA")


def many(number):
    return [GroupResult(f"g{place}", 2, 1, 1, 1, 1, 1, 0) for place in range(number)]


def test_blocks_are_said_of_a_large_test_set_and_of_no_other():
    small = summarise(random_predictions(TWO, 60), resamples=50)
    assert not any("random blocks" in fact for fact in interval_facts(small))
    large = replace(small, n=EXACT_IMAGES + 1)
    assert any("1,000 random blocks" in fact for fact in interval_facts(large))


def test_only_the_worst_groups_are_drawn_and_the_words_say_so():
    groups = many(DRAWN_GROUPS + 1)
    figure = groups_figure(groups, STYLE)
    assert [len(bar.x) for bar in figure.data] == [DRAWN_GROUPS] * 2
    assert figure.layout.xaxis.title.text == f"The first {DRAWN_GROUPS} groups"
    assert f"Shown are the worst {DRAWN_GROUPS} of them." in group_facts(groups, "patient")


def test_all_of_a_few_groups_are_drawn():
    groups = many(DRAWN_GROUPS)
    assert len(groups_figure(groups, STYLE).data[0].x) == DRAWN_GROUPS
    assert not any("Shown are" in fact for fact in group_facts(groups, "patient"))
