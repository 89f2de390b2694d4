import hashlib
import json
import pickle
from pathlib import Path

import pytest
import torch

from leuko.errors import WeightsError
from leuko.models import weights as weights_module
from leuko.models.card import WEIGHTS_FILE, read_card
from leuko.models.weights import load_network, read_tensors, round_as_stored, save_weights
from tests.made_models import make_model_folder
from tests.made_networks import install, make_network


class Trap:
    """Creates a file as soon as it is unpickled."""

    def __init__(self, target):
        self.target = target

    def __reduce__(self):
        return (Path.touch, (self.target,))


@pytest.fixture
def folder(tiny_network, tmp_path):
    return install(tiny_network, tmp_path)


def load(folder):
    return load_network(read_card(folder), folder)


def refusal(folder):
    with pytest.raises(WeightsError) as caught:
        load(folder)
    return str(caught.value)


def put(folder, content):
    """Replace the weight file and let the card vouch for it."""
    (folder / WEIGHTS_FILE).write_bytes(content)
    card = json.loads((folder / "card.json").read_text())
    card["weights"]["sha256"] = hashlib.sha256(content).hexdigest()
    card["weights"]["bytes"] = len(content)
    (folder / "card.json").write_text(json.dumps(card))


def test_weights_come_back_exactly_ready_to_predict(folder, tiny_network):
    network = load(folder)
    for name, tensor in tiny_network.body.state_dict().items():
        assert torch.equal(network.body.state_dict()[name], tensor), name
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_missing_weights_are_refused_with_the_remedy(folder):
    (folder / WEIGHTS_FILE).unlink()
    sentence = refusal(folder)
    assert "missing (model.safetensors)" in sentence
    assert "copy the model folder again" in sentence


@pytest.mark.parametrize("place", [0, 9, 5000, -1])
def test_one_changed_byte_is_refused(folder, place):
    content = bytearray((folder / WEIGHTS_FILE).read_bytes())
    content[place] ^= 1
    (folder / WEIGHTS_FILE).write_bytes(content)
    sentence = refusal(folder)
    assert "altered: sha256" in sentence
    assert "copy the model folder again" in sentence


@pytest.mark.parametrize("keep", [0, 8, -1])
def test_cut_off_weights_are_refused_with_both_sizes(folder, keep):
    content = (folder / WEIGHTS_FILE).read_bytes()
    (folder / WEIGHTS_FILE).write_bytes(content[:keep])
    sentence = refusal(folder)
    assert f"{len(content):,} bytes expected, {len(content[:keep]):,} found" in sentence


def test_a_folder_in_the_place_of_the_weights_is_refused(folder):
    (folder / WEIGHTS_FILE).unlink()
    (folder / WEIGHTS_FILE).mkdir()
    assert "'tiny'" in refusal(folder)


def test_weights_of_another_shape_are_refused(folder, tmp_path):
    other = make_network("timm", "test_efficientnet", n_classes=2)
    save_weights(other, tmp_path / "other.safetensors")
    put(folder, (tmp_path / "other.safetensors").read_bytes())
    sentence = refusal(folder)
    assert "do not fit a test_efficientnet with 3 classes" in sentence
    assert "restore the whole folder" in sentence


def test_weights_of_another_network_are_refused(folder, tmp_path):
    other = make_network("torchvision", "squeezenet1_1", n_classes=3)
    save_weights(other, tmp_path / "other.safetensors")
    put(folder, (tmp_path / "other.safetensors").read_bytes())
    assert "do not fit" in refusal(folder)


def test_a_pickle_with_the_right_hash_is_refused_and_never_run(folder, tmp_path):
    sprung = tmp_path / "sprung"
    trap = pickle.dumps({"weight": Trap(sprung)})
    put(folder, trap)
    assert "do not fit" in refusal(folder)
    assert not sprung.exists()
    pickle.loads(trap)
    assert sprung.exists(), "the trap works, so the loader did not spring it"


def test_a_torch_file_with_the_right_hash_is_refused_and_never_run(folder, tmp_path):
    sprung = tmp_path / "sprung"
    torch.save({"weight": Trap(sprung)}, tmp_path / "trap.pt")
    put(folder, (tmp_path / "trap.pt").read_bytes())
    assert "do not fit" in refusal(folder)
    assert not sprung.exists()


def test_nothing_is_parsed_or_built_before_the_hash_is_right(folder, monkeypatch):
    def too_early(*_arguments, **_options):
        pytest.fail("touched before the hash was right")

    monkeypatch.setattr(weights_module, "load", too_early)
    monkeypatch.setattr(weights_module, "build_network", too_early)
    content = bytearray((folder / WEIGHTS_FILE).read_bytes())
    content[100] ^= 1
    (folder / WEIGHTS_FILE).write_bytes(content)
    assert "altered" in refusal(folder)


def test_results_only_are_refused_with_the_command_that_trains(tmp_path):
    folder = make_model_folder(tmp_path, "results", predictions=False, history=False)
    assert "python -m leuko train recipes/results.toml --data FOLDER" in refusal(folder)


def test_saving_returns_hash_and_size_of_the_file(tiny_network, tmp_path):
    path = tmp_path / "w.safetensors"
    sha256, n_bytes = save_weights(tiny_network, path)
    assert sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert n_bytes == path.stat().st_size


def test_a_small_network_is_stored_as_it_is(tiny_network):
    before = {name: t.clone() for name, t in tiny_network.body.state_dict().items()}
    assert round_as_stored(tiny_network) == "float32"
    for name, tensor in tiny_network.body.state_dict().items():
        assert torch.equal(tensor, before[name])


def test_a_large_network_is_rounded_to_what_its_file_will_hold(tiny_network, tmp_path, monkeypatch):
    monkeypatch.setattr(weights_module, "LARGEST_FLOAT32_BYTES", 1)
    before = {name: t.clone() for name, t in tiny_network.body.state_dict().items()}
    assert round_as_stored(tiny_network) == "float16"
    after = tiny_network.body.state_dict()
    kernels = [name for name, tensor in before.items() if tensor.ndim > 1]
    assert any(not torch.equal(before[name], after[name]) for name in kernels)
    for name, tensor in before.items():
        assert torch.equal(after[name], tensor.half().float() if name in kernels else tensor)
    full = save_weights(tiny_network, tmp_path / "full.safetensors")[1]
    half = save_weights(tiny_network, tmp_path / "half.safetensors", "float16")[1]
    assert half < 0.7 * full
    stored = read_tensors(tmp_path / "half.safetensors")
    for name, tensor in after.items():
        assert torch.equal(stored[name].to(tensor.dtype), tensor)


def test_a_folder_in_half_precision_answers_as_the_network_did(tiny_network, tmp_path, monkeypatch):
    monkeypatch.setattr(weights_module, "LARGEST_FLOAT32_BYTES", 1)
    round_as_stored(tiny_network)
    folder = install(tiny_network, tmp_path, precision="float16")
    pictures = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        assert torch.equal(load(folder)(pictures), tiny_network.eval()(pictures))


def test_a_kernel_beyond_half_precision_is_refused(tiny_network, monkeypatch):
    monkeypatch.setattr(weights_module, "LARGEST_FLOAT32_BYTES", 1)
    with torch.no_grad():
        next(p for p in tiny_network.body.parameters() if p.ndim > 1).fill_(1e6)
    with pytest.raises(WeightsError, match="beyond half precision"):
        round_as_stored(tiny_network)


def test_reading_tensors_of_a_missing_file_or_another_format_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="No weight file"):
        read_tensors(tmp_path / "absent.safetensors")
    (tmp_path / "text.safetensors").write_text("no tensors")
    with pytest.raises(WeightsError, match=r"'text\.safetensors' is no safetensors file"):
        read_tensors(tmp_path / "text.safetensors")
