"""A few steps lower the loss, and the same seed gives the same network."""

import torch

from leuko.training.finder.fit import FitSettings, finder_loss, fit
from leuko.training.finder.onnx_file import onnx_bytes
from tests.unit.training.finder.test_augmentation import taught

FEW = FitSettings(steps=12, batch=2, learning_rate=3e-3, seed=1)


def test_a_few_steps_lower_the_loss():
    losses = []
    fit([taught()], FEW, lambda step, loss: losses.append(loss))
    assert len(losses) == FEW.steps
    assert sum(losses[-3:]) < sum(losses[:3])


def test_the_same_seed_gives_the_same_network():
    few = FitSettings(steps=2, batch=2, seed=4)
    assert onnx_bytes(fit([taught()], few)) == onnx_bytes(fit([taught()], few))


def test_what_is_not_known_does_not_count():
    targets, weights = torch.zeros(1, 3, 8, 8), torch.ones(1, 3, 8, 8)
    weights[..., :4] = 0
    right = torch.full((1, 3, 8, 8), -8.0)
    wrong_where_unknown = right.clone()
    wrong_where_unknown[..., :4] = 8.0
    torch.testing.assert_close(
        finder_loss(right, targets, weights), finder_loss(wrong_where_unknown, targets, weights)
    )
    assert finder_loss(-right, targets, weights) > finder_loss(right, targets, weights) + 1
