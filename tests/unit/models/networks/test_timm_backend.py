import copy

import pytest
import torch

from leuko.errors import CardError
from leuko.models.networks.network import build_network, find_heatmap_layer, last_layer_tensors
from leuko.models.store import list_models
from leuko.models.weights import load_network
from leuko.training.freeze import head_parameters
from tests.made_networks import install, make_network

SIDE_PX = 64
TRANSFORMERS = [
    ("test_vit", 4),
    ("test_vit3", 4),
    ("deit_tiny_distilled_patch16_224", 4),
    ("vit_tiny_patch16_224", 4),
    ("swin_tiny_patch4_window7_224", 2),
    ("test_vit_relpos", 4),
    ("test_convnext", 2),
    ("test_coatnet", 2),
]


@pytest.fixture(scope="module", params=TRANSFORMERS, ids=[name for name, _ in TRANSFORMERS])
def case(request):
    name, side = request.param
    return name, make_network("timm", name, side_px=SIDE_PX), side


def pictures(count=2):
    return torch.randn(count, 3, SIDE_PX, SIDE_PX, generator=torch.Generator().manual_seed(1))


def test_trunk_and_head_together_are_timms_network(case):
    _, network, _ = case
    with torch.no_grad():
        torch.testing.assert_close(
            network.head(network.trunk(pictures())), network.body(pictures()), atol=1e-5, rtol=1e-5
        )


def test_the_maps_are_what_the_named_layer_puts_out_patch_by_patch(case):
    name, network, side = case
    seen = []
    layer = network.body.get_submodule(find_heatmap_layer(network, SIDE_PX))
    handle = layer.register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    with torch.no_grad():
        maps = network.maps(network.trunk(pictures()))
    handle.remove()
    (output,) = seen
    assert maps.shape[2:] == (side, side)
    if output.ndim == 3:
        patches = output[:, -side * side :]
        for row in range(side):
            for column in range(side):
                assert torch.equal(maps[:, :, row, column], patches[:, row * side + column])
    else:
        channels_last = name.startswith("swin")
        assert torch.equal(maps, output.permute(0, 3, 1, 2) if channels_last else output)


def test_every_patch_bears_on_the_answer(case):
    _, network, _ = case
    features = network.trunk(pictures(1)).detach().requires_grad_()
    (gradient,) = torch.autograd.grad(network.head(features)[0, 0], features)
    assert network.maps(gradient).abs().sum(dim=1).min() > 0


def test_the_head_in_float32_follows_a_trunk_in_bfloat16(case):
    _, network, _ = case
    reduced = copy.deepcopy(network).trunk_to(torch.bfloat16, SIDE_PX)
    with torch.no_grad():
        exact = network(pictures())
        found = reduced.head(reduced.trunk(pictures().bfloat16()).float())
    assert found.dtype == torch.float32
    assert float((found - exact).abs().max()) < 0.1 * max(1.0, float(exact.max() - exact.min()))
    in_head = {id(parameter) for parameter in head_parameters(network, SIDE_PX)}
    names = [name for name, p in network.named_parameters() if id(p) in in_head]
    own = dict(reduced.named_parameters())
    assert {own[name].dtype for name in names} == {torch.float32}
    assert torch.bfloat16 in {parameter.dtype for parameter in reduced.parameters()}


@pytest.mark.parametrize("name", ["test_vit", "test_convnext"])
def test_stored_weights_give_the_same_answers(name, tmp_path):
    network = make_network("timm", name, side_px=SIDE_PX)
    folder = install(network, tmp_path, name=name, side_px=SIDE_PX)
    loaded = load_network(list_models(tmp_path).get("tiny").card, folder)
    with torch.no_grad():
        assert torch.equal(loaded(pictures()), network(pictures()))


def test_a_distilled_transformer_has_two_last_layers():
    network = build_network("timm", "deit_tiny_distilled_patch16_224", 2)
    assert last_layer_tensors(network) == {
        f"{layer}.{tensor}" for layer in ("head", "head_dist") for tensor in ("weight", "bias")
    }
    for layer in (network.body.head, network.body.head_dist):
        assert layer.weight.detach().std().item() == pytest.approx(0.01, rel=0.2)


@pytest.mark.parametrize(
    ("name", "side_px", "sentence"),
    [
        ("xcit_nano_12_p16_224", 224, "answers from its class token alone"),
        ("mobilevitv2_050", 224, None),
        ("test_vit", 100, "no multiple of them"),
        ("test_convnext", 100, None),
    ],
)
def test_a_network_whose_heatmaps_would_mean_nothing_is_refused(name, side_px, sentence):
    if sentence is None:
        network = build_network("timm", name, 2, side_px=side_px)
        assert find_heatmap_layer(network, side_px)
    else:
        with pytest.raises(CardError, match=sentence):
            build_network("timm", name, 2, side_px=side_px)


def test_tokens_that_were_merged_on_the_way_are_refused():
    network = build_network("timm", "levit_128s", 2)
    with pytest.raises(CardError, match="places of the network's features"):
        find_heatmap_layer(network, 224)
