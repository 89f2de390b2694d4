"""What is no number is an error of its model and never an answer."""

import hashlib
import json

import numpy as np
import pytest
import torch
from safetensors.torch import save

from leuko.errors import CardError, HeatmapError, WeightsError
from leuko.inference.classifier import Classifier
from leuko.models.card import WEIGHTS_FILE, read_card
from leuko.models.store import list_models
from leuko.models.weights import load_network, read_tensors
from tests.made_networks import install, make_card


@pytest.fixture
def folder(tiny_network, tmp_path):
    return install(tiny_network, tmp_path)


def put_changed(folder, change):
    """Change the weights; the card vouches for the new bytes."""
    tensors = read_tensors(folder / WEIGHTS_FILE)
    change(tensors)
    content = save(tensors)
    (folder / WEIGHTS_FILE).write_bytes(content)
    card = json.loads((folder / "card.json").read_text())
    card["weights"] |= {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (folder / "card.json").write_text(json.dumps(card))


def refusal_with(folder, change):
    """What is said of weights after a change."""
    put_changed(folder, change)
    with pytest.raises(WeightsError) as caught:
        load_network(read_card(folder), folder)
    sentence = str(caught.value)
    assert "'tiny'" in sentence
    assert "copy the model folder again" in sentence
    return sentence


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("part", ["conv_stem.weight", "bn1.running_var", "classifier.bias"])
def test_one_value_that_is_no_finite_number_is_refused_by_its_place(folder, part, value):
    def change(tensors):
        tensors[part].view(-1)[-1] = value

    assert f"'{part}' that are no finite numbers" in refusal_with(folder, change)


@pytest.mark.parametrize("dtype", [torch.int32, torch.uint8, torch.bool, torch.float64])
def test_weights_of_a_type_that_nobody_stores_are_refused(folder, dtype):
    def change(tensors):
        tensors["classifier.weight"] = tensors["classifier.weight"].to(dtype)

    assert "expected float32, float16 or bfloat16" in refusal_with(folder, change)


def test_a_counter_that_is_no_whole_number_is_refused(folder):
    def change(tensors):
        tensors["bn1.num_batches_tracked"] = torch.tensor(float("nan"))

    assert "expected torch.int64" in refusal_with(folder, change)


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16])
def test_weights_in_half_precision_are_taken(folder, dtype):
    def change(tensors):
        tensors["classifier.weight"] = tensors["classifier.weight"].to(dtype)

    put_changed(folder, change)
    stored = read_tensors(folder / WEIGHTS_FILE)["classifier.weight"]
    loaded = load_network(read_card(folder), folder).body.state_dict()["classifier.weight"]
    assert torch.equal(loaded, stored.float())


def test_a_temperature_that_makes_all_infinite_is_refused_with_the_card(folder):
    raw = (folder / "card.json").read_text()
    (folder / "card.json").write_text(raw.replace('"temperature": 1.0', '"temperature": 1e-320'))
    with pytest.raises(CardError, match="'temperature'"):
        read_card(folder)
    assert list_models(folder.parent).models == ()


def broken(network, module_name, value):
    """A classifier whose finite weights overflow, or whose variance is below zero."""
    with torch.no_grad():
        dict(network.body.named_buffers(), **dict(network.body.named_parameters()))[
            module_name
        ].fill_(value)
    return Classifier(make_card(network), network)


@pytest.mark.parametrize(
    ("part", "value"),
    [("classifier.weight", 3e38), ("bn1.running_var", -1.0), ("conv_stem.weight", 3e38)],
)
def test_finite_weights_whose_answer_is_not_finite_are_an_error_of_the_model(
    tiny_network, crops, part, value
):
    classifier = broken(tiny_network, part, value)
    for ask in (classifier.classify, classifier.features):
        with pytest.raises(WeightsError, match="'tiny' answers with something that is no finite"):
            ask(crops)
    with pytest.raises(HeatmapError, match="choose another method"):
        classifier.explain(crops[0])


def test_every_answer_of_a_sound_model_is_finite(tiny_network, crops):
    for result in Classifier(make_card(tiny_network), tiny_network).classify(crops):
        assert np.isfinite(list(result.probabilities.values())).all()
        assert np.isfinite(result.evidence).all()
