"""``leuko train``: from a recipe to an installed model."""

import argparse
from typing import TYPE_CHECKING

from leuko.cli.inventory import folder_to_install_in
from leuko.cli.output import say, show
from leuko.errors import RecipeError

if TYPE_CHECKING:
    from leuko.training.recipe import Recipe


def run(arguments: argparse.Namespace) -> int:
    """Train the recipe with the changes that the command line asks for."""
    try:
        import lightning  # noqa: F401  the application's requirements do not hold it
    except ModuleNotFoundError:
        raise RecipeError(
            "Training needs Lightning: pip install -r requirements-dev.txt."
        ) from None
    from leuko.training.attributes.recipe import is_attributes_recipe
    from leuko.training.recipe import parse_recipe, read_recipe
    from leuko.training.run import train_model

    if is_attributes_recipe(arguments.recipe):
        return _train_attributes(arguments)
    recipe = read_recipe(arguments.recipe)
    raw = recipe.model_dump(mode="json")
    for section, key, value in (
        ("data", "policy", arguments.policy),
        ("network", "initialisation", arguments.initialisation),
        ("training", "epochs", arguments.epochs),
    ):
        if value is not None:
            raw[section][key] = value
    if arguments.id is not None:
        raw["id"] = arguments.id
    elif raw["data"]["policy"] != recipe.data.policy:
        raw["id"] = f"{recipe.id}-{arguments.policy}"  # never in the place of the other policy's
        raw["title"] = f"{recipe.title} · {arguments.policy} split"
    recipe = parse_recipe(raw, arguments.recipe.name)
    if arguments.folds is not None:
        return _cross_validate(recipe, arguments)
    weights = folder_to_install_in(arguments.weights)  # before hours are spent
    folder = train_model(
        recipe,
        arguments.data,
        weights,
        arguments.runs / recipe.id,
        keep_weights=not arguments.results_only,
        left_out=arguments.left_out,
        resume=arguments.resume,
        device=arguments.device,
        say=say,
    )
    show(str(folder))
    return 0


def _train_attributes(arguments: argparse.Namespace) -> int:
    """Train a model that describes cells, on the official division of its data set."""
    from leuko.training.attributes.recipe import parse_attributes_recipe, read_attributes_recipe
    from leuko.training.attributes.run import train_attributes

    for option in ("policy", "folds", "results_only"):
        if getattr(arguments, option):
            raise RecipeError(
                f"--{option.replace('_', '-')} does not fit '{arguments.recipe.name}': a model "
                "that describes cells follows the official division of its data set. Leave it out."
            )
    raw = read_attributes_recipe(arguments.recipe).model_dump(mode="json")
    for section, key, value in (
        ("network", "initialisation", arguments.initialisation),
        ("training", "epochs", arguments.epochs),
    ):
        if value is not None:
            raw[section][key] = value
    raw["id"] = arguments.id if arguments.id is not None else raw["id"]
    recipe = parse_attributes_recipe(raw, arguments.recipe.name)
    folder = train_attributes(
        recipe,
        arguments.data,
        folder_to_install_in(arguments.weights),  # before hours are spent
        arguments.runs / recipe.id,
        resume=arguments.resume,
        device=arguments.device,
        say=say,
    )
    show(str(folder))
    return 0


def _cross_validate(recipe: "Recipe", arguments: argparse.Namespace) -> int:
    from leuko.training.cross_validation import FIGURES, cross_validate

    found = cross_validate(
        recipe,
        arguments.folds,
        arguments.data,
        folder_to_install_in(arguments.weights),
        arguments.runs / f"{recipe.id}-cv{arguments.folds}",
        resume=arguments.resume,
        device=arguments.device,
        say=say,
    )
    for name in FIGURES:
        values = ", ".join("–" if v is None else f"{v:.3f}" for v in found.per_fold[name])
        both = found.mean_and_deviation(name)
        words = "not measurable" if both is None else f"{both[0]:.3f} ± {both[1]:.3f}"
        show(f"{name:18} {words:16} folds: {values}")
    show(str(found.folder))
    return 0
