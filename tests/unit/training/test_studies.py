"""What the published studies ask of training: fixed extractors, oversampling, mean images."""

import numpy as np
import pytest
import torch

from leuko.errors import CardError, WeightsError
from leuko.imaging.preprocessing.prepare import Preparation
from leuko.imaging.preprocessing.steps import FitSquare, SubtractMeanImage
from leuko.inference.classifier import Classifier
from leuko.models.mean_image import MEAN_IMAGE_FILE
from leuko.models.networks.network import build_network
from leuko.models.store import list_models
from leuko.training.freeze import freeze_trunk, head_parameters
from leuko.training.held_out import predict_held_out
from leuko.training.image_dataset import measure_preparation, oversampled
from leuko.training.recipe import plan_of
from leuko.training.run import train_model
from tests import drawn
from tests.made_recipes import tiny_recipe


def test_oversampling_shows_every_class_equally_often_and_every_picture_at_least_once():
    targets = [0] * 7 + [1] * 3
    shown = oversampled(targets)
    assert sorted(set(shown)) == list(range(10))
    assert [sum(targets[index] == k for index in shown) for k in (0, 1)] == [7, 7]
    counts = [shown.count(index) for index in (7, 8, 9)]
    assert sorted(counts) == [2, 2, 3]


def test_balanced_classes_are_left_alone():
    assert oversampled([0, 1, 0, 1]) == [0, 1, 2, 3]


@pytest.mark.parametrize("head", ["published", "average"])
def test_a_fixed_extractor_learns_in_its_head_alone(head):
    network = build_network("torchvision", "squeezenet1_1", 2) if head == "published" else (
        build_network("torchvision", "vgg11", 2, head="average")
    )  # fmt: skip
    freeze_trunk(network, 64)
    learning = {name for name, p in network.body.named_parameters() if p.requires_grad}
    assert learning
    assert all(name.startswith("classifier.") for name in learning)


def test_the_parameters_of_a_head_leave_no_gradient_behind():
    network = build_network("leuko", "plain_cnn", 2)
    assert len(head_parameters(network, 32)) == 2
    assert all(parameter.grad is None for parameter in network.parameters())


def test_training_the_head_alone_leaves_the_trunk_as_it_was(tmp_path, all_idb2_folder, trained):
    recipe = tiny_recipe("frozen", network={"initialisation": "leuko:tiny", "trained": "head"})
    train_model(
        recipe, all_idb2_folder, trained.folder.parent, tmp_path / "run",
        device="cpu", progress=False,
    )  # fmt: skip
    models = {model.id: model for model in list_models(trained.folder.parent).models}
    before = Classifier.load(models["tiny"], "cpu", "float32")._network.body.state_dict()
    after = Classifier.load(models["frozen"], "cpu", "float32")._network.body.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.startswith("classifier") for name in changed)


def test_the_mean_image_is_that_of_the_training_pictures(tmp_path, all_idb2_folder):
    recipe = tiny_recipe(
        "mean", input={"steps": [{"step": "subtract_mean_image"}]}, training={"epochs": 1}
    )
    folder = train_model(
        recipe, all_idb2_folder, tmp_path / "weights", tmp_path / "run",
        device="cpu", progress=False,
    )  # fmt: skip
    (model,) = list_models(tmp_path / "weights").models
    assert (folder / MEAN_IMAGE_FILE).is_file()
    from leuko.data.adapters.all_idb2 import read
    from leuko.data.splitting.split import split_dataset
    from leuko.evaluation.predictions import read_predictions

    split = split_dataset(read(all_idb2_folder), plan_of(recipe))
    again = predict_held_out(Classifier.load(model, "cpu", "float32"), split.test)
    stored = read_predictions(model.predictions_path, model.card.class_set)
    np.testing.assert_allclose(again.probabilities, stored.probabilities, atol=1e-5)

    (folder / MEAN_IMAGE_FILE).write_bytes(drawn.encode(np.zeros((64, 64, 3), np.uint8), "PNG"))
    with pytest.raises(WeightsError, match="altered"):
        Classifier.load(model, "cpu")
    (folder / MEAN_IMAGE_FILE).unlink()
    with pytest.raises(WeightsError, match="needs mean_image"):
        Classifier.load(model, "cpu")


def test_without_the_step_no_mean_image_is_measured():
    steps = (FitSquare(side_px=64),)
    assert measure_preparation(steps, ()).mean_image is None
    assert isinstance(measure_preparation(steps, ()), Preparation)


def test_a_recipe_puts_the_mean_image_after_the_square():
    from leuko.training.recipe import steps_of

    recipe = tiny_recipe(input={"steps": [{"step": "subtract_mean_image"}]})
    assert [type(step) for step in steps_of(recipe)] == [FitSquare, SubtractMeanImage]


@pytest.mark.parametrize(
    ("library", "name", "head", "message"),
    [
        ("leuko", "resnet", "published", "simple_cnn"),
        ("timm", "resnet18", "average", "published"),
    ],
)
def test_a_network_that_cannot_be_built_so_is_refused(library, name, head, message):
    with pytest.raises(CardError, match=message):
        build_network(library, name, 2, head=head)


def test_an_average_head_is_small_and_reads_any_size():
    network = build_network("torchvision", "alexnet", 4, head="average").eval()
    assert sum(p.numel() for p in network.parameters()) < 3_000_000
    with torch.no_grad():
        assert network(torch.zeros(1, 3, 128, 128)).shape == (1, 4)


def test_a_run_may_leave_its_results_only(tmp_path, all_idb2_folder):
    folder = train_model(
        tiny_recipe("bare", training={"epochs": 1}), all_idb2_folder, tmp_path / "weights",
        tmp_path / "run", keep_weights=False, device="cpu", progress=False,
    )  # fmt: skip
    (model,) = list_models(tmp_path / "weights").models
    assert not model.has_weights
    assert {path.name for path in folder.iterdir()} == {
        "card.json", "test_predictions.csv", "training_history.csv", "validation_predictions.csv",
    }  # fmt: skip
    with pytest.raises(WeightsError, match="results only"):
        Classifier.load(model, "cpu")
