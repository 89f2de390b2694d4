import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.published.reproduction import Measured
from leuko.evaluation.published.split_policies import (
    change_between,
    cost_sentence,
    pair_policies,
    signed,
)
from leuko.evaluation.summary import summarise
from leuko.models.store import list_models
from leuko.statistics.estimate import Estimate
from leuko.statistics.intervals import wilson_interval
from tests.made_models import make_model_folder


def proportion(hits, trials):
    return Estimate(hits / trials, *wilson_interval(hits, trials), method="Wilson")


def split_of(policy):
    return {
        "policy": policy, "group_meaning": "subject", "seed": 0, "sha256": "0" * 64, "train": 1,
        "validation": 1, "test": 1, "test_groups": 1, "left_out": 0, "copies": 0,
    }  # fmt: skip


@pytest.fixture
def make(tmp_path):
    def made(model_id, policy, **changes):
        make_model_folder(tmp_path, model_id, split=split_of(policy), **changes)

    made.root = tmp_path
    return made


def measured(root):
    return [
        Measured(
            model.card,
            summarise(read_predictions(model.predictions_path, model.card.class_set), 0.5),
        )
        for model in list_models(root).models
    ]


def ids(pairs):
    return [(pair.paper.card.id, pair.grouped.card.id) for pair in pairs]


def test_the_interval_of_a_change_is_newcombes_worked_example():
    """Newcombe (1998), table II, (a): 56 of 70 against 48 of 80, method 10."""
    change = change_between(proportion(56, 70), proportion(48, 80))
    assert (round(change.low, 4), round(change.high, 4)) == (0.0524, 0.3339)


@pytest.mark.parametrize("counts", [(10, 10, 0, 20), (9, 10, 3, 10), (84, 98, 81, 98)])
def test_the_interval_of_a_change_is_that_of_statsmodels(counts):
    a, m, b, n = counts
    change = change_between(proportion(a, m), proportion(b, n))
    low, high = confint_proportions_2indep(a, m, b, n, compare="diff", method="newcomb")
    assert (change.low, change.high) == pytest.approx((low, high))


def test_without_an_interval_at_one_end_a_change_has_none():
    assert change_between(Estimate(0.9), proportion(3, 4)) is None
    assert change_between(proportion(3, 4), Estimate(None, reason="0 cases")) is None


def test_models_whose_ids_differ_in_the_policy_alone_belong_together(make):
    make("net-grouped", "grouped")
    make("net", "paper")
    make("own", "grouped")
    make("own-paper", "paper")
    make("alone", "paper")
    assert ids(pair_policies(measured(make.root))) == [
        ("net", "net-grouped"),
        ("own-paper", "own"),
    ]


def test_models_of_one_study_row_belong_together_whatever_their_ids(make):
    make("first", "paper", study_row="E1")
    make("second", "grouped", study_row="E1")
    make("third", "grouped", study_row="E2")
    assert ids(pair_policies(measured(make.root))) == [("first", "second")]


def test_two_models_of_one_policy_are_no_pair(make):
    make("net", "grouped")
    make("net-grouped", "grouped")
    assert pair_policies(measured(make.root)) == []


def test_a_study_gives_the_network_its_name(make):
    make("e1-cnn", "paper", study_row="E1")
    make("e1-cnn-grouped", "grouped", study_row="E1")
    make("own", "paper", title="MobileNetV2 · Made data")
    make("own-grouped", "grouped", title="MobileNetV2 · Made data · grouped split")
    assert [pair.name for pair in pair_policies(measured(make.root))] == [
        "E1 · CNN",
        "MobileNetV2",
    ]


def test_a_change_is_grouped_minus_random(make):
    make("net", "paper", strength=4.0)
    make("net-grouped", "grouped", strength=1.0)
    (pair,) = pair_policies(measured(make.root))
    paper, grouped = pair.paper.figure("accuracy"), pair.grouped.figure("accuracy")
    assert pair.change("accuracy").value == pytest.approx(grouped.value - paper.value)
    assert pair.change("accuracy").value < 0


def test_the_sentence_counts_what_fell_and_what_surely_fell(make):
    make("a", "paper", strength=4.0)
    make("a-grouped", "grouped", strength=0.3)
    make("b", "paper", strength=3.0)
    make("b-grouped", "grouped", strength=3.0)
    text = cost_sentence(pair_policies(measured(make.root)), "accuracy", "accuracy")
    assert text.startswith("1 of 2 networks have a lower accuracy on a grouped split")
    assert "lies below zero for 1 of 2 and above zero for 0." in text


def test_where_no_interval_excludes_zero_the_sentence_says_so(make):
    make("b", "paper", strength=3.0)
    make("b-grouped", "grouped", strength=3.0, seed=1)
    text = cost_sentence(pair_policies(measured(make.root)), "accuracy", "accuracy")
    assert "No 95 % interval of a change excludes zero" in text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(0.123, 2, "+0.12"), (-0.126, 2, "−0.13"), (-0.001, 2, "0.00"), (-9.4, 0, "−9")],
)
def test_a_difference_carries_its_sign_unless_it_rounds_to_nothing(value, digits, text):
    assert signed(value, digits) == text
