"""A loaded model with its lock: predict and explain in one pass."""

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from leuko.errors import GatesError, HeatmapError, WeightsError
from leuko.imaging.preprocessing.prepare import Preparation, Prepared
from leuko.inference.acceleration.borderline import is_borderline
from leuko.inference.acceleration.prepare import make_ready
from leuko.inference.device import Precision, choose_device, choose_dtype
from leuko.inference.heatmaps.explainer import Explainer
from leuko.inference.heatmaps.gradcam import ForwardResult, answer
from leuko.inference.heatmaps.methods import Layer, Method
from leuko.inference.normalise import Normalise
from leuko.inference.result import Result, result_of
from leuko.inspection.inspect import survey
from leuko.models.card import ModelCard
from leuko.models.gates.novelty import NoveltyReference, load_novelty
from leuko.models.mean_image import load_mean_image
from leuko.models.networks.network import Network
from leuko.models.store import InstalledModel
from leuko.models.weights import load_network

DEFAULT_BATCH = 16


class Features(NamedTuple):
    """What a network makes of pictures, without evidence.

    Attributes:
        probabilities: float64 (N, K), at the card's temperature.
        pooled: float32 (N, C), mean of each feature map of the card's layer.
    """

    probabilities: NDArray[np.float64]
    pooled: NDArray[np.float32]


class Classifier:
    """A model in memory. One instance serves all threads; calls take turns at its lock.

    Args:
        card: the model's card.
        network: its network, see :func:`leuko.models.weights.load_network`; it is moved to the
            device, and its batch normalisations are folded into its convolutions.
        device: a torch device.
        mean_image: uint8 (side, side, 3), for a card whose steps subtract it.
        precision: ``auto`` computes in bfloat16 where the processor does so in hardware and the
            card allows it; ``float32`` never does, ``bfloat16`` always. A picture whose answer
            in bfloat16 is borderline is computed again in float32.
        novelty: how unlike the training pictures a picture is; None for a model without that
            gate.
    """

    def __init__(
        self,
        card: ModelCard,
        network: Network,
        device: torch.device | None = None,
        mean_image: NDArray[np.uint8] | None = None,
        precision: Precision = "auto",
        novelty: NoveltyReference | None = None,
    ) -> None:
        self.card = card
        self._novelty = novelty
        self._prepare = Preparation(card.input.steps, mean_image)
        self.device = device if device is not None else torch.device("cpu")
        self.dtype = choose_dtype(precision, self.device, allowed=card.reduced_precision)
        self._network, self._reduced, self._trunk = make_ready(
            network, card.input.side_px, self.device, self.dtype, DEFAULT_BATCH
        )
        self._normalise = Normalise(card.input.mean, card.input.std, self.device)
        self._lock = threading.Lock()
        self._explainer = Explainer(
            self._network,
            self._lock,
            card.architecture.heatmap_layer,
            card.input.side_px,
        )

    @classmethod
    def load(
        cls, model: InstalledModel, device: str = "auto", precision: Precision = "auto"
    ) -> "Classifier":
        """Verify and load an installed model.

        Raises:
            WeightsError, CardError, GatesError: when the folder is not in order.
            DeviceError: when the device is not there.
        """
        chosen = choose_device(device)
        # Weights made in a caller's inference mode could never be differentiated through.
        with torch.inference_mode(mode=False):
            return cls(
                model.card,
                load_network(model.card, model.folder),
                chosen,
                load_mean_image(model.card.input.steps, model.folder),
                precision,
                load_novelty(model.card, model.folder),
            )

    def classify(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        batch: int = DEFAULT_BATCH,
        *,
        cells: bool = True,
    ) -> list[Result]:
        """Class probabilities and evidence maps of pictures.

        Args:
            pictures: uint8 (H, W, 3) each, RGB, any sizes.
            batch: pictures that share one pass.
            cells: look at the picture without a network as well: results then know how much
                evidence falls on leukocytes, the kind of the picture and its quality. Takes a few
                milliseconds a picture.

        Returns:
            One result a picture, in order.

        Raises:
            WeightsError: when the network answers with something that is no number.
        """
        return list(self.stream(pictures, batch, cells=cells))

    def stream(
        self,
        pictures: Sequence[NDArray[np.uint8]],
        batch: int = DEFAULT_BATCH,
        *,
        cells: bool = True,
    ) -> Iterator[Result]:
        """As :meth:`classify`, but results come batch by batch."""
        for start in range(0, len(pictures), batch):
            chunk = pictures[start : start + batch]
            results = self._pass([self._prepare(pixels) for pixels in chunk])
            for pixels, result in zip(chunk, results, strict=True):
                yield result.with_survey(survey(pixels)) if cells else result

    @property
    def preparation(self) -> Preparation:
        """What turns a picture into what the network reads."""
        return self._prepare

    def classify_prepared(self, prepared: Sequence[Prepared]) -> list[Result]:
        """As :meth:`classify`, of pictures or cells that are prepared already, in one pass."""
        return list(self._pass(prepared))

    def features(self, pictures: Sequence[NDArray[np.uint8]]) -> Features:
        """Probabilities and pooled features of pictures that share one pass.

        Args:
            pictures: uint8 (H, W, 3) each, RGB, any sizes.

        Raises:
            WeightsError: when the network answers with something that is no number.
        """
        prepared = [self._prepare(pixels) for pixels in pictures]
        found = self._run(prepared)
        probabilities, pooled = self._probabilities(found.logits), found.pooled.cpu().numpy()
        self._check_finite(probabilities, pooled)
        return Features(probabilities, pooled)

    def layers(self) -> tuple[Layer, ...]:
        """Layers that heatmaps can be read from: the card's own, then a finer one if there is."""
        return self._explainer.layers()

    def explain(
        self,
        picture: NDArray[np.uint8],
        method: Method = Method.GRAD_CAM,
        layer: str | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> NDArray[np.float32]:
        """Evidence for every class by another method or from another layer.

        Every method but Score-CAM costs one forward pass, whatever the number of classes, and in
        float32 whatever the classifier's precision. Score-CAM costs one for each feature map
        (:attr:`Layer.channels`) and lets others have their turn in between.

        Args:
            picture: uint8 (H, W, 3), RGB, any size.
            method: how evidence is computed.
            layer: name of one of :meth:`layers`; by default the card's own.
            progress: told the share of Score-CAM that is done; what it raises ends the work.

        Returns:
            float32 (K, h, w), not below 0, one map a class in the order of the card, as
            ``Result.evidence``; the same map for all classes where the method knows no class.

        Raises:
            HeatmapError: for a layer that is none of :meth:`layers`, or when the method gives
                something that is no number.
        """
        return self.explain_prepared(self.prepare(picture), method, layer, progress)

    def prepare(self, picture: NDArray[np.uint8]) -> Prepared:
        """A picture, uint8 (H, W, 3), RGB, as the network reads it."""
        return self._prepare(picture)

    def explain_prepared(
        self,
        prepared: Prepared,
        method: Method = Method.GRAD_CAM,
        layer: str | None = None,
        progress: Callable[[float], None] | None = None,
    ) -> NDArray[np.float32]:
        """As :meth:`explain`, so that a large picture need not be held for as long as it takes."""
        square = self._normalise(np.stack([prepared.pixels]))
        evidence = self._explainer.explain(square, method, layer, progress)
        if not np.isfinite(evidence).all():
            raise HeatmapError(
                f"{method.title} gives no finite numbers for this picture with model "
                f"'{self.card.id}': choose another method."
            )
        return evidence

    def _run(self, chunk: Sequence[Prepared]) -> ForwardResult:
        stacked = np.stack([prepared.pixels for prepared in chunk])  # (N, side, side, 3)
        with self._lock:
            return self._answer(self._normalise(stacked))

    def _pass(self, chunk: Sequence[Prepared]) -> Iterator[Result]:
        found = self._run(chunk)
        scaled = self._probabilities(found.logits)
        maps = found.evidence.cpu().numpy()
        novelty = self._novelty_of(found)
        self._check_finite(scaled, maps, *(np.array(v) for v in novelty if v is not None))
        for prepared, probabilities, maps_of_one, value in zip(
            chunk, scaled, maps, novelty, strict=True
        ):
            yield result_of(
                self.card,
                probabilities.tolist(),
                evidence=maps_of_one,
                area=prepared.area,
                novelty=value,
            )

    def _novelty_of(self, found: ForwardResult) -> list[float | None]:
        if self._novelty is None:
            return [None] * len(found.pooled)
        try:
            return list(self._novelty.of(found.pooled.cpu().numpy()).tolist())
        except ValueError as problem:
            raise GatesError(
                f"The gate on novelty of model '{self.card.id}' is not that of its network "
                f"({problem}): copy the model folder again, or run 'python -m leuko calibrate'."
            ) from problem

    def _answer(self, pictures: torch.Tensor) -> ForwardResult:
        """One pass, what is borderline in reduced precision again in full."""
        if self._reduced is None:
            return answer(self._network, pictures, self._trunk)
        found = answer(self._reduced, pictures.to(self.dtype), self._trunk)
        card = self.card
        reduced = self._probabilities(found.logits)
        close = is_borderline(reduced, card.class_set, card.decision_threshold, card.temperature)
        close |= ~np.isfinite(reduced).all(axis=1)
        if close.any():
            rows = torch.from_numpy(np.flatnonzero(close)).to(self.device)
            again = pictures[rows].contiguous(memory_format=torch.channels_last)
            for part, full in zip(found, answer(self._network, again), strict=True):
                part[rows] = full
        return found

    def _check_finite(self, *values: NDArray[np.floating[Any]]) -> None:
        """Refuse an answer that is no number, before anybody takes it for one."""
        if not all(np.isfinite(each).all() for each in values):
            raise WeightsError(
                f"Model '{self.card.id}' answers with something that is no finite number, so its "
                "weights or its card are damaged: copy the model folder again from where it came "
                "from, or train the model again."
            )

    def _probabilities(self, logits: torch.Tensor) -> NDArray[np.float64]:
        scaled: NDArray[np.float64] = (
            (logits.double() / self.card.temperature).softmax(dim=1).cpu().numpy()
        )
        return scaled
