"""A network is made ready once, for its device and type."""

import pytest
import torch

from leuko.inference.acceleration import prepare as readiness
from leuko.inference.acceleration.fuse_relu import RectifiedConvolution
from leuko.inference.acceleration.max_pooling import HalvingMaxPool
from leuko.inference.acceleration.prepare import make_ready
from tests.made_networks import make_network

SIDE_PX = 96
CPU = torch.device("cpu")


def test_in_full_precision_there_is_one_network_and_nothing_recorded():
    ready = make_ready(make_network("torchvision", "vgg11_bn"), SIDE_PX, CPU, torch.float32, 4)
    assert ready.reduced is None
    assert ready.trunk is None
    kinds = {type(module) for module in ready.full.modules()}
    assert HalvingMaxPool in kinds
    assert RectifiedConvolution not in kinds  # gradients flow through this one
    assert torch.nn.BatchNorm2d not in kinds
    assert not any(parameter.requires_grad for parameter in ready.full.parameters())


def test_the_reduced_network_is_a_copy_with_another_trunk():
    ready = make_ready(make_network("torchvision", "vgg11_bn"), SIDE_PX, CPU, torch.bfloat16, 4)
    assert ready.reduced is not None
    assert {one.dtype for one in ready.full.parameters()} == {torch.float32}
    assert torch.bfloat16 in {one.dtype for one in ready.reduced.parameters()}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_on_a_card_the_trunk_is_recorded_where_the_setting_says_so(monkeypatch, dtype):
    ready, asked = _ready_on_a_card(monkeypatch, dtype, wanted="true")
    assert asked == [(dtype, (4, 3, SIDE_PX, SIDE_PX), (1, 4))]
    fast = ready.full if dtype == torch.float32 else ready.reduced
    assert ready.trunk == fast.trunk


@pytest.mark.parametrize("wanted", ["", "false"])
def test_nothing_is_recorded_on_a_card_unless_somebody_asked_for_it(monkeypatch, wanted):
    ready, asked = _ready_on_a_card(monkeypatch, torch.bfloat16, wanted)
    assert asked == []
    assert ready.trunk is None


def _ready_on_a_card(monkeypatch, dtype, wanted):
    """What ``make_ready`` gives for a device called cuda, and what it asked to be recorded."""
    monkeypatch.setenv("LEUKO_CUDA_GRAPH", wanted)
    asked = []

    def recorded(trunk, like, sizes):
        asked.append((like.dtype, tuple(like.shape), sizes))
        return trunk

    class Card:
        """Stands for a card where there is none: tensors stay where they are."""

        type = "cuda"

    monkeypatch.setattr(readiness, "recorded_where_it_can_be", recorded)
    monkeypatch.setattr(torch.Tensor, "to", _to(torch.Tensor.to))
    monkeypatch.setattr(torch.nn.Module, "to", _to(torch.nn.Module.to))
    network = make_network("timm", "mobilenetv2_035")
    return make_ready(network, SIDE_PX, Card(), dtype, 4), asked


def _to(real):
    """Leaves out the device that stands for a card."""

    def moved(self, *places, **named):
        kept = [one for one in places if getattr(one, "type", None) != "cuda"]
        return real(self, *kept, **named)

    return moved
