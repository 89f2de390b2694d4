"""Every method on every network gives the map that the grad-cam library gives."""

import threading
from typing import NamedTuple

import numpy as np
import pytest
import torch

from leuko.inference.heatmaps.explainer import Explainer
from leuko.inference.heatmaps.methods import Method
from leuko.models.networks.network import Network, find_heatmap_layer
from tests import drawn
from tests.made_networks import MEAN, STD, make_network
from tests.unit.inference.heatmaps.reference import (
    correlation,
    plain_heat,
    scaled,
    silence_progress,
)

N_CLASSES = 2
PASSES = 8


class Case(NamedTuple):
    library: str
    name: str
    layer: str
    finer: str | None
    side_px: int = 96
    head: str = "published"
    prefix_tokens: int | None = None  # None: feature maps
    channels_last: bool = False


CASES = [
    Case("torchvision", "alexnet", "features", "features.11", 128, "average"),
    Case("torchvision", "vgg16_bn", "features", "features.42", head="average"),
    Case("torchvision", "vgg19_bn", "features", "features.51", head="average"),
    Case("timm", "inception_v3", "Mixed_7c", "Mixed_6e", 139),
    Case("timm", "densenet169", "features", "features.denseblock3"),
    Case("timm", "efficientnet_b3", "bn2", "blocks.4"),
    Case("timm", "mobilenetv2_100", "bn2", "blocks.4"),
    Case("leuko", "simple_cnn", "features", None, 48),
    Case("leuko", "plain_cnn", "features", "features.14"),
    Case("timm", "vit_tiny_patch16_224", "blocks.11.norm1", None, prefix_tokens=1),
    Case("timm", "deit_tiny_distilled_patch16_224", "blocks.11.norm1", None, prefix_tokens=2),
    Case("timm", "swin_tiny_patch4_window7_224", "norm", "layers.2", channels_last=True),
    Case("timm", "test_vit4", "blocks.8.norm1", None, prefix_tokens=1),
    Case("timm", "test_convnext", "norm_pre", "stages.2"),
]


@pytest.fixture(scope="module", params=CASES, ids=[case.name for case in CASES])
def made(request):
    case = request.param
    options = {"head": case.head, "side_px": case.side_px}
    network = make_network(case.library, case.name, N_CLASSES, seed=5, **options)
    explainer = explainer_of(network, case)
    return case, network, drawn_picture(case.side_px), explainer


def drawn_picture(side_px):
    pixels = torch.from_numpy(drawn.draw_crop(4, True, side_px)).permute(2, 0, 1)[None].float()
    return (pixels / 255 - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


def reshape_of(case):
    """The documentation's reshape for transformers, with this network's grid."""
    if case.channels_last:
        return lambda tensor: tensor.permute(0, 3, 1, 2)
    if case.prefix_tokens is None:
        return None

    def reshape(tensor):
        side = case.side_px // 16
        grid = tensor[:, case.prefix_tokens :, :].reshape(len(tensor), side, side, tensor.size(2))
        return grid.transpose(2, 3).transpose(1, 2)

    return reshape


def some(maps):
    return maps[:, 1 :: maps.shape[1] // PASSES][:, :PASSES]


def explainer_of(network, case):
    return Explainer(network, threading.Lock(), case.layer, case.side_px)


def assert_same(ours, theirs, side_px):
    assert np.isfinite(ours).all()
    assert (ours >= 0).all()
    seen = scaled(ours[None], side_px)[0]
    assert seen.shape == theirs.shape
    assert (np.ptp(theirs, axis=(1, 2)) > 0.01).any(), "a comparison of empty maps proves nothing"
    for one, other in zip(seen, theirs, strict=True):
        assert correlation(one, other) >= 0.999


def test_the_card_names_the_layer_and_a_finer_one(made):
    case, network, _, explainer = made
    assert find_heatmap_layer(network, case.side_px) == case.layer
    names = [layer.name for layer in explainer.layers()]
    assert names == [case.layer, *([case.finer] if case.finer else [])]


def test_trunk_and_head_give_the_logits_of_the_plain_network(made):
    _, network, picture, _ = made
    with torch.no_grad():
        torch.testing.assert_close(network(picture), network.body(picture), atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize("method", [method for method in Method if not method.slow])
def test_a_map_is_the_librarys(made, method):
    case, network, picture, explainer = made
    ours = explainer.explain(picture, method, None, None)
    theirs = plain_heat(network.body, case.layer, picture, method, reshape_of(case), N_CLASSES)
    assert_same(ours, theirs, case.side_px)


def test_score_cam_is_the_librarys(made, monkeypatch):
    # Of some feature maps alone: the library asks the network for each of up to 2048 anew.
    case, network, picture, _ = made
    silence_progress(monkeypatch)
    few = Network(network.body, network.trunk, network.head, lambda maps: some(network.maps(maps)))
    reshape = reshape_of(case) or (lambda maps: maps)
    ours = explainer_of(few, case).explain(picture, Method.SCORE_CAM, None, None)
    theirs = plain_heat(
        network.body,
        case.layer,
        picture,
        Method.SCORE_CAM,
        lambda features: some(reshape(features)),
        n_classes=1,
    )
    assert_same(ours[:1], theirs, case.side_px)


@pytest.mark.parametrize("method", [Method.GRAD_CAM, Method.LAYER_CAM])
def test_a_map_of_the_finer_layer_is_the_librarys(made, method):
    case, network, picture, explainer = made
    if case.finer is None:
        return
    ours = explainer.explain(picture, method, case.finer, None)
    theirs = plain_heat(network.body, case.finer, picture, method, reshape_of(case), N_CLASSES)
    assert ours.shape[1] >= 1.5 * explainer.layers()[0].size[0]
    assert_same(ours, theirs, case.side_px)
