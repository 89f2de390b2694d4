"""Answers that a small shift could change are computed again in full precision."""

import copy

import numpy as np
import pytest
import torch

from leuko.inference import classifier as classifier_module
from leuko.inference.acceleration.borderline import is_borderline
from leuko.inference.classifier import Classifier
from leuko.labels import ClassSet
from tests import drawn
from tests.made_networks import make_card, make_network

FOUR = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))
TWO = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))


@pytest.mark.parametrize(
    ("malignant", "threshold", "temperature", "expected"),
    [
        (0.90, 0.5, 1.0, False),
        (0.59, 0.5, 1.0, True),  # log odds 0.364
        (0.41, 0.5, 1.0, True),
        (0.61, 0.5, 1.0, False),  # log odds 0.447
        (0.90, 0.87, 1.0, True),  # log odds 2.197 and 1.901
        (0.59, 0.5, 2.0, False),  # 0.364 of probabilities is 0.728 of logits
        (0.52, 0.5, 4.0, True),  # 0.080 is 0.320
        (1.00, 0.5, 1.0, False),
        (0.00, 0.5, 1.0, False),
        (0.30, 0.0, 1.0, False),  # everything is malignant, nothing can tip
        (0.99, 1.0, 1.0, False),
    ],
)
def test_of_two_classes_the_distance_to_the_threshold_counts(
    malignant, threshold, temperature, expected
):
    rows = np.array([[1 - malignant, malignant]])
    assert is_borderline(rows, TWO, threshold, temperature).tolist() == [expected]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((0.02, 0.95, 0.02, 0.01), False),
        ((0.02, 0.54, 0.40, 0.04), True),  # log ratio of Early and Pre 0.300
        ((0.02, 0.60, 0.34, 0.04), False),  # 0.568
        ((0.90, 0.05, 0.05, 0.00), False),  # what lies on the other side does not matter
    ],
)
def test_of_several_malignant_classes_the_two_best_count_too(row, expected):
    assert is_borderline(np.array([row]), FOUR, 0.5).tolist() == [expected]


@pytest.mark.parametrize("temperature", [1.0, 3.0])
@pytest.mark.parametrize("threshold", [0.2, 0.5, 0.9])
def test_whoever_is_not_borderline_keeps_the_suggestion_under_every_smaller_shift(
    threshold, temperature
):
    rng = np.random.default_rng(7)
    logits = rng.normal(scale=2.0, size=(2000, 4))
    clear = ~is_borderline(softmax(logits / temperature), FOUR, threshold, temperature)
    assert 500 < clear.sum() < 1990
    for _ in range(5):
        shifted = logits + rng.choice([-1, 1], logits.shape) * 0.199
        before = suggested(softmax(logits / temperature), threshold)
        after = suggested(softmax(shifted / temperature), threshold)
        assert (before[clear] == after[clear]).all()
        assert (before[~clear] != after[~clear]).any()


def softmax(logits):
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def suggested(rows, threshold):
    return np.array([FOUR.suggest(row, threshold) for row in rows])


def test_only_borderline_pictures_are_computed_again(monkeypatch):
    network = make_network("timm", "test_efficientnet")
    card = make_card(network)
    pictures = [drawn.draw_field(seed, malignant=bool(seed % 2), side_px=64) for seed in range(6)]
    full = Classifier(card, copy.deepcopy(network), precision="float32").classify(pictures)
    chosen = np.array([False, True, False, False, True, False])
    monkeypatch.setattr(classifier_module, "is_borderline", lambda *_: chosen)
    mixed = Classifier(card, copy.deepcopy(network), precision="bfloat16").classify(pictures)
    monkeypatch.setattr(classifier_module, "is_borderline", lambda *_: ~chosen & False)
    reduced = Classifier(card, copy.deepcopy(network), precision="bfloat16").classify(pictures)
    for place, again in enumerate(chosen):
        expected = full[place] if again else reduced[place]
        other = reduced[place] if again else full[place]
        assert list(mixed[place].probabilities.values()) == pytest.approx(
            list(expected.probabilities.values()), abs=1e-6
        )
        np.testing.assert_allclose(mixed[place].evidence, expected.evidence, rtol=1e-3, atol=1e-4)
        assert mixed[place].probabilities != other.probabilities


def test_the_two_precisions_share_no_weights():
    network = make_network("timm", "test_efficientnet")
    classifier = Classifier(make_card(network), network, precision="bfloat16")
    full = {p.data_ptr() for p in classifier._network.parameters()}
    reduced = {p.data_ptr() for p in classifier._reduced.parameters()}
    assert not full & reduced
    assert {p.dtype for p in classifier._network.parameters()} == {torch.float32}
