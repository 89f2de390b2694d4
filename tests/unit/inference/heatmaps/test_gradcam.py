import threading

import numpy as np
import pytest
import torch

from leuko.inference.heatmaps.gradcam import logits_and_evidence
from leuko.models.networks.network import Network, find_heatmap_layer
from tests import drawn
from tests.made_networks import MEAN, STD, make_network
from tests.unit.inference.heatmaps.reference import correlation, library_heat, scaled

SIDE_PX = 96
NETWORKS = [
    ("timm", "mobilenetv2_035"),
    ("timm", "resnet10t"),
    ("torchvision", "squeezenet1_1"),
    ("torchvision", "alexnet"),
]


def drawn_pictures(count=2, side_px=SIDE_PX):
    stacked = np.stack([drawn.draw_crop(seed, seed % 2 == 0, side_px) for seed in range(count)])
    pictures = torch.from_numpy(stacked).permute(0, 3, 1, 2).float() / 255
    return (pictures - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


@pytest.mark.parametrize(("library", "name"), NETWORKS, ids=[name for _, name in NETWORKS])
def test_evidence_is_the_librarys_gradcam_of_every_class(library, name):
    network = make_network(library, name, seed=2)
    pictures = drawn_pictures()
    layer = find_heatmap_layer(network, SIDE_PX)
    with torch.no_grad():
        plain = network(pictures)
    logits, evidence = logits_and_evidence(network, pictures)
    torch.testing.assert_close(logits, plain, atol=1e-5, rtol=1e-5)
    ours, theirs = scaled(evidence, SIDE_PX), library_heat(network, layer, pictures)
    assert ours.shape == theirs.shape
    says_something = np.ptp(ours, axis=(2, 3)) > 0.5
    assert says_something.any(axis=1).all(), "a comparison of empty maps proves nothing"
    for picture in range(ours.shape[0]):
        for index in range(ours.shape[1]):
            assert correlation(ours[picture, index], theirs[picture, index]) >= 0.999
    np.testing.assert_allclose(ours, theirs, atol=1e-3)


def test_evidence_is_the_formula_by_hand():
    body = torch.nn.Sequential(torch.nn.Conv2d(3, 2, 1, bias=False))
    body[0].weight.data = torch.tensor([[1.0, 0, 0], [0, 1.0, 0]]).view(2, 3, 1, 1)
    layer = torch.tensor([[3.0, -4.0], [-1.0, -2.0]])
    network = Network(body, body, lambda maps: maps.mean((2, 3)) @ layer.T)
    picture = torch.tensor([[[1.0, 2.0]], [[0.0, 4.0]], [[9.0, 9.0]]])[None]  # (1, 3, 1, 2)
    logits, evidence = logits_and_evidence(network, picture)
    # Mean over two positions: each position's gradient is half the weight of the last layer.
    assert logits.tolist() == [[1.5 * 3 - 2 * 4, -1.5 - 2 * 2]]
    assert evidence[0, 0].tolist() == [[1.5 * 1 - 2 * 0, 0.0]]
    assert evidence[0, 1].tolist() == [[0.0, 0.0]]


def test_evidence_is_finite_and_never_negative(tiny_network):
    logits, evidence = logits_and_evidence(tiny_network, drawn_pictures())
    assert logits.dtype == evidence.dtype == torch.float32
    assert torch.isfinite(evidence).all()
    assert (evidence >= 0).all()
    assert evidence.shape[:2] == logits.shape == (2, 3)


def test_a_batch_gives_what_its_pictures_give_alone(tiny_network):
    pictures = drawn_pictures()
    together = logits_and_evidence(tiny_network, pictures)
    alone = [logits_and_evidence(tiny_network, picture[None]) for picture in pictures]
    for index in (0, 1):
        torch.testing.assert_close(
            together[index], torch.cat([one[index] for one in alone]), atol=1e-5, rtol=1e-4
        )


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode, torch.enable_grad])
def test_the_gradient_mode_of_the_calling_thread_does_not_matter(tiny_network, mode):
    expected = logits_and_evidence(tiny_network, drawn_pictures())
    with mode():
        found = logits_and_evidence(tiny_network, drawn_pictures())
        before = torch.is_grad_enabled(), torch.is_inference_mode_enabled()
        logits_and_evidence(tiny_network, drawn_pictures())
        assert (torch.is_grad_enabled(), torch.is_inference_mode_enabled()) == before
    for one, other in zip(found, expected, strict=True):
        assert torch.equal(one, other)
        assert not one.requires_grad


def test_a_thread_of_its_own_gets_the_same_under_any_mode_of_the_main_thread(tiny_network):
    expected = logits_and_evidence(tiny_network, drawn_pictures())
    found = []
    with torch.inference_mode():
        thread = threading.Thread(
            target=lambda: found.append(logits_and_evidence(tiny_network, drawn_pictures()))
        )
        thread.start()
        thread.join()
    assert torch.equal(found[0][1], expected[1])


def test_no_hook_no_gradient_and_no_change_of_state_is_left(tiny_network):
    tiny_network.requires_grad_(requires_grad=False)
    before = {name: tensor.clone() for name, tensor in tiny_network.state_dict().items()}
    pictures = drawn_pictures()
    logits_and_evidence(tiny_network, pictures)
    for module in tiny_network.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks
        assert not module._backward_hooks
    for parameter in tiny_network.parameters():
        assert parameter.grad is None
        assert not parameter.requires_grad
    assert pictures.grad is None
    assert not pictures.requires_grad
    for name, tensor in tiny_network.state_dict().items():
        assert torch.equal(tensor, before[name]), name


def test_trainable_parameters_get_no_gradient_either(tiny_network):
    tiny_network.requires_grad_()
    logits_and_evidence(tiny_network, drawn_pictures())
    assert all(parameter.grad is None for parameter in tiny_network.parameters())


def test_a_head_that_never_raises_a_logit_gives_a_map_of_zeros(tiny_network):
    last = tiny_network.body.get_classifier()
    last.weight.data[1] = 0
    _, evidence = logits_and_evidence(tiny_network, drawn_pictures())
    assert not evidence[:, 1].any()
    assert evidence[:, [0, 2]].any()


@pytest.mark.parametrize(("library", "name"), NETWORKS, ids=[name for _, name in NETWORKS])
def test_a_trunk_in_bfloat16_keeps_a_head_in_float32_and_nearly_the_same_answer(library, name):
    network = make_network(library, name, seed=2)
    pictures = drawn_pictures()
    logits, evidence = logits_and_evidence(network, pictures)
    network.trunk_to(torch.bfloat16, SIDE_PX)
    types = {parameter.dtype for parameter in network.body.parameters()}
    assert types == {torch.bfloat16, torch.float32}
    reduced_logits, reduced_evidence = logits_and_evidence(network, pictures.bfloat16())
    assert reduced_logits.dtype == reduced_evidence.dtype == torch.float32
    spread = float(logits.max() - logits.min())
    assert float((reduced_logits - logits).abs().max()) < 0.1 * max(spread, 1.0)
    ours, theirs = scaled(reduced_evidence, SIDE_PX), scaled(evidence, SIDE_PX)
    for picture, index in np.ndindex(*ours.shape[:2]):
        if np.ptp(theirs[picture, index]) > 0.5 and np.ptp(ours[picture, index]) > 0.5:
            assert correlation(ours[picture, index], theirs[picture, index]) > 0.9


def test_the_last_layer_is_among_what_stays_in_float32():
    network = make_network("timm", "mobilenetv2_035").trunk_to(torch.bfloat16, SIDE_PX)
    assert network.body.get_classifier().weight.dtype == torch.float32
    assert network.body.conv_stem.weight.dtype == torch.bfloat16
