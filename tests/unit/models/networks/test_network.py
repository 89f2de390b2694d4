import pytest
import torch
from torch import nn

from leuko.errors import CardError
from leuko.models.networks.network import (
    Network,
    build_network,
    find_heatmap_layer,
    last_layer_tensors,
)
from tests.made_networks import make_network

SIDE_PX = 64
NETWORKS = [
    ("timm", "mobilenetv2_100", "bn2"),
    ("timm", "resnet18", "layer4"),
    ("torchvision", "alexnet", "features"),
    ("torchvision", "squeezenet1_1", "features"),
    ("torchvision", "vgg11", "features"),
    ("torchvision", "densenet121", "features"),
]


@pytest.fixture(scope="module", params=NETWORKS, ids=[name for _, name, _ in NETWORKS])
def case(request):
    library, name, layer = request.param
    return make_network(library, name), layer


def pictures(count=2):
    return torch.randn(count, 3, SIDE_PX, SIDE_PX, generator=torch.Generator().manual_seed(1))


def test_trunk_and_head_together_are_the_librarys_network(case):
    network, _ = case
    with torch.no_grad():
        whole = network.body(pictures())
        cut = network.head(network.trunk(pictures()))
    assert cut.shape == (2, 3)
    assert whole.std() > 1e-4
    torch.testing.assert_close(cut, whole, atol=1e-5, rtol=1e-5)


def test_the_heatmap_layer_is_the_module_that_puts_out_what_the_trunk_returns(case):
    network, layer = case
    assert find_heatmap_layer(network, SIDE_PX) == layer
    seen = []
    handle = network.body.get_submodule(layer).register_forward_hook(
        lambda _module, _inputs, output: seen.append(output.clone())
    )
    with torch.no_grad():
        maps = network.trunk(pictures())
    handle.remove()
    assert maps.ndim == 4
    torch.testing.assert_close(seen[0], maps, atol=0, rtol=0)


def test_looking_for_the_heatmap_layer_leaves_no_hook_and_keeps_the_mode(tiny_network):
    tiny_network.train()
    find_heatmap_layer(tiny_network, SIDE_PX)
    assert tiny_network.training
    assert not any(module._forward_hooks for module in tiny_network.modules())


def test_a_trunk_without_a_named_last_layer_is_refused():
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU())
    network = Network(body, lambda x: body(x) * 2, lambda maps: maps.mean((2, 3)))
    with pytest.raises(CardError, match="feature maps of a named layer"):
        find_heatmap_layer(network, SIDE_PX)


@pytest.mark.parametrize(
    ("library", "name"), [("timm", "test_efficientnet"), ("torchvision", "squeezenet1_1")]
)
@pytest.mark.parametrize("n_classes", [2, 4])
def test_the_new_last_layer_has_one_output_a_class(library, name, n_classes):
    network = build_network(library, name, n_classes).eval()
    with torch.no_grad():
        assert network(pictures(1)).shape == (1, n_classes)


def test_a_new_timm_layer_starts_near_zero_so_that_no_class_is_favoured():
    last = build_network("timm", "test_efficientnet", 2).body.get_classifier()
    assert last.weight.detach().std().item() == pytest.approx(0.01, rel=0.2)
    assert not last.bias.any()


@pytest.mark.parametrize(
    ("library", "typo", "meant"),
    [
        ("timm", "mobilnetv2_100", "mobilenetv2_100"),
        ("timm", "resnet19", "resnet18"),
        ("torchvision", "squeezenet1_2", "squeezenet1_1"),
        ("torchvision", "densenet-121", "densenet121"),
    ],
)
def test_an_unknown_network_is_refused_with_similar_names(library, typo, meant):
    with pytest.raises(CardError) as caught:
        build_network(library, typo, 2)
    assert f"{library} knows no" in str(caught.value)
    assert meant in str(caught.value)


def test_a_name_like_nothing_known_is_refused_without_suggestions():
    with pytest.raises(CardError, match="none similar"):
        build_network("timm", "zzzzqqqq####", 2)


@pytest.mark.parametrize("name", ["hf_hub:someone/model", "local-dir:/tmp", "../resnet18"])
def test_a_name_cannot_reach_out_to_a_hub_or_a_folder(name):
    with pytest.raises(CardError):
        build_network("timm", name, 2)


def test_a_torchvision_network_that_cannot_be_cut_is_refused():
    with pytest.raises(CardError, match="features-and-classifier kind: use timm's"):
        build_network("torchvision", "resnet18", 2)


def test_a_torchvision_detector_is_no_classification_network():
    with pytest.raises(CardError, match="no classification network"):
        build_network("torchvision", "fasterrcnn_resnet50_fpn", 2)


@pytest.mark.parametrize(
    ("library", "name", "tensors"),
    [
        ("timm", "test_efficientnet", {"classifier.weight", "classifier.bias"}),
        ("timm", "resnet10t", {"fc.weight", "fc.bias"}),
        ("torchvision", "squeezenet1_1", {"classifier.1.weight", "classifier.1.bias"}),
        ("torchvision", "alexnet", {"classifier.6.weight", "classifier.6.bias"}),
        ("torchvision", "densenet121", {"classifier.weight", "classifier.bias"}),
    ],
)
def test_the_last_layer_is_the_one_whose_shape_follows_the_classes(library, name, tensors):
    two, three = (build_network(library, name, n) for n in (2, 3))
    grown = {
        key
        for key, value in two.body.state_dict().items()
        if three.body.state_dict()[key].shape != value.shape
    }
    assert last_layer_tensors(two) == grown == tensors
