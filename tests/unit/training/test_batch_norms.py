import copy

import pytest
import torch
from torch import nn

from leuko.models.networks.network import Network
from leuko.training.batch_norms import are_folded, unfold_batch_norms

CHANNELS = 6


def fold(convolution, norm):
    """Put a batch norm into the convolution before it, as exporters do."""
    slope = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    bias = convolution.bias if convolution.bias is not None else 0
    convolution.weight.data = convolution.weight * slope.view(-1, 1, 1, 1)
    convolution.bias.data = (bias - norm.running_mean) * slope + norm.bias
    nn.init.ones_(norm.weight)
    nn.init.zeros_(norm.bias)
    norm.running_mean.zero_()
    norm.running_var.fill_(1)


@pytest.fixture
def network():
    """Two convolutions with batch norms whose inputs are far from mean 0 and variance 1."""
    torch.manual_seed(0)
    body = nn.Sequential(
        nn.Conv2d(3, CHANNELS, 3),
        nn.BatchNorm2d(CHANNELS),
        nn.ReLU(),
        nn.Conv2d(CHANNELS, CHANNELS, 3),
        nn.BatchNorm2d(CHANNELS),
        nn.ReLU(),
    )
    last = nn.Linear(CHANNELS, 2)
    with torch.no_grad():
        for module in body:
            if isinstance(module, nn.BatchNorm2d):
                module.running_mean.normal_(0, 2)
                module.running_var.uniform_(0.1, 4)
                module.weight.normal_(3, 0.5)
                module.bias.normal_(1, 1)
    made = Network(body, body, lambda maps: last(maps.mean((2, 3))))
    made.add_module("last", last)
    return made.eval()


@pytest.fixture
def folded(network):
    made = copy.deepcopy(network)
    made._trunk = made.body
    with torch.no_grad():
        for place in (0, 3):
            fold(made.body[place], made.body[place + 1])
    return made


def pictures(count=64):
    return torch.randn(count, 3, 16, 16, generator=torch.Generator().manual_seed(5)) * 2 + 1


def test_a_network_with_live_batch_norms_is_not_folded(network, tiny_network):
    assert not are_folded(network)
    assert not are_folded(tiny_network)


def test_a_network_with_all_norms_folded_away_is_recognised(folded):
    assert are_folded(folded)


def test_one_live_norm_is_enough_not_to_be_folded(folded):
    folded.body[4].running_var[2] = 1.5
    assert not are_folded(folded)


def test_a_network_without_batch_norms_is_not_folded():
    body = nn.Conv2d(3, 4, 3)
    assert not are_folded(Network(body, body, lambda maps: maps.mean((2, 3))))


def test_folding_itself_keeps_the_answers(network, folded):
    with torch.no_grad():
        torch.testing.assert_close(folded(pictures()), network(pictures()), atol=1e-4, rtol=1e-4)


def test_unfolding_leaves_the_answers_unchanged(folded):
    with torch.no_grad():
        before = folded(pictures())
    unfold_batch_norms(folded, pictures())
    assert not are_folded(folded)
    with torch.no_grad():
        torch.testing.assert_close(folded(pictures()), before, atol=1e-4, rtol=1e-4)
        other = torch.randn(8, 3, 16, 16)
        torch.testing.assert_close(folded(other), folded(other.clone()))


def test_unfolding_brings_training_mode_to_the_same_answers(folded):
    with torch.no_grad():
        expected = folded(pictures())
        lost = (copy.deepcopy(folded).train()(pictures()) - expected).abs().max()
        unfold_batch_norms(folded, pictures())
        found = folded.train()(pictures())
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-3)
    assert lost > 100 * (found - expected).abs().max(), "without unfolding the answers are lost"


@pytest.mark.parametrize("training", [True, False])
def test_unfolding_leaves_no_hook_and_keeps_the_mode(folded, training):
    folded.train(training)
    unfold_batch_norms(folded, pictures())
    assert folded.training is training
    assert not any(module._forward_pre_hooks for module in folded.modules())
