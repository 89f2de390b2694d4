"""The optimisation of one recipe as a Lightning module."""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import lightning
import torch
from torch import Tensor, nn

from leuko.models.networks.network import Network
from leuko.training.disturbance import Disturbance
from leuko.training.freeze import freeze_trunk, keep_norms_fixed
from leuko.training.group_loss import GroupLoss, Labels, label_weights
from leuko.training.recipe import Recipe

SELECTED_BY = "validation_score"
MOST_LOSS, LOSS_SHARE = 10.0, 1e-4


class TrainingModule(lightning.LightningModule):
    """Cross-entropy training with metrics that are exact over the whole epoch.

    Args:
        network: network with its starting weights.
        recipe: the run.
        labels: classes in the order of the outputs, and labels that allow several of them.
        counts: training pictures a label.
        history_path: CSV file that gets one row an epoch; None writes none.

    Attributes:
        history: one record an epoch, kept in checkpoints.
    """

    def __init__(
        self,
        network: Network,
        recipe: Recipe,
        labels: Labels,
        counts: Sequence[int],
        history_path: Path | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.recipe = recipe
        self.fixed_for_good = recipe.network.trained == "head"
        if self.fixed_for_good:
            freeze_trunk(network, recipe.input.side_px)
        self.n_classes = len(labels.classes)
        weights = label_weights(counts, recipe.training)
        smoothing = recipe.training.label_smoothing
        self.loss: nn.Module = (
            GroupLoss(labels, weights, smoothing)
            if labels.coarse
            else nn.CrossEntropyLoss(weight=weights, label_smoothing=smoothing)
        )
        self.register_buffer("allowed", labels.allowed(), persistent=False)
        self.disturb = Disturbance(recipe.augmentation) if recipe.augmentation.disturbs else None
        self.register_buffer("mean", torch.tensor(recipe.input.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(recipe.input.std).view(1, 3, 1, 1))
        self.history: list[dict[str, float]] = []
        self.history_path = history_path
        self._confusion = {stage: self._empty() for stage in ("train", "validation")}
        self._loss_sum = dict.fromkeys(self._confusion, 0.0)

    def _empty(self) -> Tensor:
        return torch.zeros(len(self.get_buffer("allowed")), self.n_classes, dtype=torch.int64)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (N, K) of uint8 pictures (N, 3, side, side)."""
        return self._logits(pictures.float() / 255)

    def _logits(self, pictures: Tensor) -> Tensor:
        mean, std = self.get_buffer("mean"), self.get_buffer("std")
        normalised = (pictures - mean) / std
        logits: Tensor = self.network(normalised.contiguous(memory_format=torch.channels_last))
        return logits

    def on_train_epoch_start(self) -> None:
        """Start counting anew."""
        if not self.fixed_for_good and self.recipe.training.head_epochs:
            self.network.requires_grad_(requires_grad=True)
            if self._only_head_learns:
                freeze_trunk(self.network, self.recipe.input.side_px)
        if self._only_head_learns:
            keep_norms_fixed(self.network)
        self._start("train")

    @property
    def _only_head_learns(self) -> bool:
        return self.fixed_for_good or self.current_epoch < self.recipe.training.head_epochs

    def on_validation_epoch_start(self) -> None:
        """Start counting anew."""
        self._start("validation")

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        """Loss of one batch; dropout depends on (seed, epoch, batch) alone."""
        # Seeded here and not once an epoch: a resumed run draws other numbers before its first
        # batch, and must drop the same units as an uninterrupted one.
        key = (self.recipe.training.seed, self.current_epoch, index, self.global_rank)
        torch.manual_seed(hash(key) % 2**63)
        return self._step(batch, "train")

    def validation_step(self, batch: tuple[Tensor, Tensor], _index: int) -> Tensor:
        """Loss of one batch."""
        return self._step(batch, "validation")

    def on_validation_epoch_end(self) -> None:
        """Give Lightning the figure by which the best epoch is chosen."""
        figures = self._figures("validation")
        self.log(SELECTED_BY, selection_score(figures), prog_bar=True)
        self.log("validation_balanced_accuracy", figures["balanced_accuracy"], prog_bar=True)

    def on_train_epoch_end(self) -> None:
        """Add the epoch to the history."""
        record = {"epoch": float(self.current_epoch + 1)}
        for stage in ("train", "validation"):
            record |= {f"{stage}_{name}": value for name, value in self._figures(stage).items()}
        record["learning_rate"] = self.trainer.optimizers[0].param_groups[0]["lr"]
        self.history.append(record)
        if self.history_path is not None and self.trainer.is_global_zero:
            write_history(self.history, self.history_path)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the history with the weights."""
        checkpoint["history"] = self.history

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the history that was kept."""
        self.history = list(checkpoint["history"])

    def _start(self, stage: str) -> None:
        self._confusion[stage] = self._empty()
        self._loss_sum[stage] = 0.0

    def _step(self, batch: tuple[Tensor, Tensor], stage: str) -> Tensor:
        pictures, targets = batch
        if stage == "train" and self.disturb is not None:
            logits = self._logits(self.disturb(pictures.float() / 255))
        else:
            logits = self(pictures)
        loss: Tensor = self.loss(logits.float(), targets)
        cells = (targets * self.n_classes + logits.detach().argmax(1)).cpu()
        counted = self._confusion[stage]
        counted += torch.bincount(cells, minlength=counted.numel()).view(counted.shape)
        self._loss_sum[stage] += float(loss.detach()) * len(targets)
        return loss

    def _figures(self, stage: str) -> dict[str, float]:
        """Loss, accuracy and balanced accuracy of an epoch, over all processes."""
        device = self.device
        confusion = self._over_processes(self._confusion[stage].to(device)).cpu()
        loss_sum = float(self._over_processes(torch.tensor(self._loss_sum[stage], device=device)))
        total = max(1, int(confusion.sum()))
        right = (confusion * self.get_buffer("allowed").cpu()).sum(1)
        of_label = confusion.sum(1)
        shares = (right / of_label.clamp(min=1))[of_label > 0]
        return {
            "loss": loss_sum / total,
            "accuracy": float(right.sum()) / total,
            "balanced_accuracy": float(shares.mean()) if len(shares) else 0.0,
        }

    def _over_processes(self, value: Tensor) -> Tensor:
        if self.trainer.world_size == 1:
            return value
        gathered = self.all_gather(value)
        assert isinstance(gathered, Tensor)  # noqa: S101  a tensor in, a tensor out
        return gathered.sum(0)

    def configure_optimizers(self) -> Any:  # noqa: ANN401  Lightning's own wide return type
        """Optimiser and schedule of the recipe; norms and biases are not decayed."""
        recipe = self.recipe.training
        decayed = [p for p in self.network.parameters() if p.requires_grad and p.ndim > 1]
        others = [p for p in self.network.parameters() if p.requires_grad and p.ndim <= 1]
        groups = [
            {"params": decayed, "weight_decay": recipe.weight_decay},
            {"params": others, "weight_decay": 0.0},
        ]
        optimiser: torch.optim.Optimizer
        if recipe.optimiser == "sgd":
            optimiser = torch.optim.SGD(groups, recipe.learning_rate, momentum=recipe.momentum)
        elif recipe.optimiser == "adam":
            optimiser = torch.optim.Adam(groups, recipe.learning_rate)
        else:
            optimiser = torch.optim.AdamW(groups, recipe.learning_rate)
        if recipe.schedule == "constant":
            return optimiser
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser,
            max_lr=recipe.learning_rate,
            total_steps=int(self.trainer.estimated_stepping_batches),
            cycle_momentum=recipe.optimiser == "sgd",
        )
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }


def selection_score(figures: Mapping[str, float]) -> float:
    """By which the best epoch is chosen: balanced accuracy, and among equals the lower loss.

    A small validation set gives many epochs the same accuracy.

    Args:
        figures: ``balanced_accuracy`` in [0, 1] and ``loss`` on validation pictures.
    """
    return figures["balanced_accuracy"] - min(figures["loss"], MOST_LOSS) * LOSS_SHARE


def write_history(history: list[dict[str, float]], path: Path) -> None:
    """Write one row an epoch; ``epoch`` counts from 1, accuracies are fractions."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(history[0]))
        writer.writeheader()
        for record in history:
            writer.writerow({k: int(v) if k == "epoch" else f"{v:.6g}" for k, v in record.items()})
