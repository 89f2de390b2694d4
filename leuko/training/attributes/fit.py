"""Run the optimisation of a model that describes cells: checkpoints, resume, precision."""

import contextlib
import logging
import signal
import sys
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import lightning
import numpy as np
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, TQDMProgressBar
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import DataLoader

from leuko.errors import RecipeError
from leuko.inference.device import choose_device, describe_device, has_bfloat16
from leuko.models.attributes.card import SizeFacts
from leuko.models.attributes.network import AttributeNetwork
from leuko.training.attributes.augment import middle
from leuko.training.attributes.cells import CellBatches, CutCells
from leuko.training.attributes.module import AttributesModule
from leuko.training.attributes.recipe import AttributesRecipe
from leuko.training.batch_norms import are_folded, unfold_batch_norms
from leuko.training.fit import CALIBRATION_PICTURES, LAST_CHECKPOINT
from leuko.training.image_dataset import EpochSampler
from leuko.training.module import SELECTED_BY


@dataclass(frozen=True)
class FittedAttributes:
    """A finished optimisation.

    Attributes:
        network: with the weights of the best epoch, on the CPU in evaluation mode.
        history: one record an epoch.
        best_epoch: counted from 1.
        seconds: wall time of this call; a resumed run does not count what went before.
        device: processor and precision in words.
    """

    network: AttributeNetwork
    history: list[dict[str, float]]
    best_epoch: int
    seconds: float
    device: str


def fit_attributes(
    recipe: AttributesRecipe,
    train: CutCells,
    validation: CutCells,
    size: SizeFacts,
    network: AttributeNetwork,
    run_folder: Path,
    *,
    resume: bool = False,
    device: str = "auto",
    progress: bool = True,
) -> FittedAttributes:
    """Train on one side, choose the epoch on the other.

    Args:
        recipe: the run.
        train: cells to learn from.
        validation: cells to choose the epoch on.
        size: how sizes are put before the heads.
        network: with its starting weights.
        run_folder: where checkpoints and the growing history go; made when missing.
        resume: go on from the last checkpoint in ``run_folder``.
        device: ``auto`` or a torch device.
        progress: draw a progress bar on standard error.

    Raises:
        RecipeError: when there is nothing to resume from, or the run was interrupted.
        DeviceError: when the device is not there.
    """
    run_folder.mkdir(parents=True, exist_ok=True)
    chosen = choose_device(device)
    low = recipe.training.precision == "auto" and has_bfloat16(chosen)
    last = run_folder / LAST_CHECKPOINT
    if resume and not last.is_file():
        raise RecipeError(f"Nothing to resume in '{run_folder}': start without --resume.")
    if recipe.network.initialisation != "scratch" and are_folded(network.trunk):
        unfold_batch_norms(network.trunk, _calibration_pictures(recipe, train))
    module = AttributesModule(
        network, recipe, size, train.targets, run_folder / "training_history.csv"
    )
    keep = ModelCheckpoint(
        run_folder, "best", monitor=SELECTED_BY, mode="max", enable_version_counter=False
    )
    newest = ModelCheckpoint(
        run_folder, LAST_CHECKPOINT.removesuffix(".ckpt"), enable_version_counter=False
    )
    callbacks: list[lightning.Callback] = [keep, newest]
    if progress:
        callbacks.append(TQDMProgressBar(leave=True))
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    trainer = lightning.Trainer(
        accelerator={"cuda": "gpu"}.get(chosen.type, chosen.type),
        devices=[chosen.index or 0] if chosen.type == "cuda" else 1,
        max_epochs=recipe.training.epochs,
        precision="bf16-mixed" if low else "32-true",
        callbacks=callbacks,
        logger=False,
        default_root_dir=run_folder,
        enable_progress_bar=progress,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,
    )
    loaders = (
        _loader(train, recipe, recipe.input.red_cell_px, recipe.training.seed),
        _loader(validation, recipe, recipe.input.red_cell_px, None),
    )
    started = time.monotonic()
    _run(trainer, module, loaders, last if resume else None)
    seconds = time.monotonic() - started
    best = torch.load(keep.best_model_path, map_location="cpu", weights_only=True)
    module.load_state_dict(best["state_dict"])
    return FittedAttributes(
        network=module.network.cpu().eval(),
        history=module.history,
        best_epoch=int(best["epoch"]) + 1,
        seconds=seconds,
        device=f"{describe_device(chosen)}, {'bf16-mixed' if low else '32-true'}",
    )


def sizes_in_red_cells(cells: CutCells, red_cell_px: float) -> NDArray[np.float32]:
    """Diameters of nucleus and cell in red-cell diameters, and 1 for known; float32 (N, 3)."""
    known = np.ones((len(cells.diameters), 1), np.float32)
    return np.concatenate([cells.diameters / np.float32(red_cell_px), known], axis=1)


def _run(
    trainer: lightning.Trainer,
    module: AttributesModule,
    loaders: tuple[DataLoader[object], DataLoader[object]],
    checkpoint: Path | None,
) -> None:
    """Optimise; a user's interruption becomes a sentence that says how to go on."""
    on_interrupt = signal.getsignal(signal.SIGINT)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        warnings.filterwarnings("ignore", message=".*exists and is not empty.*")
        try:
            # Lightning draws its progress bar on standard output, which is for results.
            with contextlib.redirect_stdout(sys.stderr):
                trainer.fit(module, *loaders, ckpt_path=checkpoint, weights_only=True)
        except SystemExit:
            if not trainer.interrupted:
                raise
            signal.signal(signal.SIGINT, on_interrupt)
            raise RecipeError(
                "Training was interrupted: go on with the same command and --resume."
            ) from None


def _loader(
    cells: CutCells, recipe: AttributesRecipe, red_cell_px: float, order_seed: int | None
) -> DataLoader[object]:
    batches = CellBatches(cells, sizes_in_red_cells(cells, red_cell_px))
    size = recipe.training.batch_size
    return DataLoader(
        batches,
        batch_size=size,
        sampler=EpochSampler(len(batches), order_seed),
        # A last batch of one cell has no variance for batch normalisation.
        drop_last=order_seed is not None and len(batches) % size == 1,
    )


def _calibration_pictures(recipe: AttributesRecipe, train: CutCells) -> Tensor:
    """Training cells spread over the set, normalised, float32 (n, 3, side, side)."""
    step = max(1, len(train.cuts) // CALIBRATION_PICTURES)
    pictures = middle(train.cuts[::step][:CALIBRATION_PICTURES], recipe.input.side_px)
    mean = torch.tensor(recipe.input.mean).view(1, 3, 1, 1)
    return (pictures - mean) / torch.tensor(recipe.input.std).view(1, 3, 1, 1)
