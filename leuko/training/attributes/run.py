"""From a recipe and a data folder to a folder of a model that describes cells."""

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import lightning

from leuko.data.adapters import acevedo_attributes
from leuko.errors import DatasetError
from leuko.evaluation.attributes.predictions import (
    write_attribute_predictions,
    write_two_readers,
)
from leuko.inference.attributes import AttributeReader
from leuko.inference.device import choose_device
from leuko.models.attributes.card import SECOND_READER_FILE, write_attributes_card
from leuko.models.attributes.network import with_heads
from leuko.models.card import HISTORY_FILE, PREDICTIONS_FILE, VALIDATION_FILE
from leuko.training.attributes.card_writer import first_card
from leuko.training.attributes.cells import cut_cells
from leuko.training.attributes.fit import fit_attributes
from leuko.training.attributes.limits import with_limits
from leuko.training.attributes.recipe import AttributesRecipe
from leuko.training.attributes.sides import (
    KNOWN,
    TEST,
    TRAIN,
    VALIDATION,
    check_no_copies_cross,
    predict_cells,
    size_facts,
    two_readers,
)
from leuko.training.initialise import initialise_network
from leuko.training.module import write_history

NO_SIZE_FILE = "test_predictions_without_size.csv"
Say = Callable[[str], None]


def train_attributes(
    recipe: AttributesRecipe,
    data: Path,
    weights_folder: Path,
    run_folder: Path,
    *,
    resume: bool = False,
    device: str = "auto",
    progress: bool = True,
    say: Say = lambda _: None,
) -> Path:
    """Train, choose, test and install one model that describes cells.

    Args:
        recipe: the run.
        data: folder of the data sets; other collections of cells in it are looked at to measure
            how many of theirs are novel.
        weights_folder: where the model folder is put; an existing one of that id is replaced
            only once the new one is complete.
        run_folder: checkpoints and growing history, needed to resume.
        resume: go on from the last checkpoint.
        device: ``auto`` or a torch device.
        progress: draw a progress bar.
        say: gets one sentence a stage.

    Returns:
        The model folder.

    Raises:
        LeukoError: with what to do, whatever of the user's went wrong.
    """
    described = acevedo_attributes.read(data)
    sides = {side: [c for c in described if c.side == side] for side in acevedo_attributes.SIDES}
    check_no_copies_cross(described)
    say(
        "WBCAtt: "
        + ", ".join(f"{len(cells)} cells to {side}" for side, cells in sides.items())
        + " (official division). Finding and cutting them."
    )
    cut = {side: cut_cells(cells, recipe.input.cut, KNOWN) for side, cells in sides.items()}
    for side, cells in cut.items():
        if cells.missed:
            say(f"{side}: no leukocyte found in {len(cells.missed)}, such as {cells.missed[0]}.")
        if not cells.cells:
            raise DatasetError(f"In no picture of the side {side} a leukocyte was found.")
    lightning.seed_everything(recipe.training.seed, workers=True, verbose=False)
    trunk, initialisation = initialise_network(
        recipe.network, 0, weights_folder, recipe.input.side_px
    )
    network = with_heads(trunk, [len(v) for v in KNOWN.values()], recipe.network.dropout)
    say(f"{recipe.network.name}, starting from {initialisation}.")
    size = size_facts(cut[TRAIN], recipe.input.red_cell_px)
    fitted = fit_attributes(
        recipe, cut[TRAIN], cut[VALIDATION], size, network, run_folder,
        resume=resume, device=device, progress=progress,
    )  # fmt: skip
    weights_folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=weights_folder, prefix=".unfinished-") as made:
        folder = Path(made) / recipe.id
        folder.mkdir()
        card = first_card(recipe, described, fitted, size, initialisation, folder)
        reader = AttributeReader(card, fitted.network, choose_device(device))
        say("Fitting what is sure enough to be said, and measuring novelty on other cells.")
        card = with_limits(card, reader, cut, data, folder)
        write_history(fitted.history, folder / HISTORY_FILE)
        reader.card = card
        for side, name in ((VALIDATION, VALIDATION_FILE), (TEST, PREDICTIONS_FILE)):
            write_attribute_predictions(predict_cells(reader, cut[side]), folder / name)
        without = predict_cells(reader, cut[TEST], size_known=False)
        write_attribute_predictions(without, folder / NO_SIZE_FILE)
        write_two_readers(
            two_readers(described, acevedo_attributes.read_second(data)),
            folder / SECOND_READER_FILE,
        )
        write_attributes_card(card, folder)
        target = weights_folder / recipe.id
        if target.exists():
            shutil.rmtree(target)
        folder.rename(target)
    return target
