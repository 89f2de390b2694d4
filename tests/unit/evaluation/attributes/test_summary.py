import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, f1_score

from leuko.evaluation.attributes.predictions import AttributePredictions, TwoReaders
from leuko.evaluation.attributes.summary import summarise_attributes
from leuko.statistics.intervals import wilson_interval

VALUES = {"shape": ("round", "irregular"), "colour": ("blue", "light", "purple")}
CELLS = 90


@pytest.fixture(scope="module")
def made():
    rng = np.random.default_rng(3)
    counts = {name: len(known) for name, known in VALUES.items()}
    truth = {name: rng.integers(0, k, CELLS) for name, k in counts.items()}
    probabilities = {}
    for name, k in counts.items():
        table = rng.random((CELLS, k)) + 1.5 * np.eye(k)[truth[name]] * rng.random((CELLS, 1))
        probabilities[name] = table / table.sum(axis=1, keepdims=True)
    names = tuple(f"C_{place}" for place in range(CELLS))
    predictions = AttributePredictions(VALUES, names, truth, probabilities)
    # Forty cells were read twice: the last thirty of the test side and ten others.
    others = {name: rng.integers(0, k, 10) for name, k in counts.items()}
    first = {name: np.concatenate([truth[name][60:], others[name]]) for name in VALUES}
    second = {
        name: np.where(rng.random(40) < 0.8, first[name], rng.integers(0, k, 40))
        for name, k in counts.items()
    }
    readers = TwoReaders(
        VALUES, names[60:] + tuple(f"T_{place}" for place in range(10)),
        ("test",) * 30 + ("train",) * 10, first, second,
    )  # fmt: skip
    return predictions, readers, summarise_attributes(predictions, readers, resamples=400)


def macro(truth, told):
    return f1_score(truth, told, average="macro")


def test_each_attribute_has_the_macro_f1_of_scikit_learn(made):
    predictions, _, summary = made
    for figures in summary.attributes:
        told = predictions.probabilities[figures.name].argmax(axis=1)
        expected = macro(predictions.truth[figures.name], told)
        assert figures.model.value == pytest.approx(expected)
        assert figures.model.low < expected < figures.model.high


def test_the_mean_is_that_of_the_attributes_and_its_interval_is_narrower(made):
    summary = made[2]
    assert summary.mean.model.value == pytest.approx(
        np.mean([figures.model.value for figures in summary.attributes])
    )
    widths = [figures.model.high - figures.model.low for figures in summary.attributes]
    assert summary.mean.model.high - summary.mean.model.low < max(widths)


def test_the_readers_agree_as_scikit_learn_says(made):
    _, readers, summary = made
    for figures in summary.attributes:
        first, second = readers.first[figures.name], readers.second[figures.name]
        hits = int((first == second).sum())
        assert figures.readers.same.value == hits / 40
        assert (figures.readers.same.low, figures.readers.same.high) == wilson_interval(hits, 40)
        assert figures.readers.kappa.value == pytest.approx(cohen_kappa_score(first, second))
        assert figures.readers.macro_f1.value == pytest.approx(macro(first, second))


def test_model_and_second_reader_are_also_compared_on_the_cells_that_both_saw(made):
    predictions, readers, summary = made
    assert (summary.cells, summary.read_twice, summary.shared) == (CELLS, 40, 30)
    for figures in summary.attributes:
        truth = predictions.truth[figures.name][60:]
        told = predictions.probabilities[figures.name].argmax(axis=1)[60:]
        assert figures.model_on_shared.value == pytest.approx(macro(truth, told))
        second = readers.second[figures.name][:30]
        assert figures.readers_on_shared.value == pytest.approx(macro(truth, second))


def test_the_interval_is_that_of_a_bootstrap_by_hand(made):
    predictions, _, summary = made
    rng = np.random.default_rng(11)
    truth, told = predictions.truth["colour"], predictions.told("colour")
    draws = rng.integers(0, CELLS, (2000, CELLS))
    values = [macro(truth[draw], told[draw]) for draw in draws]
    low, high = np.quantile(values, [0.025, 0.975])
    figures = summary.attributes[1]
    assert figures.model.low == pytest.approx(low, abs=0.02)
    assert figures.model.high == pytest.approx(high, abs=0.02)


def test_without_a_second_reader_the_model_is_measured_alone(made):
    summary = summarise_attributes(made[0], None, resamples=50)
    assert (summary.read_twice, summary.shared) == (0, 0)
    assert summary.mean.readers is None
    assert summary.mean.model.value == pytest.approx(made[2].mean.model.value)


def test_readers_who_only_ever_say_one_value_have_no_kappa():
    same = {"shape": np.zeros(5, int)}
    values = {"shape": ("round", "irregular")}
    names = tuple("abcde")
    predictions = AttributePredictions(values, names, same, {"shape": np.eye(2)[same["shape"]]})
    readers = TwoReaders(values, names, ("test",) * 5, same, same)
    found = summarise_attributes(predictions, readers, resamples=50).attributes[0].readers
    assert found.kappa.value is None
    assert found.same.value == 1
