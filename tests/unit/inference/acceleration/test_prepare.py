"""A network is made ready once, for its device and type."""

import pytest
import torch

from leuko.inference.acceleration import cuda_graph
from leuko.inference.acceleration import prepare as readiness
from leuko.inference.acceleration.cuda_graph import RecordedTrunk, probe
from leuko.inference.acceleration.fuse_relu import RectifiedConvolution
from leuko.inference.acceleration.max_pooling import HalvingMaxPool
from leuko.inference.acceleration.prepare import make_ready
from leuko.models.networks.network import Network
from tests.made_networks import make_network
from tests.made_recordings import Player

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
def test_on_the_processor_nothing_is_recorded_whatever_the_setting_says(monkeypatch, dtype):
    monkeypatch.setenv("LEUKO_CUDA_GRAPH", "true")
    ready = make_ready(make_network("timm", "mobilenetv2_035"), SIDE_PX, CPU, dtype, 4)
    assert ready.trunk is None


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_for_a_card_the_trunk_is_recorded_where_the_setting_says_so(kept_here, dtype):
    ready = kept_here(dtype, "true")
    fast = ready.full if dtype == torch.float32 else ready.reduced
    assert isinstance(ready.trunk, RecordedTrunk)
    for number, played in ((1, [1]), (3, [4]), (4, [4]), (5, [])):
        kept_here.player.played.clear()
        pictures = torch.randn(number, 3, SIDE_PX, SIDE_PX).to(dtype)
        with torch.no_grad():
            features = ready.trunk(pictures)
            assert features.dtype == dtype
            assert torch.allclose(features, fast.trunk(pictures), rtol=0.05, atol=0.05)
        assert kept_here.player.played == played


@pytest.mark.parametrize("wanted", ["", "false"])
def test_nothing_is_recorded_for_a_card_unless_somebody_asked_for_it(kept_here, wanted):
    assert kept_here(torch.bfloat16, wanted).trunk is None
    assert kept_here.player.played == []


class Here(torch.Tensor):
    """Pictures that stay on the processor when they are sent to a card."""

    def to(self, _, dtype):
        return self.as_subclass(torch.Tensor).to(dtype)


@pytest.fixture
def kept_here(monkeypatch):
    """Makes a network ready for a card, but everything stays on the processor and is computed.

    The network, its recording and what is played are real; only the transfers and the capture are
    not CUDA's.
    """
    player = Player()

    def made_ready(dtype, wanted):
        monkeypatch.setenv("LEUKO_CUDA_GRAPH", wanted)
        network = make_network("timm", "mobilenetv2_035")
        return make_ready(network, SIDE_PX, torch.device("cuda"), dtype, 4)

    made_ready.player = player
    monkeypatch.setattr(Network, "to", lambda self, *_, **__: self)
    monkeypatch.setattr(readiness, "probe", lambda *sizes: probe(*sizes).as_subclass(Here))
    monkeypatch.setattr(cuda_graph, "record_on_cuda", player)
    return made_ready
