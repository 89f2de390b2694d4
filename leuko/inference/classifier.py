"""A loaded model with its lock: predict and explain in one pass."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray

from leuko.imaging.preprocess import Prepared, prepare
from leuko.inference.device import choose_device
from leuko.inference.gradcam import logits_and_evidence
from leuko.models.card import ModelCard
from leuko.models.store import InstalledModel
from leuko.models.weights import load_network

DEFAULT_BATCH = 16


@dataclass(frozen=True)
class Result:
    """What a model says about one picture, and where it looked.

    Attributes:
        model_id: who said it.
        label: suggested class: the most probable one on the side that ``malignant`` chose.
        malignant: whether P(malignant) reaches the model's decision threshold.
        probabilities: class → probability, in the order of the card.
        malignant_probability: sum over the malignant classes.
        evidence: float32 (K, h, w), not below 0, logit units, on the network's square.
        side_px: side of that square, pixels.
        area: (left, top, right, bottom) of the picture inside the square; the rest is padding.
    """

    model_id: str
    label: str
    malignant: bool
    probabilities: dict[str, float]
    malignant_probability: float
    evidence: NDArray[np.float32]
    side_px: int
    area: tuple[int, int, int, int]

    def has_evidence(self, label: str) -> bool:
        """Whether anything in the picture speaks for a class."""
        return bool(self._map(label).max() > 0)

    def heat(self, label: str | None = None) -> NDArray[np.float32]:
        """Evidence over the picture itself, relative to its own maximum.

        Args:
            label: class asked about; by default the suggested one.

        Returns:
            float32 (height, width) in [0, 1], the picture's proportions at the network's
            resolution; all 0 when there is no positive evidence.
        """
        from leuko.imaging.overlay import resize_heat

        evidence = self._map(label if label is not None else self.label)
        peak = float(evidence.max())
        if peak <= 0:
            relative = np.zeros_like(evidence)
        else:
            relative = evidence / peak
        square = resize_heat(relative, (self.side_px, self.side_px))
        left, top, right, bottom = self.area
        return np.clip(square[top:bottom, left:right], 0.0, 1.0)

    def _map(self, label: str) -> NDArray[np.float32]:
        evidence: NDArray[np.float32] = self.evidence[list(self.probabilities).index(label)]
        return evidence


class Classifier:
    """A model in memory. One instance serves all threads; calls take turns at its lock.

    Args:
        card: the model's card.
        network: its network, see :func:`leuko.models.weights.load_network`.
        device: a torch device; the network is moved there.
    """

    def __init__(
        self, card: ModelCard, network: torch.nn.Module, device: torch.device | None = None
    ) -> None:
        self.card = card
        self.device = device if device is not None else torch.device("cpu")
        self._network = network.eval().requires_grad_(requires_grad=False)
        self._network.to(self.device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._mean = torch.tensor(card.input.mean, device=self.device).view(1, 3, 1, 1)
        self._std = torch.tensor(card.input.std, device=self.device).view(1, 3, 1, 1)
        self._lock = threading.Lock()

    @classmethod
    def load(cls, model: InstalledModel, device: str = "auto") -> "Classifier":
        """Verify and load an installed model.

        Raises:
            WeightsError, CardError: when the folder is not in order.
            DeviceError: when the device is not there.
        """
        chosen = choose_device(device)
        return cls(model.card, load_network(model.card, model.folder), chosen)

    def classify(
        self, pictures: Sequence[NDArray[np.uint8]], batch: int = DEFAULT_BATCH
    ) -> list[Result]:
        """Class probabilities and evidence maps of pictures.

        Args:
            pictures: uint8 (H, W, 3) each, RGB, any sizes.
            batch: pictures that share one pass.

        Returns:
            One result a picture, in order.
        """
        return list(self.stream(pictures, batch))

    def stream(
        self, pictures: Sequence[NDArray[np.uint8]], batch: int = DEFAULT_BATCH
    ) -> Iterator[Result]:
        """As :meth:`classify`, but results come batch by batch."""
        for start in range(0, len(pictures), batch):
            chunk = [prepare(p, self.card.input.steps) for p in pictures[start : start + batch]]
            yield from self._pass(chunk)

    def _pass(self, chunk: Sequence[Prepared]) -> Iterator[Result]:
        stacked = np.stack([prepared.pixels for prepared in chunk])  # (N, side, side, 3)
        with self._lock:
            logits, evidence = logits_and_evidence(self._network, self._normalise(stacked))
        scaled = (logits.double() / self.card.temperature).softmax(dim=1).cpu().numpy()
        maps = evidence.cpu().numpy()
        for prepared, probabilities, maps_of_one in zip(chunk, scaled, maps, strict=True):
            yield self._result(prepared, probabilities, maps_of_one)

    def _normalise(self, stacked: NDArray[np.uint8]) -> torch.Tensor:
        pixels = torch.from_numpy(stacked).to(self.device)
        pictures = pixels.permute(0, 3, 1, 2).float().div_(255)  # (N, 3, side, side), NHWC memory
        return (pictures - self._mean) / self._std

    def _result(
        self,
        prepared: Prepared,
        probabilities: NDArray[np.float64],
        evidence: NDArray[np.float32],
    ) -> Result:
        classes = self.card.class_set
        values = [float(value) for value in probabilities]
        suggested = classes.suggest(values, self.card.decision_threshold)
        return Result(
            model_id=self.card.id,
            label=classes.names[suggested],
            malignant=suggested in classes.malignant_indices,
            probabilities=dict(zip(classes.names, values, strict=True)),
            malignant_probability=sum(values[i] for i in classes.malignant_indices),
            evidence=evidence,
            side_px=prepared.pixels.shape[0],
            area=prepared.area,
        )
