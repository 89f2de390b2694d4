"""Rectifiers move into their convolutions, and no value changes by a bit."""

import copy

import pytest
import torch
from torch import nn

from leuko.inference.acceleration import fuse_relu as fused
from leuko.inference.acceleration.fold_batchnorm import fold_batch_norms
from leuko.inference.acceleration.fuse_relu import RectifiedConvolution, fuse_rectifiers
from leuko.models.networks.network import Network
from tests.made_networks import make_network

SIDE_PX = 96
HERE = torch.ops.mkldnn._is_mkldnn_bf16_supported()
"""Without it this processor emulates bfloat16, where nothing is fused."""
NETWORKS = [
    ("torchvision", "alexnet", 5),
    ("torchvision", "vgg11_bn", 8),
    ("timm", "inception_v3", 94),
    ("timm", "densenet121", 59),
    ("timm", "mobilenetv2_035", 35),
    ("timm", "efficientnet_b0", 0),  # its SiLU rounds otherwise when fused
    ("timm", "vit_tiny_patch16_224", 0),
    ("leuko", "plain_cnn", None),
]


def pictures(number=2, side_px=SIDE_PX):
    made = torch.rand(number, 3, side_px, side_px, generator=torch.Generator().manual_seed(3))
    return made.bfloat16().contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize(("library", "name", "expected"), NETWORKS)
def test_features_stay_the_same_to_the_bit(library, name, expected):
    side_px = 224 if name.startswith("vit") else SIDE_PX
    network = make_network(library, name).eval().requires_grad_(requires_grad=False)
    network.to(memory_format=torch.channels_last)
    fold_batch_norms(network, side_px)
    network.trunk_to(torch.bfloat16, side_px)
    with torch.no_grad():
        before = network.trunk(pictures(side_px=side_px)).clone()
        found = fuse_rectifiers(network, side_px)
        after = network.trunk(pictures(side_px=side_px))
    if not HERE:
        assert found == 0
    elif expected is not None:
        assert found == expected
    else:
        assert found > 0
    assert torch.equal(after, before)


class Body(nn.Module):
    """A convolution with a rectifier behind it, used in a way that a test chooses."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.other = nn.Conv2d(3, 4, 3)
        self.act = nn.ReLU(inplace=True)
        self.last = nn.Linear(4, 2)


def network_of(body, trunk):
    network = Network(body, trunk, lambda maps: body.last(maps.mean(dim=(2, 3))))
    return network.eval().requires_grad_(requires_grad=False).to(torch.bfloat16)


def read_again(body, x):
    rectified = body.act(body.conv(x))
    return rectified + rectified.mean()


def read_before(body, x):
    maps = body.conv(x)
    return maps.mean() + body.act(maps)


WAYS = {
    "one after the other": (lambda body, x: body.act(body.conv(x)), 1),
    "and read again once rectified": (read_again, 1),
    "read before": (read_before, 0),
    "rectified as a function": (lambda body, x: body.conv(x).relu(), 0),
    "rectifier used twice": (lambda body, x: body.act(body.conv(x)) + body.act(body.other(x)), 0),
    "convolution used twice": (lambda body, x: body.act(body.conv(x)) + body.conv(x), 0),
    "sum rectified": (lambda body, x: body.act(body.conv(x) + body.other(x)), 0),
}


@pytest.mark.parametrize(("way", "expected"), WAYS.values(), ids=WAYS)
def test_only_a_rectifier_that_follows_and_nothing_else_is_fused(way, expected):
    torch.manual_seed(0)
    body = Body()
    network = network_of(body, lambda x: way(body, x))
    with torch.no_grad():
        before = network.trunk(pictures(side_px=16)).clone()
        assert fuse_rectifiers(network, 16) == (expected if HERE else 0)
        assert torch.equal(network.trunk(pictures(side_px=16)), before)
    assert isinstance(body.conv, RectifiedConvolution) == (HERE and expected == 1)


class Wrong(RectifiedConvolution):
    def forward(self, maps):
        return super().forward(maps) + 1


class Impossible(RectifiedConvolution):
    def forward(self, maps):
        raise RuntimeError("expected other arguments")


@pytest.mark.parametrize("kind", [Wrong, Impossible])
def test_what_would_change_a_value_is_taken_back(monkeypatch, kind):
    body = Body()
    network = network_of(body, lambda x: body.act(body.conv(x)))
    convolution, rectifier = body.conv, body.act
    monkeypatch.setattr(fused, "RectifiedConvolution", kind)
    assert fuse_rectifiers(network, 16) == 0
    assert body.conv is convolution
    assert body.act is rectifier


def test_a_build_without_the_operation_computes_as_ever(monkeypatch):
    monkeypatch.setattr(fused, "OPERATION", "no_such_operation")
    body = Body()
    assert fuse_rectifiers(network_of(body, lambda x: body.act(body.conv(x))), 16) == 0
    assert isinstance(body.conv, nn.Conv2d)


def test_no_hook_is_left_behind():
    body = Body()
    network = network_of(body, lambda x: body.act(body.conv(x)))
    kept = copy.copy(body.act)
    fuse_rectifiers(network, 16)
    assert not kept._forward_hooks
    assert not kept._forward_pre_hooks
