"""The commands that train, calibrate or measure an installed model again."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from leuko.models.card import ModelCard
from leuko.settings import default_recipes_folder

USUAL_COVERAGE = 0.9
CROSS_VALIDATED = re.compile(r"-cv(\d+)$")


def training_command(card: ModelCard, recipes: Path | None = None) -> str:
    """The words to type so that a model is trained as its card says it was.

    ``leuko train --policy`` adds the policy to the id. So a model whose id ends in the policy of
    its split, and which has no recipe file of its own, came from the file without that ending.

    Args:
        card: of the model; its recorded recipe names policy and initialisation. A card that
            records neither yields the plain command.
        recipes: folder of the recipe files, in which is looked for the model's own; by
            default that of the settings.

    Returns:
        One line for a shell, with FOLDER in the place of the data set's folder.
    """
    recipes = recipes if recipes is not None else default_recipes_folder()
    id_, words = card.id, []
    if card.split.folds is not None and (folds := CROSS_VALIDATED.search(id_)):
        id_ = id_.removesuffix(folds[0])
        words += ["--folds", folds[1]]
    suffix = f"-{card.split.policy.value}"
    if id_.endswith(suffix) and not (recipes / f"{id_}.toml").is_file():
        id_ = id_.removesuffix(suffix)
        words += ["--policy", card.split.policy.value]
    network = card.training.recipe.get("network")
    start = network.get("initialisation") if isinstance(network, Mapping) else None
    if isinstance(start, str):
        words += ["--initialisation", start]
    return shlex.join(
        ["python", "-m", "leuko", "train", f"recipes/{id_}.toml", "--data", "FOLDER", *words]
    )


def recipe_command(study_row: str, policy: str, recipes: Path | None = None) -> str:
    """The words to type so that a row of the published studies is trained from its recipe.

    Args:
        study_row: such as "A1".
        policy: ``paper`` or ``grouped``.
        recipes: folder of the recipe files; by default that of the settings.

    Returns:
        One line for a shell, with FOLDER in the place of the data set's folder; empty when no
        recipe of that row is there.
    """
    recipes = recipes if recipes is not None else default_recipes_folder()
    found = sorted(recipes.glob(f"{study_row.lower()}-*.toml"))
    if not found:
        return ""
    words = ["python", "-m", "leuko", "train", f"recipes/{found[0].name}", "--data", "FOLDER"]
    return shlex.join([*words, *(["--policy", policy] if policy == "grouped" else [])])


def calibrate_command(card: ModelCard) -> str:
    """The words to type so that the gates of a model are fitted and measured, for a shell.

    Args:
        card: of the model. Where its gates were fitted on a laboratory's own pictures, so says
            the command, and where they state another coverage than usual as well.

    Returns:
        One line with FOLDER in the place of the folder of the pictures.
    """
    words = ["python", "-m", "leuko", "calibrate", card.id, "--data", "FOLDER"]
    if card.gates is not None and card.gates.fitted_on.own:
        words.append("--own")
    if card.gates is not None and card.gates.coverage != USUAL_COVERAGE:
        words += ["--coverage", f"{card.gates.coverage:g}"]
    return shlex.join(words)


def explain_command(card: ModelCard) -> str:
    """The words to type so that the heatmaps of a model are measured, for a shell.

    Args:
        card: of the model.

    Returns:
        One line with FOLDER in the place of the data set's folder.
    """
    return shlex.join(["python", "-m", "leuko", "explain-report", card.id, "--data", "FOLDER"])
