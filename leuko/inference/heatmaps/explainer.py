"""Explain a classifier's answer by any method and layer; the other half of its one pass."""

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from leuko.errors import HeatmapError
from leuko.inference.heatmaps.activations import feature_maps, watch
from leuko.inference.heatmaps.gradcam import logits_and_evidence, weighted_maps
from leuko.inference.heatmaps.library_cams import library_maps
from leuko.inference.heatmaps.methods import Layer, Method
from leuko.inference.heatmaps.scorecam import score_cam
from leuko.inference.heatmaps.target_layers import find_layers
from leuko.models.networks.network import Network

SCORE_CAM_BATCH = 16


class Explainer:
    """Evidence of one network; shares its classifier's lock.

    Args:
        network: in evaluation mode, in float32, without gradients.
        lock: held whenever the network runs.
        own: dotted name of the card's layer.
        side_px: side of the square that the network reads.
    """

    def __init__(self, network: Network, lock: threading.Lock, own: str, side_px: int) -> None:
        self._network, self._lock = network, lock
        self._own, self._side_px = own, side_px
        self._layers: tuple[Layer, ...] | None = None

    def layers(self) -> tuple[Layer, ...]:
        """The card's layer, then a finer one where the network has one; looked for once."""
        with self._lock:
            if self._layers is None:
                self._layers = find_layers(self._network, self._own, self._side_px)
            return self._layers

    def explain(
        self,
        picture: Tensor,
        method: Method,
        layer: str | None,
        progress: Callable[[float], None] | None,
    ) -> NDArray[np.float32]:
        """One map a class; see :meth:`leuko.inference.classifier.Classifier.explain`.

        Args:
            picture: normalised, float32 (1, 3, side, side).
            method: how.
            layer: name of one of :meth:`layers`; None for the card's.
            progress: for Score-CAM.
        """
        place = None if layer is None or layer == self._own else self._known(layer)
        if method is Method.SCORE_CAM:
            return self._score_cam(picture, place, progress)
        with self._lock:
            if method is Method.GRAD_CAM and place is None:
                _, evidence = logits_and_evidence(self._network, picture)
                return _array(evidence[0])
            watched = watch(self._network, picture, place)
        if method is Method.GRAD_CAM:
            weights = watched.gradients.mean(dim=(2, 3))  # (K, C)
            return _array(weighted_maps(weights[None], watched.maps[None])[0])
        return library_maps(self._network, watched, method)

    def _known(self, layer: str) -> str:
        names = [known.name for known in self.layers()]
        if layer not in names:
            raise HeatmapError(
                f"No heatmap can be read from layer '{layer}': choose {' or '.join(names)}."
            )
        return layer

    def _score_cam(
        self, picture: Tensor, layer: str | None, progress: Callable[[float], None] | None
    ) -> NDArray[np.float32]:
        def logits_of(pictures: Tensor) -> Tensor:
            with self._lock:  # let go between passes, so that nobody waits for all of them
                return self._network.head(self._network.trunk(pictures).float())

        with self._lock:
            maps = feature_maps(self._network, picture, layer)
        return _array(score_cam(maps, picture, logits_of, SCORE_CAM_BATCH, progress))


def _array(evidence: Tensor) -> NDArray[np.float32]:
    found: NDArray[np.float32] = evidence.detach().float().cpu().numpy()
    return found
