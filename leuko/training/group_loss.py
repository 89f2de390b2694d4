"""A loss for labels that know less than the classes: "not a blast", "neutrophil"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from leuko.data.dataset import Dataset
from leuko.training.recipe import TrainingRecipe


@dataclass(frozen=True)
class Labels:
    """What the labels of a data set say about its classes.

    Attributes:
        classes: in the order of the outputs.
        names: the classes, then those labels that allow several of them.
        sets: label → classes that it allows; a label that is not there is a class itself.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    sets: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, dataset: Dataset) -> "Labels":
        """Those that occur in a data set."""
        classes = dataset.classes.names
        coarse = sorted({sample.label for sample in dataset.samples} - set(classes))
        return cls(classes, (*classes, *coarse), dataset.label_sets)

    @property
    def coarse(self) -> bool:
        """Whether some label allows several classes."""
        return len(self.names) > len(self.classes)

    def allowed(self) -> Tensor:
        """Which classes each label allows, bool (L, K)."""
        allowed = torch.zeros(len(self.names), len(self.classes), dtype=torch.bool)
        for row, label in enumerate(self.names):
            for name in self.sets.get(label, (label,)):
                allowed[row, self.classes.index(name)] = True
        return allowed


class GroupLoss(nn.Module):
    """Cross-entropy of the sum over those classes that a label allows.

    A label of one class gives ordinary cross-entropy. One of several asks that their probabilities
    together be high, and leaves to the network which of them it is: minus the log of their sum,
    which is the likelihood of what is known.

    Args:
        labels: what they allow.
        weights: of each label, or None.
        smoothing: share of the loss that asks for all allowed classes alike.
    """

    def __init__(
        self, labels: Labels, weights: Tensor | None = None, smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.register_buffer("allowed", labels.allowed())
        self.weighted = weights is not None
        self.register_buffer("weights", weights if weights is not None else torch.ones(1))
        self.smoothing = smoothing

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Mean loss of a batch.

        Args:
            logits: float (N, K).
            labels: index of each label, int64 (N,).
        """
        allowed = self.get_buffer("allowed")[labels]  # (N, K)
        log = F.log_softmax(logits, dim=1)
        loss = -log.masked_fill(~allowed, -torch.inf).logsumexp(dim=1)
        if self.smoothing:
            alike = -log.masked_fill(~allowed, 0.0).sum(1) / allowed.sum(1)
            loss = (1 - self.smoothing) * loss + self.smoothing * alike
        if not self.weighted:
            return loss.mean()
        of_each = self.get_buffer("weights")[labels]
        return (loss * of_each).sum() / of_each.sum()


def label_weights(counts: Sequence[int], recipe: TrainingRecipe) -> Tensor | None:
    """Weight of each label in the loss; None where all weigh alike.

    Args:
        counts: training pictures a label; one without pictures weighs nothing.
        recipe: inverse frequencies to the power that it says.
    """
    if not recipe.class_weights:
        return None
    there = torch.tensor(counts, dtype=torch.float32)
    relative = there.sum() / ((there > 0).sum() * there.clamp(min=1))
    return relative.pow(recipe.class_weight_power) * (there > 0)
