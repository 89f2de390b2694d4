"""A network that is asked about changed pictures: probabilities alone, or with evidence."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.modules.batchnorm import _BatchNorm

from leuko.arrays import Floats
from leuko.imaging.preprocessing.prepare import Preparation, Prepared
from leuko.inference.heatmaps.gradcam import logits_and_evidence
from leuko.models.card import ModelCard
from leuko.models.mean_image import load_mean_image
from leuko.models.networks.network import Network
from leuko.models.store import InstalledModel
from leuko.models.weights import load_network

BATCH = 16
"""Larger batches leave the processor's cache and are slower."""

Maps = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Case:
    """One picture of a report.

    Attributes:
        square: normalised, float32 (3, side, side).
        inside: bool (side, side), where the square shows the picture rather than padding.
        label: position of the class that the model suggests.
        evidence: float32 (h, w), not below 0, for that class, on the square.
        group: number of the group that it belongs to.
    """

    square: Tensor
    inside: NDArray[np.bool_]
    label: int
    evidence: Maps
    group: int

    @property
    def has_evidence(self) -> bool:
        """Whether anything inside the picture speaks for the suggested class."""
        return bool(self.evidence[grid_inside(self.inside, self.evidence.shape)].max() > 0)


class Probe:
    """A network of one's own, so that its weights may be shuffled and restored.

    Args:
        card: of the model.
        network: in evaluation mode, float32; not shared with anybody.
        device: the network is moved there.
        mean_image: uint8 (side, side, 3), for a card whose steps subtract it.
    """

    def __init__(
        self,
        card: ModelCard,
        network: Network,
        device: torch.device,
        mean_image: NDArray[np.uint8] | None = None,
    ) -> None:
        self.card = card
        self.prepare = Preparation(card.input.steps, mean_image)
        self.network = network.eval().requires_grad_(requires_grad=False)
        self.network.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.device = device

    @classmethod
    def load(cls, model: InstalledModel, device: torch.device) -> "Probe":
        """Verify and load an installed model.

        Raises:
            WeightsError: when the folder is not in order.
        """
        # Weights made in a caller's inference mode could never be shuffled.
        with torch.inference_mode(mode=False):
            network = load_network(model.card, model.folder)
            mean_image = load_mean_image(model.card.input.steps, model.folder)
            return cls(model.card, network, device, mean_image)

    def normalised(self, prepared: Sequence[Prepared]) -> Tensor:
        """Squares as the network reads them, float32 (N, 3, side, side), on its device."""
        pixels = torch.from_numpy(np.stack([one.pixels for one in prepared])).to(self.device)
        mean = torch.tensor(self.card.input.mean, device=self.device).view(1, 3, 1, 1)
        std = torch.tensor(self.card.input.std, device=self.device).view(1, 3, 1, 1)
        return (pixels.permute(0, 3, 1, 2).float().div_(255) - mean) / std

    def probabilities(self, squares: Tensor) -> Floats:
        """Class probabilities (N, K) of normalised squares, without any explanation."""
        with torch.inference_mode():
            rows = [self._softmax(self.network(part)) for part in batches(squares)]
        return np.concatenate(rows)

    def explained(self, squares: Tensor) -> tuple[Floats, Maps]:
        """Class probabilities (N, K) and Grad-CAM evidence (N, K, h, w) of normalised squares."""
        answers, maps = [], []
        for part in batches(squares):
            logits, evidence = logits_and_evidence(self.network, part)
            answers.append(self._softmax(logits))
            maps.append(evidence.cpu().numpy())
        return np.concatenate(answers), np.concatenate(maps)

    def _softmax(self, logits: Tensor) -> Floats:
        scaled = (logits.double() / self.card.temperature).softmax(dim=1)
        probabilities: Floats = scaled.cpu().numpy()
        return probabilities

    @contextmanager
    def shuffled(
        self, names: frozenset[str] | None, seed: int, squares: Tensor
    ) -> Iterator["Probe"]:
        """The same network with weights that know nothing; restored at the end, whatever happens.

        The values of each tensor change places at random: it keeps its distribution, and with it
        the scale of the activations, and loses what it learnt. Where the whole network is
        shuffled, batch norms measure their statistics anew, or activations could vanish.

        Args:
            names: tensors of the body's state to shuffle; None for all.
            seed: of the random places.
            squares: normalised pictures on which batch norms are measured.
        """
        body = self.network.body
        stored = {name: tensor.clone() for name, tensor in body.state_dict().items()}
        generator = torch.Generator().manual_seed(seed)
        try:
            with torch.no_grad():
                for name, tensor in body.named_parameters():
                    if names is None or name in names:
                        order = torch.randperm(tensor.numel(), generator=generator)
                        values = tensor.flatten()[order.to(tensor.device)]
                        tensor.copy_(values.view(tensor.shape))
            if names is None:
                measure_batch_norms(self.network, squares)
            yield self
        finally:
            body.load_state_dict(stored)


def batches(squares: Tensor) -> Iterator[Tensor]:
    """Parts of at most ``BATCH`` squares, in order."""
    for start in range(0, len(squares), BATCH):
        yield squares[start : start + BATCH]


def measure_batch_norms(network: Network, squares: Tensor) -> None:
    """Give batch norms the mean and variance of what really enters them.

    Args:
        network: in evaluation mode; stays so.
        squares: normalised pictures (N, 3, side, side); more than one.
    """
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    if not norms:
        return
    momenta = [norm.momentum for norm in norms]
    try:
        for norm in norms:
            norm.reset_running_stats()
            norm.momentum = None  # a plain mean over batches
            norm.train()
        with torch.no_grad():
            for part in batches(squares):
                if len(part) > 1 or len(squares) == 1:
                    network(part)
    finally:
        for norm, momentum in zip(norms, momenta, strict=True):
            norm.momentum = momentum
            norm.eval()


def inside_of(prepared: Prepared) -> NDArray[np.bool_]:
    """Where a square shows the picture rather than padding, bool (side, side)."""
    side = prepared.pixels.shape[0]
    left, top, right, bottom = prepared.area
    inside = np.zeros((side, side), np.bool_)
    inside[max(0, top) : max(0, bottom), max(0, left) : max(0, right)] = True
    return inside


def grid_inside(inside: NDArray[np.bool_], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """The positions of a map (h, w) whose middle lies inside the picture, bool (h, w)."""
    rows = ((np.arange(shape[0]) + 0.5) * inside.shape[0] / shape[0]).astype(int)
    columns = ((np.arange(shape[1]) + 0.5) * inside.shape[1] / shape[1]).astype(int)
    seen: NDArray[np.bool_] = inside[np.ix_(rows, columns)]
    return seen
