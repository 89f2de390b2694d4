import tomllib

import pytest

from leuko.data.registry import ADAPTERS
from leuko.errors import RecipeError
from leuko.imaging.preprocessing.steps import FitSquare, MaskCorner, check_order
from leuko.training.recipe import DataRecipe, Recipe, parse_recipe, plan_of, read_recipe, steps_of
from tests import ROOT
from tests.made_recipes import tiny_recipe

RECIPES = sorted((ROOT / "recipes").glob("*.toml"))


def raw(path):
    return tomllib.loads(path.read_text(encoding="utf-8"))


def recipe_path(recipe_id):
    return next(path for path in RECIPES if path.stem == recipe_id)


def flat(mapping, prefix=""):
    entries = {}
    for key, value in mapping.items():
        if isinstance(value, dict):
            entries |= flat(value, f"{prefix}{key}.")
        else:
            entries[prefix + key] = value
    return entries


def different_keys(first, second):
    one, other = flat(raw(recipe_path(first))), flat(raw(recipe_path(second)))
    return {key for key in one.keys() | other.keys() if one.get(key) != other.get(key)}


def refusal(content):
    with pytest.raises(RecipeError) as caught:
        parse_recipe(content, "made.toml")
    return str(caught.value)


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_a_shipped_recipe_is_valid_and_named_after_its_file(path):
    recipe = read_recipe(path)
    assert recipe.id == path.stem
    assert recipe.data.dataset in ADAPTERS
    assert plan_of(recipe).policy == recipe.data.policy
    assert FitSquare(side_px=recipe.input.side_px) in steps_of(recipe)
    check_order(steps_of(recipe))


def test_there_is_a_recipe_for_each_of_the_shipped_models():
    assert {"mobilenetv2-taleqani", "mobilenetv2-all-idb2", "mobilenetv2-c-nmc"} <= {
        path.stem for path in RECIPES
    }


def test_every_taleqani_recipe_covers_the_scale_bar():
    for path in RECIPES:
        recipe = read_recipe(path)
        if recipe.data.dataset == "taleqani":
            mask = next(step for step in recipe.input.steps if isinstance(step, MaskCorner))
            assert mask.left * 224 <= 172
            assert mask.top * 224 <= 190
            assert (mask.right, mask.bottom) == (1, 1)


def test_the_paper_sibling_of_taleqani_differs_in_its_split_and_is_not_recommended():
    assert different_keys("mobilenetv2-taleqani", "mobilenetv2-taleqani-paper") == {
        "id",
        "title",
        "data.policy",
        "data.fold",
        "recommended",
    }


def test_an_unknown_key_is_refused_with_the_known_ones():
    content = raw(RECIPES[0])
    content["data"]["polcy"] = "paper"
    sentence = refusal(content)
    assert "made.toml: 'data.polcy'" in sentence
    assert f"Known keys: {', '.join(DataRecipe.model_fields)}." in sentence


def test_an_unknown_section_is_refused_with_the_known_ones():
    content = raw(RECIPES[0]) | {"optimizer": {}}
    assert f"Known keys: {', '.join(Recipe.model_fields)}." in refusal(content)


def test_an_unknown_key_of_a_step_is_refused_by_its_place():
    content = raw(RECIPES[0])
    content["input"]["steps"] = [{"step": "mask_corner", "left": 0.5, "top": 0.5, "width": 3}]
    assert "input.steps.0.mask_corner.width" in refusal(content)


@pytest.mark.parametrize(
    ("section", "key", "value"),
    [
        ("data", "policy", "random"),
        ("data", "test", 0),
        ("data", "validation", 1.0),
        ("network", "library", "keras"),
        ("network", "initialisation", "magic"),
        ("network", "initialisation", "file:"),
        ("network", "dropout", 1.0),
        ("input", "side_px", 16),
        ("input", "std", [0.2, 0.0, 0.2]),
        ("augmentation", "hue", 0.6),
        ("training", "epochs", 0),
        ("training", "optimiser", "adagrad"),
        ("training", "learning_rate", 0),
        ("training", "precision", "float16"),
        ("training", "early_stopping_epochs", 0),
    ],
)
def test_a_value_outside_of_its_range_is_refused_by_its_place(section, key, value):
    content = raw(RECIPES[0])
    content.setdefault(section, {})[key] = value
    assert f"'{section}.{key}" in refusal(content)


def test_a_missing_section_is_refused_by_name():
    content = raw(RECIPES[0])
    del content["network"]
    assert "'network'" in refusal(content)


@pytest.mark.parametrize("recipe_id", ["../evil", "UPPER", "", ".hidden", "a/b", "x" * 81])
def test_an_id_that_is_no_folder_name_is_refused(recipe_id):
    assert "'id'" in refusal(raw(RECIPES[0]) | {"id": recipe_id})


def test_a_missing_recipe_is_refused_with_where_the_shipped_ones_lie(tmp_path):
    with pytest.raises(RecipeError, match="recipes/"):
        read_recipe(tmp_path / "absent.toml")


@pytest.mark.parametrize("content", [b"id = ", b"id = 'a'\nid = 'b'"])
def test_a_file_that_is_no_toml_is_refused(tmp_path, content):
    path = tmp_path / "made.toml"
    path.write_bytes(content)
    with pytest.raises(RecipeError, match="is no TOML file"):
        read_recipe(path)


def test_a_folder_is_no_recipe(tmp_path):
    with pytest.raises(RecipeError, match="name a TOML file"):
        read_recipe(tmp_path)


def test_a_recipe_is_read_with_a_byte_order_mark_and_utf_16_is_refused(tmp_path):
    shipped = RECIPES[0]
    text = shipped.read_text(encoding="utf-8")
    path = tmp_path / "made.toml"
    path.write_text(text, encoding="utf-8-sig")
    assert read_recipe(path) == read_recipe(shipped)
    for encoding in ("utf-16", "utf-32"):
        path.write_text(text, encoding=encoding)
        with pytest.raises(RecipeError, match=f"it is {encoding.upper()} text: save it as UTF-8"):
            read_recipe(path)


def test_a_recipe_that_fits_to_a_square_itself_is_refused():
    recipe = tiny_recipe(input={"side_px": 64, "steps": [{"step": "fit_square", "side_px": 64}]})
    with pytest.raises(RecipeError, match=r"fit_square is added by itself .*leave it out"):
        steps_of(recipe)
