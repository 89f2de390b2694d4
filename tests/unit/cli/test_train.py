import json
import sys
from pathlib import Path

import pytest

from leuko.models.card import read_card
from tests.made_recipes import tiny_recipe

RECIPE = """
id = "made"
title = "Made"
[data]
dataset = "all_idb2"
policy = "grouped"
test = 0.25
validation = 0.25
[network]
library = "timm"
name = "test_efficientnet"
initialisation = "scratch"
[input]
side_px = 64
[training]
epochs = 7
batch_size = 8
optimiser = "sgd"
learning_rate = 1e-3
precision = "float32"
"""


@pytest.fixture
def recipe_file(tmp_path):
    path = tmp_path / "made.toml"
    path.write_text(RECIPE, encoding="utf-8")
    return path


@pytest.fixture
def train(leuko, trained, recipe_file, tmp_path):
    def command(*words, recipe=recipe_file, data=trained.data):
        return leuko(
            "train", recipe, "--data", data, "--weights", tmp_path / "weights",
            "--runs", tmp_path / "runs", "--device", "cpu", *words,
        )  # fmt: skip

    return command


def test_training_installs_the_model_and_prints_its_folder_alone(train, tmp_path):
    done = train("--epochs", 1, "--policy", "paper", "--id", "other")
    assert done.code == 0, done.err
    assert len(done.out.splitlines()) == 1
    folder = Path(done.out.strip())
    assert folder.parent == tmp_path / "weights"
    assert folder.name.startswith("other")
    card = read_card(folder)
    assert card.training.epochs == 1
    assert card.split.policy == "paper"
    assert card.training.recipe["training"]["epochs"] == 1
    assert card.training.recipe["data"]["policy"] == "paper"
    assert "pictures to train on" in done.err


def test_with_nothing_to_resume_the_refusal_says_how_to_start(train):
    done = train("--resume")
    assert (done.code, done.out) == (2, "")
    assert "start without --resume" in done.err


def test_a_missing_recipe_is_refused(train, tmp_path):
    done = train(recipe=tmp_path / "absent.toml")
    assert (done.code, done.out) == (2, "")
    assert "recipes/" in done.err


def test_an_unknown_key_is_refused_with_the_known_ones(train, recipe_file):
    recipe_file.write_text(RECIPE.replace("epochs = 7", "epochs = 7\nepoch = 3"))
    done = train()
    assert (done.code, done.out) == (2, "")
    assert "'training.epoch'" in done.err
    assert "Known keys: epochs, batch_size" in done.err


def test_a_missing_data_set_is_refused(train, tmp_path):
    done = train(data=tmp_path / "absent")
    assert (done.code, done.out) == (2, "")
    assert "No folder" in done.err


def test_an_initialisation_that_names_nothing_is_refused(train):
    done = train("--initialisation", "magic")
    assert (done.code, done.out) == (2, "")
    assert "network.initialisation" in done.err


def test_a_model_to_start_from_that_is_not_installed_is_refused(train):
    done = train("--initialisation", "leuko:absent")
    assert (done.code, done.out) == (2, "")
    assert "No model 'absent' is installed" in done.err


def test_an_id_that_is_no_folder_name_is_refused(train):
    done = train("--id", "../escaped")
    assert (done.code, done.out) == (2, "")
    assert "'id'" in done.err


def test_without_lightning_the_refusal_names_the_requirements(train, monkeypatch):
    monkeypatch.setitem(sys.modules, "lightning", None)
    done = train()
    assert (done.code, done.out) == (2, "")
    assert "pip install -r requirements-dev.txt" in done.err


def test_the_recipe_of_a_card_is_enough_to_divide_the_data_again(trained):
    card = json.loads((trained.folder / "card.json").read_text())
    assert card["training"]["recipe"]["data"] == tiny_recipe().data.model_dump(mode="json")
