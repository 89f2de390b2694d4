"""The recipes of the five studies: each one parses, builds its network and learns."""

import pytest
import torch

from leuko.data.registry import ADAPTERS, read_dataset
from leuko.data.splitting.split import SplitPlan, split_dataset
from leuko.evaluation.published.studies import published_rows
from leuko.training.fit import fit
from leuko.training.image_dataset import measure_preparation
from leuko.training.initialise import initialise_network
from leuko.training.recipe import read_recipe, steps_of
from tests import ROOT

FOLDER = ROOT / "recipes"
RECIPES = {path.stem: read_recipe(path) for path in sorted(FOLDER.glob("*.toml"))}
STUDIES = {name: recipe for name, recipe in RECIPES.items() if recipe.study_row}


def test_every_published_row_has_one_recipe_named_after_it():
    assert sorted(recipe.study_row for recipe in STUDIES.values()) == sorted(
        r.row for r in published_rows()
    )
    for name, recipe in RECIPES.items():
        assert recipe.id == name
        if recipe.study_row:
            assert name.startswith(recipe.study_row.lower() + "-")


def test_a_recipe_is_on_the_data_of_its_study():
    rows = {row.row: row.dataset for row in published_rows()}
    for recipe in STUDIES.values():
        assert recipe.data.dataset == rows[recipe.study_row]
        assert recipe.data.dataset in ADAPTERS
        assert recipe.data.policy == "paper"


def test_a1_and_a2_differ_in_nothing_but_the_optimiser():
    first = RECIPES["a1-alexnet-all-idb2"].model_dump()
    second = RECIPES["a2-alexnet-all-idb2"].model_dump()
    assert first["training"].pop("optimiser") == "sgd"
    assert second["training"].pop("optimiser") == "adam"
    for name in ("id", "title", "study_row"):
        assert first.pop(name) != second.pop(name)
    assert first == second


@pytest.mark.parametrize("name", sorted(STUDIES))
def test_a_published_recipe_builds_its_network_and_takes_its_training_steps(
    name, tmp_path, taleqani_folder, all_idb2_folder, c_nmc_folder
):
    recipe = RECIPES[name]
    folder = {"taleqani": taleqani_folder, "all_idb2": all_idb2_folder, "c_nmc": c_nmc_folder}
    dataset = read_dataset(recipe.data.dataset, folder[recipe.data.dataset])
    split = split_dataset(dataset, SplitPlan("paper", 0.35, 0.35))
    changed = {"epochs": 1, "batch_size": 4, "head_epochs": 0, "precision": "float32"}
    recipe = recipe.model_copy(
        update={
            "training": recipe.training.model_copy(update=changed),
            "network": recipe.network.model_copy(update={"initialisation": "scratch"}),
        }
    )
    split = type(split)(
        split.plan, split.train[:4] + split.train[-4:], split.validation[:2],
        split.test, split.left_out, split.sha256,
    )  # fmt: skip
    torch.manual_seed(0)
    network, words = initialise_network(
        recipe.network, len(dataset.classes.names), side_px=recipe.input.side_px
    )
    assert words == "random weights"
    before = {key: value.clone() for key, value in network.body.state_dict().items()}
    fitted = fit(
        recipe, split, measure_preparation(steps_of(recipe), split.train), dataset,
        network, tmp_path, device="cpu", progress=False,
    )  # fmt: skip
    after = fitted.network.body.state_dict()
    changed = [key for key in before if not torch.equal(before[key], after[key])]
    assert changed
    assert all(torch.isfinite(value).all() for value in after.values())
    if recipe.network.trained == "head":
        assert all(key.startswith("classifier") for key in changed)
