import copy
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from leuko.errors import HeatmapError
from leuko.inference.classifier import Classifier
from leuko.inference.heatmaps.explainer import Explainer
from leuko.inference.heatmaps.methods import SOURCES, Method
from leuko.models.networks.network import Network
from tests import drawn
from tests.made_networks import make_card, make_network
from tests.unit.inference.heatmaps.reference import correlation

OWN, FINER = 0, 1


@pytest.fixture
def classifier(tiny_network):
    return Classifier(make_card(tiny_network), tiny_network)


@pytest.fixture(scope="module")
def crop():
    return drawn.draw_crop(2, True, 96)


def assert_nothing_left(classifier):
    assert not classifier._lock.locked()
    for module in classifier._network.modules():
        assert not module._forward_hooks
        assert not module._forward_pre_hooks
        assert not module._backward_hooks
    for parameter in classifier._network.parameters():
        assert parameter.grad is None
        assert not parameter.requires_grad
    assert torch.is_grad_enabled()


def test_methods_have_words_for_people():
    for method in Method:
        assert method.title.replace("-", "").lower() == method.value.replace("-", "")
        assert method.meaning.endswith(".")
        assert method.unit
        assert method in SOURCES
    assert [method for method in Method if not method.by_class] == [Method.EIGEN_CAM]
    assert Method("hirescam") is Method.HIRES_CAM


def test_grad_cam_of_the_cards_layer_is_the_evidence_of_the_result(classifier, crop):
    (result,) = classifier.classify([crop])
    own = classifier.card.architecture.heatmap_layer
    for layer in (None, own):
        assert np.array_equal(classifier.explain(crop, layer=layer), result.evidence)


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("place", [OWN, FINER])
def test_every_method_and_layer_gives_one_map_a_class_that_a_result_can_carry(
    classifier, crop, method, place
):
    layer = classifier.layers()[place]
    evidence = classifier.explain(crop, method, layer.name)
    assert evidence.dtype == np.float32
    assert evidence.shape == (3, *layer.size)
    assert np.isfinite(evidence).all()
    assert evidence.min() >= 0
    assert evidence.max() > 0
    assert np.array_equal(evidence[0], evidence[1]) == (not method.by_class)
    result = replace(classifier.classify([crop])[0], evidence=evidence)
    assert result.heat("Early").shape == (64, 64)
    assert_nothing_left(classifier)


def test_the_layers_are_the_cards_and_one_of_at_least_one_and_a_half_times_its_rows(classifier):
    own, finer = classifier.layers()
    assert own.name == classifier.card.architecture.heatmap_layer
    assert own.title == f"{own.size[0]} × {own.size[1]}, as trained"
    assert finer.title == f"{finer.size[0]} × {finer.size[1]}, finer"
    assert finer.size[0] >= 1.5 * own.size[0]
    assert own.channels > 0
    assert_nothing_left(classifier)


def test_an_unknown_layer_is_answered_with_the_known_ones(classifier, crop):
    names = " or ".join(layer.name for layer in classifier.layers())
    with pytest.raises(HeatmapError, match=f"'conv_stem': choose {names}"):
        classifier.explain(crop, layer="conv_stem")


def test_a_branch_beside_others_is_no_finer_layer():
    class Branches(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Conv2d(3, 4, 2, stride=4)
            self.left = nn.Conv2d(4, 4, 1)
            self.right = nn.Conv2d(4, 4, 1)
            self.end = nn.MaxPool2d(2)

        def forward(self, pictures):
            maps = self.stem(pictures)
            return self.end(self.left(maps) + self.right(maps))

    body = Branches()
    network = Network(body, body, lambda maps: maps.mean((2, 3)))
    explainer = Explainer(network, threading.Lock(), "end", 64)
    assert [layer.name for layer in explainer.layers()] == ["end", "stem"]


def test_an_in_place_activation_behind_the_layer_does_not_change_what_is_shown():
    torch.manual_seed(0)
    parts = [nn.Conv2d(3, 4, 4, stride=4), nn.ReLU(inplace=True), nn.MaxPool2d(2)]
    body = nn.Sequential(*parts)
    network = Network(body, body, lambda maps: maps.sum((2, 3)))
    explainer = Explainer(network, threading.Lock(), "2", 32)
    picture = torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        before = parts[0](picture)
    from leuko.inference.heatmaps.activations import watch

    watched = watch(network, picture, "0")
    torch.testing.assert_close(watched.maps, before[0])
    assert (watched.gradients[0, 0][watched.maps[0] < 0] == 0).all()
    assert explainer.layers()[1].name == "1"


@pytest.mark.parametrize("method", Method)
@pytest.mark.parametrize("place", [OWN, FINER])
def test_after_a_failure_in_the_middle_the_next_answer_is_a_fresh_classifiers(
    tiny_network, crop, monkeypatch, method, place
):
    fresh = Classifier(make_card(tiny_network), copy.deepcopy(tiny_network))
    classifier = Classifier(make_card(tiny_network), tiny_network)
    layer = classifier.layers()[place].name

    def fail(_features):
        raise RuntimeError("planted")

    with monkeypatch.context() as patch:
        # Score-CAM and the others ask the head, Eigen-CAM's single pass too.
        patch.setattr(classifier._network, "_head", fail)
        with pytest.raises(RuntimeError, match="planted"):
            classifier.explain(crop, method, layer)
    assert_nothing_left(classifier)
    assert np.array_equal(
        classifier.explain(crop, method, layer), fresh.explain(crop, method, layer)
    )
    assert np.array_equal(classifier.classify([crop])[0].evidence, fresh.explain(crop))


def test_what_the_progress_of_score_cam_raises_ends_it(classifier, crop):
    told = []

    def stop(share):
        told.append(share)
        if len(told) == 2:
            raise KeyboardInterrupt

    expected = classifier.classify([crop])[0]
    with pytest.raises(KeyboardInterrupt):
        classifier.explain(crop, Method.SCORE_CAM, progress=stop)
    assert 0 < told[0] < told[1] < 1
    assert_nothing_left(classifier)
    assert np.array_equal(classifier.classify([crop])[0].evidence, expected.evidence)
    told.clear()
    classifier.explain(crop, Method.SCORE_CAM, progress=told.append)
    assert told[-1] == 1


def test_the_lock_is_free_between_the_passes_of_score_cam(classifier, crop):
    answers = []
    classifier.explain(
        crop, Method.SCORE_CAM, progress=lambda _: answers.append(classifier.classify([crop])[0])
    )
    assert len({answer.malignant_probability for answer in answers}) == 1


def test_threads_with_different_methods_get_what_each_gets_alone(classifier, crop):
    jobs = [(m, layer.name) for m in Method if not m.slow for layer in classifier.layers()]
    alone = [classifier.explain(crop, *job) for job in jobs]
    start = threading.Barrier(len(jobs))

    def work(job):
        start.wait()
        classifier.classify([crop])
        return classifier.explain(crop, *job)

    with ThreadPoolExecutor(len(jobs)) as pool:
        for found, expected in zip(pool.map(work, jobs), alone, strict=True):
            assert np.array_equal(found, expected)
    assert_nothing_left(classifier)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_the_gradient_mode_of_the_caller_does_not_matter(classifier, crop, mode):
    finer = classifier.layers()[FINER].name
    expected = [classifier.explain(crop, m, finer) for m in Method if not m.slow]
    with mode():
        found = [classifier.explain(crop, m, finer) for m in Method if not m.slow]
    assert all(np.array_equal(a, b) for a, b in zip(found, expected, strict=True))


def test_the_layers_may_be_asked_for_in_inference_mode(classifier):
    with torch.inference_mode():
        layers = classifier.layers()
    assert len(layers) == 2


@pytest.mark.parametrize("name", ["resnet10t", "test_vit"])
def test_a_classifier_in_bfloat16_explains_nearly_as_one_in_float32(name, crop):
    network = make_network("timm", name, seed=2, side_px=96)
    card = make_card(network, name=name, side_px=96)
    exact = Classifier(card, copy.deepcopy(network), precision="float32")
    reduced = Classifier(card, network, precision="bfloat16")
    assert reduced.layers() == exact.layers()
    for method in (Method.GRAD_CAM, Method.LAYER_CAM, Method.HIRES_CAM):
        for layer in reduced.layers():
            ours, theirs = (c.explain(crop, method, layer.name) for c in (reduced, exact))
            assert ours.dtype == np.float32
            label = int(theirs.max(axis=(1, 2)).argmax())
            assert correlation(ours[label], theirs[label]) > 0.9
    assert_nothing_left(reduced)


def test_a_formula_without_a_value_carries_no_evidence():
    body = nn.Sequential(nn.Conv2d(3, 2, 1, bias=False))
    body[0].weight.data = torch.tensor([[1.0, -1.0, 0], [0, 0, 0]]).view(2, 3, 1, 1)
    network = Network(body, body, lambda maps: maps.sum((2, 3)) * 1e30)
    explainer = Explainer(network, threading.Lock(), "0", 4)
    picture = torch.ones(1, 3, 4, 4)
    for method in Method:
        evidence = explainer.explain(picture, method, None, None)
        assert np.isfinite(evidence).all()
        assert not evidence.any()
