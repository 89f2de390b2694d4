"""Pooling by halves gives what PyTorch's pooling gives, gradients at ties included."""

import pytest
import torch
from torch import nn

from leuko.inference.gradcam import logits_and_evidence
from leuko.inference.pooling import HalvingMaxPool, halve_quickly
from tests.made_networks import make_network

SIDE_PX = 64


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [(8, 8), (7, 8), (8, 7), (9, 5), (2, 2)])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_values_are_those_of_pytorch(dtype, size, layout):
    maps = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0)).to(dtype)
    maps = maps.relu().contiguous(memory_format=layout)
    pooled = HalvingMaxPool()(maps)
    assert torch.equal(pooled, nn.MaxPool2d(2)(maps))
    assert pooled.is_contiguous(memory_format=layout) or min(pooled.shape[2:]) == 1


def test_gradients_at_ties_are_those_of_pytorch():
    maps = torch.zeros(1, 1, 4, 4, requires_grad=True)
    (own,) = torch.autograd.grad(HalvingMaxPool()(maps).sum(), maps)
    (theirs,) = torch.autograd.grad(nn.MaxPool2d(2)(maps).sum(), maps)
    assert torch.equal(own, theirs)


@pytest.mark.parametrize(
    ("library", "name", "poolings"),
    [("torchvision", "vgg11_bn", 5), ("leuko", "plain_cnn", None), ("torchvision", "alexnet", 0)],
)
def test_a_network_answers_and_explains_as_before(library, name, poolings):
    network = make_network(library, name)
    pictures = torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(3))
    logits, evidence = logits_and_evidence(network, pictures)
    replaced = halve_quickly(network)
    assert replaced == poolings if poolings is not None else replaced > 0
    again, evidence_again = logits_and_evidence(network, pictures)
    assert torch.equal(again, logits)
    assert torch.equal(evidence_again, evidence)


@pytest.mark.parametrize(
    "pool",
    [
        nn.MaxPool2d(3, 2),
        nn.MaxPool2d(2, 1),
        nn.MaxPool2d(2, padding=1),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.MaxPool2d(2, dilation=2),
        nn.MaxPool2d(2, return_indices=True),
        nn.AvgPool2d(2),
    ],
)
def test_another_pooling_stays(pool):
    network = make_network("torchvision", "alexnet")
    network.body.pool = pool
    assert halve_quickly(network) == 0
    assert network.body.pool is pool
