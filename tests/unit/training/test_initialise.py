import pytest
import timm
import torch
from safetensors.torch import save_file

from leuko.errors import ModelNotFoundError, RecipeError, WeightsError
from leuko.training.initialise import initialise_network
from tests.made_networks import install, make_network
from tests.made_recipes import tiny_recipe


def recipe(initialisation, **changes):
    return tiny_recipe(network={"initialisation": initialisation} | changes).network


def last_layer_names(network):
    body = network.body
    names = {name for name, module in body.named_modules() if module is body.get_classifier()}
    return {key for key in body.state_dict() if key.rsplit(".", 1)[0] in names}


def assert_trunk_taken(network, source):
    new = last_layer_names(network)
    assert len(new) == 2
    for name, tensor in source.items():
        if name not in new:
            assert torch.equal(network.body.state_dict()[name], tensor), name


@pytest.fixture
def source():
    """A four-class network, so that its last layer cannot fit a two-class one."""
    return make_network("timm", "test_efficientnet", n_classes=4, seed=9)


def test_an_installed_model_gives_its_trunk_and_not_its_last_layer(source, tmp_path):
    install(source, tmp_path, "source", classes=("a", "b", "c", "d"), malignant=("d",))
    network, words = initialise_network(recipe("leuko:source"), 2, tmp_path)
    assert_trunk_taken(network, source.body.state_dict())
    assert network.body.get_classifier().weight.shape[0] == 2
    assert words.startswith("trunk of Made · source (sha256 ")


def test_a_model_of_as_many_classes_still_gives_its_trunk_alone(tmp_path):
    twin = make_network("timm", "test_efficientnet", n_classes=2, seed=9)
    install(twin, tmp_path, "twin", classes=("HEM", "ALL"), malignant=("ALL",))
    network, _ = initialise_network(recipe("leuko:twin"), 2, tmp_path)
    assert_trunk_taken(network, twin.body.state_dict())
    taken = twin.body.get_classifier().weight
    assert not torch.equal(network.body.get_classifier().weight, taken)


def test_a_file_gives_its_trunk_and_is_named_without_its_folder(source, tmp_path):
    path = tmp_path / "start.safetensors"
    save_file(dict(source.body.state_dict()), path)
    network, words = initialise_network(recipe(f"file:{path}"), 2)
    assert_trunk_taken(network, source.body.state_dict())
    assert words.startswith("file start.safetensors (sha256 ")
    assert str(tmp_path) not in words


def test_scratch_is_random_and_follows_the_seed():
    first, again, other = (
        _seeded(seed).body.state_dict()["conv_stem.weight"] for seed in (1, 1, 2)
    )
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def _seeded(seed):
    torch.manual_seed(seed)
    network, words = initialise_network(recipe("scratch"), 2)
    assert words == "random weights"
    return network


@pytest.mark.parametrize("error", [OSError("no route"), RuntimeError("no hub")])
def test_imagenet_weights_without_a_network_connection_are_refused_with_the_remedy(
    monkeypatch, error
):
    def offline(*_arguments, **_options):
        raise error

    monkeypatch.setattr(timm, "create_model", offline)
    with pytest.raises(RecipeError) as caught:
        initialise_network(recipe("imagenet"), 2)
    sentence = str(caught.value)
    assert "connect to the internet" in sentence
    assert "--initialisation file:PATH, leuko:MODEL or scratch" in sentence


def test_weights_of_another_network_are_refused(source, tmp_path):
    path = tmp_path / "start.safetensors"
    save_file(dict(source.body.state_dict()), path)
    with pytest.raises(RecipeError, match=r"does not fit the network: \d+ of \d+ tensors"):
        initialise_network(recipe(f"file:{path}", name="resnet10t"), 2)


def test_a_model_of_another_network_is_refused_by_both_names(source, tmp_path):
    install(source, tmp_path, "source", classes=("a", "b", "c", "d"), malignant=("d",))
    with pytest.raises(RecipeError, match="is a test_efficientnet, the recipe asks for resnet10t"):
        initialise_network(recipe("leuko:source", name="resnet10t"), 2, tmp_path)


def test_a_trunk_with_a_hole_is_refused(source, tmp_path):
    tensors = dict(source.body.state_dict())
    del tensors["conv_stem.weight"]
    path = tmp_path / "start.safetensors"
    save_file(tensors, path)
    with pytest.raises(RecipeError, match=r"conv_stem\.weight"):
        initialise_network(recipe(f"file:{path}"), 2)


def test_a_model_that_is_not_installed_is_refused_by_the_installed(tmp_path):
    with pytest.raises(ModelNotFoundError, match="installed are: none"):
        initialise_network(recipe("leuko:absent"), 2, tmp_path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(WeightsError, match="No weight file"):
        initialise_network(recipe(f"file:{tmp_path / 'absent.safetensors'}"), 2)
