"""Folding batch normalisation changes the work, not the answer."""

import copy
import threading

import pytest
import torch
from torch import nn

from leuko.inference.acceleration.fold_batchnorm import fold_batch_norms
from leuko.inference.heatmaps.gradcam import logits_and_evidence
from leuko.models.networks.network import Network
from tests.made_networks import make_network

SIDE_PX = 96
NETWORKS = [
    ("torchvision", "vgg11_bn", 8),
    ("timm", "mobilenetv2_035", 52),
    ("timm", "densenet121", None),
    ("timm", "inception_v3", 94),
    ("timm", "efficientnet_b0", 49),
    ("leuko", "plain_cnn", None),
]


def pictures(n: int = 2) -> torch.Tensor:
    return torch.rand(n, 3, SIDE_PX, SIDE_PX, generator=torch.Generator().manual_seed(3))


@pytest.mark.parametrize(("library", "name", "norms"), NETWORKS, ids=[n for _, n, _ in NETWORKS])
def test_a_folded_network_answers_and_explains_as_before(library, name, norms):
    network = make_network(library, name)
    logits, evidence = logits_and_evidence(network, pictures())
    folded = fold_batch_norms(network, SIDE_PX)
    assert folded == norms if norms else folded > 0
    again, evidence_again = logits_and_evidence(network, pictures())
    torch.testing.assert_close(again, logits, rtol=1e-3, atol=1e-4)
    scale = float(evidence.abs().max())
    torch.testing.assert_close(evidence_again, evidence, rtol=1e-3, atol=1e-3 * scale)


def test_layers_keep_their_names_and_what_they_give():
    network = make_network("timm", "mobilenetv2_035")
    before: list[torch.Tensor] = []
    after: list[torch.Tensor] = []
    for kept in (before, after):
        handle = network.body.get_submodule("bn2").register_forward_hook(
            lambda _m, _i, out, kept=kept: kept.append(out.detach().clone())
        )
        with torch.no_grad():
            network(pictures())
        handle.remove()
        fold_batch_norms(network, SIDE_PX)
    torch.testing.assert_close(after[0], before[0], rtol=1e-3, atol=1e-3)


class Body(nn.Module):
    """A convolution with a norm behind it, used in a way that a test chooses."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3)
        self.norm = nn.BatchNorm2d(4)
        self.last = nn.Linear(4, 2)
        nn.init.normal_(self.norm.running_mean)
        nn.init.uniform_(self.norm.running_var, 0.5, 1.5)


def network_of(body: Body, trunk) -> Network:
    return Network(body, trunk, lambda maps: body.last(maps.mean(dim=(2, 3)))).eval()


@pytest.mark.parametrize("case", ["read twice", "not traceable", "norm first", "norm twice"])
def test_what_cannot_be_folded_stays_as_it_is(case):
    body = Body()

    def trunk(x: torch.Tensor) -> torch.Tensor:
        if case == "norm first":
            return body.norm(body.conv(x).relu())
        maps = body.conv(x)
        if case == "read twice":
            return body.norm(maps) + maps
        if case == "norm twice":
            return body.norm(body.norm(maps))
        return body.norm(maps) if float(x.sum()) > -1e9 else maps

    network = network_of(body, trunk)
    before = copy.deepcopy(body.state_dict())
    with torch.no_grad():
        expected = network(pictures())
        assert fold_batch_norms(network, SIDE_PX) == 0
        assert torch.equal(network(pictures()), expected)
    assert body.state_dict().keys() == before.keys()
    assert all(torch.equal(body.state_dict()[name], tensor) for name, tensor in before.items())


def test_a_norm_behind_its_convolution_is_folded():
    body = Body()
    network = network_of(body, lambda x: body.norm(body.conv(x)))
    with torch.no_grad():
        expected = network(pictures())
        assert fold_batch_norms(network, SIDE_PX) == 1
        torch.testing.assert_close(network(pictures()), expected)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in body.modules())


def test_another_thread_may_ask_a_model_meanwhile():
    asked, busy = make_network("torchvision", "vgg11_bn"), threading.Event()
    failed: list[Exception] = []

    def ask() -> None:
        while not busy.is_set():
            try:
                logits_and_evidence(asked, pictures(1))
            except Exception as problem:  # noqa: BLE001  whatever it is, the test shows it
                failed.append(problem)
                return

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(4):
            fold_batch_norms(make_network("timm", "mobilenetv2_035"), SIDE_PX)
    finally:
        busy.set()
        thread.join()
    assert failed == []
