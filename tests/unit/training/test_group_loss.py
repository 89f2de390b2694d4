import math
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F

from leuko.data.dataset import Dataset, Sample
from leuko.labels import ClassSet, InputKind
from leuko.training.group_loss import GroupLoss, Labels, label_weights
from tests.made_recipes import tiny_recipe

SETS = {"granulocyte": ("neutrophil", "eosinophil"), "not a blast": ("neutrophil", "eosinophil")}
CLASSES = ("blast", "neutrophil", "eosinophil")


def labels_of(*names):
    samples = tuple(
        Sample(f"{i}", Path(f"{i}"), n, f"{i}", f"{i:064}") for i, n in enumerate(names)
    )
    kind, classes = InputKind.CROP, ClassSet(CLASSES, frozenset({"blast"}))
    return Labels.of(
        Dataset("d", "D", kind, classes, samples, "one", False, "", "", label_sets=SETS)
    )


def test_coarse_labels_follow_the_classes_and_allow_theirs():
    labels = labels_of("blast", "not a blast", "eosinophil", "granulocyte")
    assert labels.names == (*CLASSES, "granulocyte", "not a blast")
    assert labels.coarse
    assert labels.allowed().tolist() == [
        [True, False, False], [False, True, False], [False, False, True],
        [False, True, True], [False, True, True],
    ]  # fmt: skip
    assert not labels_of("blast", "neutrophil").coarse


def test_a_label_of_one_class_is_ordinary_cross_entropy():
    loss = GroupLoss(labels_of("blast"), smoothing=0.0)
    logits, target = torch.randn(7, 3), torch.tensor([0, 1, 2, 0, 1, 2, 0])
    assert loss(logits, target).item() == pytest.approx(F.cross_entropy(logits, target).item())


def test_a_label_of_several_asks_for_their_sum():
    loss = GroupLoss(labels_of("not a blast"))
    logits = torch.log(torch.tensor([[0.2, 0.5, 0.3], [0.6, 0.1, 0.3]]))
    expected = -(math.log(0.8) + math.log(0.4)) / 2
    assert loss(logits, torch.tensor([3, 3])).item() == pytest.approx(expected)
    other = torch.log(torch.tensor([[0.2, 0.1, 0.7], [0.6, 0.4, 0.0001]]))
    assert loss(other, torch.tensor([3, 3])).item() == pytest.approx(expected, abs=1e-3)


def test_its_gradient_never_prefers_one_allowed_class_to_another():
    loss = GroupLoss(labels_of("not a blast"))
    logits = torch.tensor([[1.0, 0.5, 0.5]], requires_grad=True)
    loss(logits, torch.tensor([3])).backward()
    blast, neutrophil, eosinophil = logits.grad[0].tolist()
    assert blast > 0 > neutrophil
    assert neutrophil == pytest.approx(eosinophil)


def test_weights_and_smoothing_match_a_computation_by_hand():
    labels = labels_of("blast", "not a blast")
    weights = torch.tensor([2.0, 1.0, 1.0, 0.5])
    loss = GroupLoss(labels, weights, smoothing=0.1)
    p = np.array([[0.7, 0.2, 0.1], [0.3, 0.6, 0.1]])
    first = -math.log(0.7)
    second = 0.9 * -math.log(0.7) + 0.1 * -(math.log(0.6) + math.log(0.1)) / 2
    found = loss(torch.log(torch.tensor(p, dtype=torch.float32)), torch.tensor([0, 3])).item()
    assert found == pytest.approx((2 * first + 0.5 * second) / 2.5, rel=1e-5)


@pytest.mark.parametrize(("power", "expected"), [(1.0, [2.0, 0.5]), (0.5, [2**0.5, 0.5**0.5])])
def test_weights_are_inverse_frequencies_to_a_power_and_nothing_for_what_is_absent(power, expected):
    recipe = tiny_recipe(training={"class_weights": True, "class_weight_power": power}).training
    weights = label_weights([10, 40, 0], recipe)
    assert (weights[0] / weights[1]).item() == pytest.approx(expected[0] / expected[1])
    assert weights[2] == 0


def test_without_class_weights_all_labels_weigh_alike():
    assert label_weights([10, 40], tiny_recipe(training={"class_weights": False}).training) is None
