"""Answers that a small shift could change are computed again in full precision."""

import copy

import numpy as np
import pytest
import torch

from leuko.inference import classifier as classifier_module
from leuko.inference.borderline import is_borderline
from leuko.inference.classifier import Classifier
from leuko.labels import ClassSet
from tests import drawn
from tests.made_networks import make_card, make_network

FOUR = ClassSet(("Benign", "Early", "Pre", "Pro"), frozenset({"Early", "Pre", "Pro"}))
TWO = ClassSet(("HEM", "ALL"), frozenset({"ALL"}))


@pytest.mark.parametrize(
    ("malignant", "threshold", "expected"),
    [
        (0.9, 0.5, False),
        (0.59, 0.5, True),
        (0.41, 0.5, True),
        (0.39, 0.5, False),
        (0.9, 0.85, True),
    ],
)
def test_of_two_classes_the_distance_to_the_threshold_counts(malignant, threshold, expected):
    rows = np.array([[1 - malignant, malignant]])
    assert is_borderline(rows, TWO, threshold).tolist() == [expected]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ((0.02, 0.95, 0.02, 0.01), False),
        ((0.02, 0.54, 0.40, 0.04), True),  # Early and Pre are 0.14 apart
        ((0.02, 0.60, 0.34, 0.04), False),
        ((0.90, 0.05, 0.05, 0.00), False),  # what lies on the other side does not matter
    ],
)
def test_of_several_malignant_classes_the_two_best_count_too(row, expected):
    assert is_borderline(np.array([row]), FOUR, 0.5).tolist() == [expected]


@pytest.mark.parametrize("seed", range(5))
def test_whoever_is_not_borderline_keeps_the_suggestion_under_every_smaller_shift(seed):
    rng = np.random.default_rng(seed)
    rows = rng.dirichlet([0.4] * 4, 300)
    clear = rows[~is_borderline(rows, FOUR, 0.5)]
    assert len(clear) > 30
    others = clear + rng.uniform(-0.0333, 0.0333, clear.shape)  # malignant sum moves below 0.1
    assert [FOUR.suggest(r, 0.5) for r in clear] == [FOUR.suggest(r, 0.5) for r in others]


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
