import pytest

from leuko.errors import RecipeError
from leuko.imaging.preprocessing.cell_cut import CutCell
from leuko.training.attributes.recipe import (
    is_attributes_recipe,
    parse_attributes_recipe,
    read_attributes_recipe,
)
from tests import ROOT
from tests.made_attributes import tiny_attributes_recipe

SHIPPED = sorted((ROOT / "recipes" / "attributes").glob("*.toml"))


def test_a_recipe_is_shipped():
    assert SHIPPED


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_recipes_are_in_order(path):
    recipe = read_attributes_recipe(path)
    assert is_attributes_recipe(path)
    assert isinstance(recipe.input.steps[0], CutCell)
    assert recipe.id == f"attributes-{path.stem}"


def test_a_recipe_of_a_classifier_is_none_of_these(tmp_path):
    assert not is_attributes_recipe(ROOT / "recipes" / "mobilenetv2-taleqani.toml")
    assert not is_attributes_recipe(tmp_path / "absent.toml")
    (tmp_path / "broken.toml").write_text("kind = ")
    assert not is_attributes_recipe(tmp_path / "broken.toml")


def raw():
    return tiny_attributes_recipe().model_dump(mode="json")


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        ("training", "epoch", 3, "'training.epoch'.*Known keys: epochs, batch_size"),
        ("training", "batch_size", 1, "'training.batch_size'"),
        ("augmentation", "stain", 2, "'augmentation.stain'"),
        ("input", "reach", 0.5, "'input.reach'"),
        ("network", "library", "torchvision", "one of timm, all of it trained"),
        ("network", "trained", "head", "one of timm, all of it trained"),
    ],
)
def test_what_breaks_a_rule_is_named(section, key, value, said):
    changed = raw()
    changed[section][key] = value
    with pytest.raises(RecipeError, match=said):
        parse_attributes_recipe(changed, "made.toml")


def test_an_absent_file_or_one_that_is_no_toml_is_told(tmp_path):
    with pytest.raises(RecipeError, match="No recipe"):
        read_attributes_recipe(tmp_path / "absent.toml")
    (tmp_path / "broken.toml").write_text("kind = ")
    with pytest.raises(RecipeError, match="is no TOML file"):
        read_attributes_recipe(tmp_path / "broken.toml")
