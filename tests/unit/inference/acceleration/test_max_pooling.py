"""Pooling by halves gives what PyTorch's pooling gives, gradients at ties included."""

import pytest
import torch
from torch import nn

from leuko.inference.acceleration.max_pooling import (
    HalvingMaxPool,
    OverlappingMaxPool,
    pool_quickly,
)
from leuko.inference.heatmaps.gradcam import logits_and_evidence
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
    assert pooled.is_contiguous(memory_format=layout)


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
@pytest.mark.parametrize("size", [(3, 3), (4, 3), (8, 8), (7, 8), (8, 7), (9, 5), (12, 31)])
@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_values_of_overlapping_squares_are_those_of_pytorch(padding, dtype, size, layout):
    maps = torch.randn(2, 3, *size, generator=torch.Generator().manual_seed(0)).to(dtype)
    maps = (maps - 3).contiguous(memory_format=layout)  # below 0: padding must not win
    before = maps.clone()
    pooled = OverlappingMaxPool(padding)(maps)
    assert torch.equal(pooled, nn.MaxPool2d(3, 2, padding)(maps))
    assert torch.equal(maps, before)
    assert pooled.is_contiguous(memory_format=layout)


@pytest.mark.parametrize(
    ("own", "theirs"),
    [(HalvingMaxPool(), nn.MaxPool2d(2)), (OverlappingMaxPool(1), nn.MaxPool2d(3, 2, 1))],
    ids=["halving", "overlapping"],
)
def test_gradients_at_ties_are_those_of_pytorch(own, theirs):
    maps = torch.zeros(1, 1, 4, 4, requires_grad=True)
    (found,) = torch.autograd.grad(own(maps).sum(), maps)
    (expected,) = torch.autograd.grad(theirs(maps).sum(), maps)
    assert torch.equal(found, expected)


@pytest.mark.parametrize(
    ("library", "name", "poolings"),
    [
        ("torchvision", "vgg11_bn", 5),
        ("leuko", "plain_cnn", None),
        ("torchvision", "alexnet", 3),
        ("timm", "densenet121", 1),
    ],
)
def test_a_network_answers_and_explains_as_before(library, name, poolings):
    network = make_network(library, name)
    pictures = torch.rand(2, 3, 96, 96, generator=torch.Generator().manual_seed(3))
    logits, evidence = logits_and_evidence(network, pictures)
    replaced = pool_quickly(network)
    assert replaced == poolings if poolings is not None else replaced > 0
    again, evidence_again = logits_and_evidence(network, pictures)
    assert torch.equal(again, logits)
    assert torch.equal(evidence_again, evidence)


@pytest.mark.parametrize(
    "pool",
    [
        nn.MaxPool2d(3, 1),
        nn.MaxPool2d((3, 2), 2),
        nn.MaxPool2d(5, 2),
        nn.MaxPool2d(2, 1),
        nn.MaxPool2d(2, padding=1),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.MaxPool2d(2, dilation=2),
        nn.MaxPool2d(2, return_indices=True),
        nn.AvgPool2d(2),
    ],
)
def test_another_pooling_stays(pool):
    network = make_network("timm", "mobilenetv2_035")
    network.body.pool = pool
    assert pool_quickly(network) == 0
    assert network.body.pool is pool
