"""The optimisation of a model that describes cells, as a Lightning module."""

from pathlib import Path
from typing import Any

import lightning
import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from leuko.evaluation.attributes.figures import macro_f1
from leuko.models.attributes.card import SizeFacts
from leuko.models.attributes.network import AttributeNetwork
from leuko.training.attributes.augment import augment, middle
from leuko.training.attributes.recipe import AttributesRecipe
from leuko.training.module import LOSS_SHARE, MOST_LOSS, SELECTED_BY, write_history


class AttributesModule(lightning.LightningModule):
    """Joint cross-entropy over all attributes.

    Args:
        network: with its starting weights.
        recipe: the run.
        size: how sizes are put before the heads.
        targets: int64 (N, attributes), of the training cells; their frequencies weigh the loss.
        history_path: CSV file that gets one row an epoch; None writes none.

    Attributes:
        history: one record an epoch, kept in checkpoints.
    """

    def __init__(
        self,
        network: AttributeNetwork,
        recipe: AttributesRecipe,
        size: SizeFacts,
        targets: NDArray[np.int64],
        history_path: Path | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.recipe = recipe
        self.size = size
        self.history: list[dict[str, float]] = []
        self.history_path = history_path
        power = recipe.training.class_weight_power
        for place, count in enumerate(network.value_counts):
            weights = value_weights(targets[:, place], count, power)
            self.register_buffer(f"weights_{place}", weights)
        self.register_buffer("mean", torch.tensor(recipe.input.mean).view(1, 3, 1, 1))
        self.register_buffer("std", torch.tensor(recipe.input.std).view(1, 3, 1, 1))
        self._train_loss: list[float] = []
        self._seen: list[tuple[float, Tensor, Tensor]] = []

    def on_train_epoch_start(self) -> None:
        """Start counting anew."""
        self._train_loss = []

    def on_validation_epoch_start(self) -> None:
        """Start counting anew."""
        self._seen = []

    def training_step(self, batch: tuple[Tensor, Tensor, Tensor], index: int) -> Tensor:
        """Loss of one batch; what is drawn depends on (seed, epoch, batch) alone."""
        cuts, sizes, targets = batch
        recipe = self.recipe.training
        key = hash((recipe.seed, self.current_epoch, index, self.global_rank)) % 2**63
        torch.manual_seed(key)  # dropout
        generator = torch.Generator().manual_seed(key)
        # Drawn on the processor, whatever computes: the same on every machine.
        pictures = augment(
            cuts.cpu(), self.recipe.augmentation, self.recipe.input.side_px, generator
        ).to(self.device)
        told = jitter_sizes(sizes.cpu(), recipe.size_hidden, recipe.size_error, generator)
        loss = self._loss(
            self._logits(pictures, standardised(told, self.size).to(self.device)), targets
        )
        self._train_loss.append(float(loss.detach()))
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor, Tensor], _index: int) -> None:
        """Loss and suggestions of one batch."""
        cuts, sizes, targets = batch
        logits = self._logits(
            middle(cuts, self.recipe.input.side_px), standardised(sizes, self.size)
        )
        loss = float(self._loss(logits, targets)) * len(targets)
        best = [part.argmax(dim=1) for part in self._parts(logits)]
        self._seen.append((loss, torch.stack(best, dim=1).cpu(), targets.cpu()))

    def on_validation_epoch_end(self) -> None:
        """Give Lightning the figure by which the best epoch is chosen."""
        figures = self._figures()
        score = figures["macro_f1"] - min(figures["loss"], MOST_LOSS) * LOSS_SHARE
        self.log(SELECTED_BY, score, prog_bar=True)

    def on_train_epoch_end(self) -> None:
        """Add the epoch to the history."""
        figures = self._figures()
        record = {
            "epoch": float(self.current_epoch + 1),
            "train_loss": float(np.mean(self._train_loss)),
            "validation_loss": figures["loss"],
            "validation_macro_f1": figures["macro_f1"],
            "learning_rate": self.trainer.optimizers[0].param_groups[0]["lr"],
        }
        self.history.append(record)
        if self.history_path is not None and self.trainer.is_global_zero:
            write_history(self.history, self.history_path)

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the history with the weights."""
        checkpoint["history"] = self.history

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the history that was kept."""
        self.history = list(checkpoint["history"])

    def configure_optimizers(self) -> Any:  # noqa: ANN401  Lightning's own wide return type
        """AdamW in one cycle; norms and biases are not decayed."""
        recipe = self.recipe.training
        decayed = [p for p in self.network.parameters() if p.ndim > 1]
        others = [p for p in self.network.parameters() if p.ndim <= 1]
        optimiser = torch.optim.AdamW(
            [
                {"params": decayed, "weight_decay": recipe.weight_decay},
                {"params": others, "weight_decay": 0.0},
            ],
            recipe.learning_rate,
        )
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser,
            max_lr=recipe.learning_rate,
            total_steps=int(self.trainer.estimated_stepping_batches),
            cycle_momentum=False,
        )
        return {
            "optimizer": optimiser,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def _logits(self, pictures: Tensor, sizes: Tensor) -> Tensor:
        normalised = (pictures - self.get_buffer("mean")) / self.get_buffer("std")
        found = self.network(normalised.contiguous(memory_format=torch.channels_last), sizes)
        logits: Tensor = found.logits.float()
        return logits

    def _parts(self, logits: Tensor) -> tuple[Tensor, ...]:
        """Logits of each attribute, (N, values)."""
        return torch.split(logits, list(self.network.value_counts), dim=1)

    def _loss(self, logits: Tensor, targets: Tensor) -> Tensor:
        parts = self._parts(logits)
        smoothing = self.recipe.training.label_smoothing
        losses = [
            F.cross_entropy(
                part, targets[:, place], self.get_buffer(f"weights_{place}"),
                label_smoothing=smoothing,
            )
            for place, part in enumerate(parts)
        ]  # fmt: skip
        return torch.stack(losses).mean()

    def _figures(self) -> dict[str, float]:
        best = torch.cat([each for _, each, _ in self._seen]).numpy()
        truth = torch.cat([each for _, _, each in self._seen]).numpy()
        scores = [
            macro_f1(truth[:, place], best[:, place], count)
            for place, count in enumerate(self.network.value_counts)
        ]
        return {
            "loss": sum(loss for loss, _, _ in self._seen) / len(truth),
            "macro_f1": float(np.mean(scores)),
        }


def value_weights(targets: NDArray[np.int64], count: int, power: float) -> Tensor:
    """Weight of each value in the loss, float32 (count,): mean 1 over the training cells.

    Args:
        targets: (N,), position of the value of each training cell.
        count: number of values; one that no cell has weighs as if one had it.
        power: 0 weighs all cells alike, 1 all values.
    """
    occurring = np.bincount(targets, minlength=count).clip(min=1).astype(np.float64)
    weights = (1 / occurring) ** power
    weights /= weights[targets].mean()
    return torch.from_numpy(weights.astype(np.float32))


def jitter_sizes(sizes: Tensor, hidden: float, error: float, generator: torch.Generator) -> Tensor:
    """Sizes as they may be measured elsewhere, hidden from some cells.

    Args:
        sizes: (N, 3), nucleus and cell in red-cell diameters, and 1 where they are known.
        hidden: share of cells whose size is hidden.
        error: deviation of the logarithm of both diameters together.
        generator: of the random choices.

    Returns:
        (N, 3) of the same unit; the last number is 0 where the size is hidden.
    """
    known = sizes[:, 2:] * (torch.rand((len(sizes), 1), generator=generator) >= hidden)
    factor = torch.exp(torch.randn((len(sizes), 1), generator=generator) * error)
    return torch.cat([sizes[:, :2] * factor, known], dim=1)


def standardised(sizes: Tensor, facts: SizeFacts) -> Tensor:
    """Sizes as the heads read them, (N, 3); all 0 where they are not known.

    The same as :func:`leuko.inference.attributes.size_numbers`, of many cells at once.
    """
    means = torch.tensor([facts.nucleus, facts.cell], device=sizes.device)
    known = sizes[:, 2:]
    return torch.cat([(sizes[:, :2] - means) / facts.spread, known], dim=1) * known
