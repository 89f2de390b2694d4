import shlex

import pytest

from leuko.cli.grammar import build_parser
from leuko.models.card import ModelCard, read_card
from leuko.models.commands import training_command
from leuko.models.store import list_models
from leuko.settings import default_recipes_folder
from tests import ROOT
from tests.made_models import make_model_folder

SHIPPED = list_models(ROOT / "weights").models


@pytest.fixture
def recipes(tmp_path):
    folder = tmp_path / "recipes"
    folder.mkdir()
    return folder


def card_of(tmp_path, model_id, policy="grouped", initialisation="scratch", folds=None):
    card = read_card(make_model_folder(tmp_path, model_id))
    recipe = {"id": model_id, "data": {"policy": policy}}
    recipe["network"] = {"initialisation": initialisation}
    changes = {
        "split": card.split.model_dump() | {"policy": policy, "folds": folds},
        "training": card.training.model_dump() | {"recipe": recipe},
    }
    return ModelCard.model_validate(card.model_dump() | changes)


@pytest.mark.parametrize("model", SHIPPED, ids=lambda model: model.id)
def test_the_recipe_that_a_shipped_model_names_is_there_and_the_command_is_understood(model):
    words = shlex.split(training_command(model.card))
    assert words[:4] == ["python", "-m", "leuko", "train"]
    asked = build_parser().parse_args(words[3:])
    assert (default_recipes_folder().parent / asked.recipe).is_file()
    assert asked.initialisation == model.card.training.recipe["network"]["initialisation"]


def test_a_model_of_its_own_recipe_needs_no_policy(tmp_path, recipes):
    (recipes / "d1.toml").write_text("")
    command = training_command(card_of(tmp_path, "d1", "paper"), recipes)
    assert command == (
        "python -m leuko train recipes/d1.toml --data FOLDER --initialisation scratch"
    )


def test_a_model_of_the_other_policy_names_the_recipe_it_came_from(tmp_path, recipes):
    (recipes / "d1.toml").write_text("")
    card = card_of(tmp_path, "d1-grouped", "grouped", "leuko:c0-vgg-19-pcam")
    assert training_command(card, recipes) == (
        "python -m leuko train recipes/d1.toml --data FOLDER --policy grouped "
        "--initialisation leuko:c0-vgg-19-pcam"
    )


def test_a_recipe_file_of_that_very_name_goes_before(tmp_path, recipes):
    (recipes / "d1-paper.toml").write_text("")
    command = training_command(card_of(tmp_path, "d1-paper", "paper"), recipes)
    assert "recipes/d1-paper.toml" in command
    assert "--policy" not in command


def test_the_ending_of_another_policy_is_part_of_the_name(tmp_path, recipes):
    command = training_command(card_of(tmp_path, "d1-grouped", "paper"), recipes)
    assert "recipes/d1-grouped.toml" in command


def test_a_cross_validated_model_is_trained_with_its_folds(tmp_path, recipes):
    command = training_command(card_of(tmp_path, "d1-cv5", folds=5), recipes)
    assert "recipes/d1.toml --data FOLDER --folds 5" in command


def test_a_path_with_a_blank_stays_one_word(tmp_path, recipes):
    card = card_of(tmp_path, "d1", initialisation="file:my weights.safetensors")
    assert shlex.split(training_command(card, recipes))[-1] == "file:my weights.safetensors"


def test_a_card_that_records_no_start_yields_the_plain_command(tmp_path):
    card = read_card(make_model_folder(tmp_path, "bare"))
    assert training_command(card) == "python -m leuko train recipes/bare.toml --data FOLDER"
