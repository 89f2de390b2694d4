import csv
import json
import shutil

import numpy as np
import pytest

from leuko.cli.evaluate import recorded_split
from leuko.data.adapters.all_idb2 import CLASSES, read
from leuko.data.splitting.split import split_dataset
from leuko.errors import CardError, DatasetError
from leuko.evaluation.predictions import read_predictions
from leuko.evaluation.training_history import read_history
from leuko.imaging.decoding.decode import read_picture
from leuko.inference.classifier import Classifier
from leuko.models.card import read_card
from leuko.models.store import list_models
from leuko.training import run as run_module
from leuko.training.held_out import predict_held_out
from leuko.training.run import plan_of, train_model
from tests.made_recipes import tiny_recipe


@pytest.fixture(scope="module")
def card(trained):
    return read_card(trained.folder)


@pytest.fixture(scope="module")
def split(trained):
    return split_dataset(read(trained.data), plan_of(tiny_recipe()))


def train(tmp_path, data, recipe=None, **options):
    return train_model(
        recipe or tiny_recipe(), data, tmp_path / "weights", tmp_path / "run",
        device="cpu", progress=False, **options,
    )  # fmt: skip


def test_a_training_writes_a_complete_model_folder_and_nothing_else(trained):
    assert sorted(path.name for path in trained.folder.iterdir()) == [
        "card.json",
        "model.safetensors",
        "test_predictions.csv",
        "training_history.csv",
        "validation_predictions.csv",
    ]
    assert [path.name for path in trained.folder.parent.iterdir()] == ["tiny"]


def test_the_new_model_is_installed(trained):
    inventory = list_models(trained.folder.parent)
    assert inventory.problems == ()
    assert inventory.get("tiny").has_weights


def test_the_card_says_what_was_run(card, split):
    assert card.architecture.name == "test_efficientnet"
    assert card.architecture.heatmap_layer == "bn2"
    assert card.class_set == CLASSES
    assert card.input.kind == "crop"
    assert card.split.sha256 == split.sha256
    assert (card.split.train, card.split.validation, card.split.test) == (
        len(split.train),
        len(split.validation),
        len(split.test),
    )
    assert card.split.test_groups == len({sample.group for sample in split.test})
    assert card.split.copies == 1
    assert card.dataset.images == 32
    assert card.training.epochs == 2
    assert 1 <= card.training.best_epoch <= 2
    assert card.training.device == "CPU, 32-true"
    assert set(card.training.library_versions) == {"torch", "torchvision", "timm", "lightning"}
    assert 1 <= card.temperature <= 10


def test_the_recorded_recipe_is_the_recipe(card):
    assert card.training.recipe == tiny_recipe().model_dump(mode="json")


def test_nothing_in_a_model_folder_names_a_place_on_this_machine(trained):
    for path in trained.folder.iterdir():
        content = path.read_bytes()
        for place in (trained.data, trained.run_folder, trained.folder.parent):
            assert str(place).encode() not in content, path.name
    values = []

    def walk(value):
        if isinstance(value, dict):
            value = list(value.values())
        if isinstance(value, list):
            for part in value:
                walk(part)
        else:
            values.append(value)

    walk(json.loads((trained.folder / "card.json").read_text()))
    assert not [v for v in values if isinstance(v, str) and v.startswith(("/", "file:/"))]


def test_the_predictions_are_of_the_test_pictures_and_of_no_other(trained, card, split):
    predictions = read_predictions(trained.folder / "test_predictions.csv", card.class_set)
    assert predictions.image_ids == tuple(sample.image_id for sample in split.test)
    assert predictions.group_ids == tuple(sample.group for sample in split.test)
    assert predictions.labels == tuple(sample.label for sample in split.test)


def test_predictions_on_validation_pictures_are_stored_at_the_cards_temperature(
    trained, card, split
):
    stored = read_predictions(trained.folder / "validation_predictions.csv", card.class_set)
    assert list(stored.image_ids) == [sample.image_id for sample in split.validation]
    model = list_models(trained.folder.parent).get(card.id)
    answered = predict_held_out(Classifier.load(model, "cpu", "float32"), split.validation)
    assert np.allclose(stored.probabilities, answered.probabilities, atol=1e-5)


def test_the_stored_predictions_are_what_the_installed_model_answers(trained, card, split):
    predictions = read_predictions(trained.folder / "test_predictions.csv", card.class_set)
    classifier = Classifier.load(list_models(trained.folder.parent).get("tiny"), "cpu", "float32")
    results = classifier.classify([read_picture(sample.path).pixels for sample in split.test])
    found = np.array([list(result.probabilities.values()) for result in results])
    np.testing.assert_allclose(found, predictions.probabilities, atol=1e-6)


def test_the_history_has_one_row_an_epoch(trained):
    history = read_history(trained.folder / "training_history.csv")
    assert history["epoch"].tolist() == [1, 2]
    for column in ("train_accuracy", "validation_accuracy"):
        assert history[column].between(0, 1).all()
    with (trained.folder / "training_history.csv").open(newline="") as stream:
        columns = next(csv.reader(stream))
    assert {"train_loss", "validation_loss", "learning_rate"} <= set(columns)


def test_each_stage_says_one_sentence(trained):
    assert len(trained.said) == 4
    assert "ALL-IDB2: 16 pictures to train on, 8 to choose on, 8 to test on" in trained.said[0]
    assert trained.said[1] == "test_efficientnet, starting from random weights."
    assert "of 8 pictures right" in trained.said[2]
    assert "leuko calibrate tiny" in trained.said[3]


def test_a_failure_after_training_leaves_the_old_model_and_no_unfinished_folder(
    trained, tmp_path, monkeypatch
):
    shutil.copytree(trained.folder, tmp_path / "weights" / "tiny")
    before = (tmp_path / "weights" / "tiny" / "card.json").read_bytes()

    def fail(*_arguments):
        raise OSError("disk full")

    monkeypatch.setattr(run_module, "write_card", fail)
    with pytest.raises(OSError, match="disk full"):
        train(tmp_path, trained.data, tiny_recipe(training={"epochs": 1}))
    assert [path.name for path in (tmp_path / "weights").iterdir()] == ["tiny"]
    assert (tmp_path / "weights" / "tiny" / "card.json").read_bytes() == before


def test_training_again_replaces_the_model_of_that_id(trained, tmp_path):
    folder = tmp_path / "weights" / "tiny"
    folder.mkdir(parents=True)
    (folder / "old.txt").write_text("old")
    assert train(tmp_path, trained.data, tiny_recipe(training={"epochs": 1})) == folder
    assert not (folder / "old.txt").exists()
    assert read_card(folder).training.epochs == 1


def test_a_missing_data_set_is_refused_before_anything_is_made(tmp_path):
    with pytest.raises(DatasetError, match="No folder"):
        train(tmp_path, tmp_path / "absent")
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_network_is_refused_before_training(trained, tmp_path):
    recipe = tiny_recipe(network={"name": "resnet19"})
    with pytest.raises(CardError, match="timm knows no network 'resnet19'"):
        train(tmp_path, trained.data, recipe)
    assert not (tmp_path / "run").exists()


def test_a_network_that_cannot_be_explained_is_refused_before_training(trained, tmp_path):
    recipe = tiny_recipe(network={"name": "levit_128s"}, input={"side_px": 224})
    with pytest.raises(CardError, match="places of the network"):
        train(tmp_path, trained.data, recipe)
    assert not (tmp_path / "run").exists()


def test_a_picture_that_cannot_be_read_is_left_out_and_in_the_card(tmp_path, all_idb2_folder):
    data = tmp_path / "data"
    shutil.copytree(all_idb2_folder, data)
    whole = split_dataset(read(data), plan_of(tiny_recipe()))
    bad = whole.test[0]
    (data / bad.path.relative_to(data)).write_bytes(b"II*\0")
    said = []
    card = read_card(train(tmp_path, data, say=said.append))
    assert said[0].startswith(f"1 picture could not be read and is left out. {bad.image_id}: ")
    assert card.dataset.notes[0] == said[0]
    assert card.dataset.images == len(read(data).samples) - 1
    assert (card.split.train, card.split.test) == (len(whole.train), len(whole.test) - 1)
    again = recorded_split(card, data)
    assert bad.image_id not in {sample.image_id for sample in again.test}
    assert len(again.test) == card.split.test


def test_too_many_bad_pictures_end_a_training_before_it_begins(tmp_path, all_idb2_folder):
    data = tmp_path / "data"
    shutil.copytree(all_idb2_folder, data)
    for path in sorted((data / "img").glob("*_1.tif"))[:3]:
        path.write_bytes(b"II*\0")
    with pytest.raises(DatasetError, match="3 of 32 pictures cannot be read"):
        train(tmp_path, data)
    assert not (tmp_path / "weights").exists()
