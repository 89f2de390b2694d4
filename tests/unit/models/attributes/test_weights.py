import pytest
import torch
from safetensors.torch import load_file, save_file

from leuko.errors import GatesError, WeightsError
from leuko.models.attributes import weights as weights_module
from leuko.models.attributes.card import read_attributes_card
from leuko.models.attributes.novelty import load_attribute_novelty
from leuko.models.attributes.weights import load_attribute_network, save_attribute_weights
from tests.made_attributes import attribute_network, install_attributes


def load(folder):
    return load_attribute_network(read_attributes_card(folder), folder)


def test_what_is_saved_is_loaded_and_answers_the_same(tmp_path):
    cells, sizes = torch.rand(2, 3, 64, 64), torch.tensor([[0.0, 0, 0], [1, -1, 1]])
    loaded = load(install_attributes(tmp_path))
    with torch.inference_mode():
        expected, found = attribute_network()(cells, sizes), loaded(cells, sizes)
    assert torch.equal(expected.logits, found.logits)
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_altered_weights_are_refused_before_they_are_parsed(tmp_path, monkeypatch):
    folder = install_attributes(tmp_path)
    path = folder / "model.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    monkeypatch.setattr(weights_module, "load", lambda _: pytest.fail("was parsed"))
    with pytest.raises(WeightsError, match="were altered"):
        load(folder)


def test_missing_or_larger_weights_are_refused(tmp_path):
    folder = install_attributes(tmp_path)
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes() + b"0")
    with pytest.raises(WeightsError, match="larger than"):
        load(folder)
    path.unlink()
    with pytest.raises(WeightsError, match="are missing"):
        load(folder)


def test_values_that_are_no_finite_numbers_are_refused(tmp_path):
    folder = install_attributes(tmp_path)
    path = folder / "model.safetensors"
    tensors = load_file(path)
    tensors["heads.0.bias"] = torch.full_like(tensors["heads.0.bias"], float("nan"))
    save_file(tensors, path)
    restamp(folder)
    with pytest.raises(WeightsError, match=r"'heads\.0\.bias' that are no finite numbers"):
        load(folder)


def test_weights_of_another_network_are_refused(tmp_path):
    folder = install_attributes(tmp_path)
    network = attribute_network()
    network.heads.append(torch.nn.Linear(3, 2))
    save_attribute_weights(network, folder / "model.safetensors")
    restamp(folder)
    with pytest.raises(WeightsError, match="do not fit a test_efficientnet with 11 attributes"):
        load(folder)


def restamp(folder):
    """Give the card the hash of what lies there, as whoever made the file would have."""
    import hashlib

    from leuko.models.attributes.card import write_attributes_card

    content = (folder / "model.safetensors").read_bytes()
    card = read_attributes_card(folder)
    facts = card.weights.model_copy(
        update={"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    )
    write_attributes_card(card.model_copy(update={"weights": facts}), folder)


def test_an_altered_or_missing_novelty_file_is_refused(tmp_path):
    folder = install_attributes(tmp_path)
    path, card = folder / "strangeness.safetensors", read_attributes_card(folder)
    assert load_attribute_novelty(card, folder) is not None
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    with pytest.raises(GatesError, match="was altered"):
        load_attribute_novelty(card, folder)
    path.unlink()
    with pytest.raises(GatesError, match="cannot be read"):
        load_attribute_novelty(card, folder)
