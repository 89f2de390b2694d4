"""The installed models that a command works with, or a sentence that names their folder."""

import os
from pathlib import Path

from leuko.errors import CardError, LeukoError, ModelNotFoundError
from leuko.models.store import InstalledModel, Inventory, list_models
from leuko.settings import PREFIX, WEIGHTS, default_weights_folder, load_settings, settings_file

HOW_TO_NAME = "name the folder that holds the models with --weights or in LEUKO_WEIGHTS"


def find_models(weights: Path | None) -> Inventory:
    """What is installed, which is something.

    Args:
        weights: as the command line names it; None for the setting or the default.

    Raises:
        LeukoError: as :func:`models_folder`.
        ModelNotFoundError: when the folder holds no model folder at all.
    """
    folder = models_folder(weights)
    inventory = list_models(folder)
    if not inventory.models and not inventory.problems:
        raise ModelNotFoundError(nothing_in(weights))
    return inventory


def find_model(weights: Path | None, model_id: str) -> InstalledModel:
    """One installed model.

    Args:
        weights: as the command line names it; None for the setting or the default.
        model_id: its name.

    Raises:
        LeukoError: as :func:`find_models`.
        CardError: when its card is not in order.
        ModelNotFoundError: when it is not installed; names those that are.
    """
    return pick(find_models(weights), model_id)


def pick(inventory: Inventory, model_id: str) -> InstalledModel:
    """One of the installed models; errors as :func:`find_model`."""
    try:
        return inventory.get(model_id)
    except ModelNotFoundError:
        for problem in inventory.problems:
            if f"'{model_id}'" in problem:
                raise CardError(problem) from None
        raise


def models_folder(weights: Path | None) -> Path:
    """The folder of the models, which is there and may be read.

    Args:
        weights: as the command line names it; None for the setting or the default.

    Raises:
        LeukoError: when it is not there, no folder or may not be read; says who named it.
    """
    folder, origin = _chosen(weights)
    try:
        with os.scandir(folder):
            return folder
    except FileNotFoundError:
        what = "is not there"
    except NotADirectoryError:
        what = "is no folder"
    except (OSError, ValueError) as problem:
        what = f"cannot be read ({getattr(problem, 'strerror', None) or problem})"
    raise LeukoError(f"The folder of the models '{folder}' ({origin}) {what}: {HOW_TO_NAME}.")


def folder_to_install_in(weights: Path | None) -> Path:
    """The folder of the models, or where it can be made; nothing is made yet.

    Args:
        weights: as the command line names it; None for the setting or the default.

    Raises:
        LeukoError: when it cannot be made or written; says who named it.
    """
    folder, origin = _chosen(weights)
    there = next(place for place in (folder, *folder.parents) if _lies(place) or not place.name)
    if not there.is_dir():
        reason = f"'{there}' is no folder"
    elif not os.access(there, os.W_OK | os.X_OK):
        reason = f"'{there}' may not be written"
    else:
        return folder
    raise LeukoError(
        f"No model can be installed in '{folder}' ({origin}), for {reason}: {HOW_TO_NAME}."
    )


def _lies(place: Path) -> bool:
    try:
        return os.path.lexists(place)
    except ValueError:
        return False


def nothing_in(weights: Path | None) -> str:
    """What to say where the folder of the models is empty."""
    folder, origin = _chosen(weights)
    return f"No model is installed in '{folder}' ({origin}): train one, or {HOW_TO_NAME}."


def _chosen(weights: Path | None) -> tuple[Path, str]:
    """The folder, and in words who chose it."""
    if weights is not None:
        return weights, "named by --weights"
    if load_settings().weights is None:
        return default_weights_folder(), "the default"
    variable = f"{PREFIX}{WEIGHTS.upper()}"
    by_variable = any(name.upper() == variable and value for name, value in os.environ.items())
    origin = f"the variable {variable}" if by_variable else f"the file {settings_file()}"
    return default_weights_folder(), f"named by {origin}"
