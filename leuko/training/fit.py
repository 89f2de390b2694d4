"""Run the optimisation of a recipe: checkpoints, resume, early stopping, precision, devices."""

import contextlib
import logging
import os
import signal
import sys
import time
import warnings
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import lightning
import torch
from lightning.pytorch.callbacks import EarlyStopping, ModelCheckpoint, TQDMProgressBar
from torch.utils.data import DataLoader

from leuko.data.dataset import Dataset
from leuko.data.splitting.split import Split
from leuko.errors import RecipeError
from leuko.imaging.preprocessing.prepare import Preparation
from leuko.inference.device import choose_device, describe_device, has_bfloat16
from leuko.models.networks.network import Network
from leuko.training.batch_norms import are_folded, unfold_batch_norms
from leuko.training.group_loss import Labels
from leuko.training.image_dataset import EpochSampler, Pictures, Shelf, prepare_all
from leuko.training.module import SELECTED_BY, TrainingModule
from leuko.training.recipe import Recipe

LAST_CHECKPOINT = "last.ckpt"
CALIBRATION_PICTURES = 96


@dataclass(frozen=True)
class Fitted:
    """A finished optimisation.

    Attributes:
        network: with the weights of the best epoch, on the CPU in evaluation mode.
        history: one record an epoch.
        best_epoch: counted from 1.
        seconds: wall time of this call; a resumed run does not count what went before.
        device: processor and precision in words.
    """

    network: Network
    history: list[dict[str, float]]
    best_epoch: int
    seconds: float
    device: str


def fit(
    recipe: Recipe,
    split: Split,
    preparation: Preparation,
    dataset: Dataset,
    network: Network,
    run_folder: Path,
    *,
    resume: bool = False,
    device: str = "auto",
    progress: bool = True,
    shelf: Shelf | None = None,
) -> Fitted:
    """Train on ``split.train``, choose the epoch on ``split.validation``.

    Args:
        recipe: the run.
        split: pictures; the test set is not touched.
        preparation: preprocessing of all pictures.
        dataset: of the split, for its classes and what its labels mean.
        network: with its starting weights.
        run_folder: where checkpoints and the growing history go; made when missing.
        resume: go on from the last checkpoint in ``run_folder``.
        device: ``auto`` or a torch device; several GPUs are used through Lightning.
        progress: draw a progress bar on standard error.
        shelf: see :func:`leuko.training.image_dataset.prepare_all`.

    Raises:
        RecipeError: when there is nothing to resume from, or the precision cannot be had.
        ImageError: when a picture cannot be read.
        DeviceError: when the device is not there.
    """
    run_folder.mkdir(parents=True, exist_ok=True)
    chosen = choose_device(device)
    precision = _precision(recipe, chosen)
    last = run_folder / LAST_CHECKPOINT
    if resume and not last.is_file():
        raise RecipeError(f"Nothing to resume in '{run_folder}': start without --resume.")
    labels = Labels.of(dataset)
    train, validation = _loaders(recipe, split, preparation, labels, chosen, shelf)
    counts = Counter(sample.label for sample in split.train)
    module = TrainingModule(
        network,
        recipe,
        labels,
        [counts[name] for name in labels.names],
        run_folder / "training_history.csv",
    )
    # The norms of a network that starts at random look the same, and are as they should be.
    if recipe.network.initialisation != "scratch" and are_folded(network):
        unfold_batch_norms(network, _calibration_pictures(recipe, train))
    keep = ModelCheckpoint(
        run_folder, "best", monitor=SELECTED_BY, mode="max", enable_version_counter=False
    )
    # One of its own: save_last writes only in epochs that are better than all before.
    newest = ModelCheckpoint(
        run_folder, LAST_CHECKPOINT.removesuffix(".ckpt"), enable_version_counter=False
    )
    callbacks: list[lightning.Callback] = [keep, newest]
    if recipe.training.early_stopping_epochs is not None:
        patience = recipe.training.early_stopping_epochs
        callbacks.append(EarlyStopping(SELECTED_BY, mode="max", patience=patience))
    if progress:
        callbacks.append(TQDMProgressBar(leave=True))
    logging.getLogger("lightning.pytorch").setLevel(logging.WARNING)
    trainer = lightning.Trainer(
        accelerator={"cuda": "gpu"}.get(chosen.type, chosen.type),
        devices=[chosen.index] if chosen.type == "cuda" and chosen.index is not None else "auto",
        max_epochs=recipe.training.epochs,
        precision=precision,
        callbacks=callbacks,
        logger=False,
        default_root_dir=run_folder,
        enable_progress_bar=progress,
        enable_model_summary=False,
        num_sanity_val_steps=0,
        use_distributed_sampler=False,  # EpochSampler divides the pictures itself
    )
    started = time.monotonic()
    with warnings.catch_warnings():
        # Pictures are decoded in memory: loader processes would only cost.
        warnings.filterwarnings("ignore", message=".*does not have many workers.*")
        warnings.filterwarnings("ignore", message=".*exists and is not empty.*")
        _run(trainer, module, train, validation, last if resume else None)
    seconds = time.monotonic() - started
    best = torch.load(keep.best_model_path, map_location="cpu", weights_only=True)
    module.load_state_dict(best["state_dict"])
    return Fitted(
        network=module.network.cpu().eval(),
        history=module.history,
        best_epoch=int(best["epoch"]) + 1,
        seconds=seconds,
        device=f"{describe_device(chosen)}, {precision}",
    )


def _run(
    trainer: lightning.Trainer,
    module: TrainingModule,
    train: DataLoader[object],
    validation: DataLoader[object],
    checkpoint: Path | None,
) -> None:
    """Optimise; a user's interruption becomes a sentence that says how to go on."""
    on_interrupt = signal.getsignal(signal.SIGINT)
    try:
        # Lightning draws its progress bar on standard output, which is for results.
        with contextlib.redirect_stdout(sys.stderr):
            trainer.fit(module, train, validation, ckpt_path=checkpoint, weights_only=True)
    except SystemExit:
        # Lightning turns KeyboardInterrupt into a silent exit and ignores the signal from then on.
        if not trainer.interrupted:
            raise
        signal.signal(signal.SIGINT, on_interrupt)
        raise RecipeError(
            "Training was interrupted: go on with the same command and --resume."
        ) from None


def _calibration_pictures(recipe: Recipe, loader: DataLoader[object]) -> torch.Tensor:
    """Training pictures spread over the set, normalised, float32 (n, 3, side, side)."""
    prepared = loader.dataset.prepared  # type: ignore[attr-defined]
    chosen = prepared[:: max(1, len(prepared) // CALIBRATION_PICTURES)][:CALIBRATION_PICTURES]
    pictures = torch.from_numpy(chosen).permute(0, 3, 1, 2).float() / 255
    mean = torch.tensor(recipe.input.mean).view(1, 3, 1, 1)
    return (pictures - mean) / torch.tensor(recipe.input.std).view(1, 3, 1, 1)


def _precision(recipe: Recipe, device: torch.device) -> Literal["32-true", "bf16-mixed"]:
    asked = recipe.training.precision
    if asked == "bfloat16" and not has_bfloat16(device):
        raise RecipeError(
            f"{describe_device(device)} does not compute bfloat16: set precision to 'auto'."
        )
    if asked == "float32" or not has_bfloat16(device):
        return "32-true"
    return "bf16-mixed"


def _loaders(
    recipe: Recipe,
    split: Split,
    preparation: Preparation,
    labels: Labels,
    device: torch.device,
    shelf: Shelf | None,
) -> tuple[DataLoader[object], DataLoader[object]]:
    seed = recipe.training.seed
    workers = 0 if device.type == "cpu" else min(8, (os.cpu_count() or 1) - 1)

    def loader(pictures: Pictures, order_seed: int | None) -> DataLoader[object]:
        sampler = EpochSampler(len(pictures), order_seed)
        # A last batch of one picture has no variance for batch normalisation.
        drop_last = order_seed is not None and len(pictures) % recipe.training.batch_size == 1
        return DataLoader(
            pictures,
            batch_size=recipe.training.batch_size,
            sampler=sampler,
            num_workers=workers,
            pin_memory=device.type == "cuda",
            drop_last=drop_last,
        )

    train = Pictures(
        split.train, prepare_all(split.train, preparation, shelf), labels.names,
        recipe.augmentation, seed, oversample=recipe.training.oversample,
    )  # fmt: skip
    validation = Pictures(
        split.validation, prepare_all(split.validation, preparation, shelf), labels.names
    )
    return loader(train, seed), loader(validation, None)
