"""Build a network and cut it into a trunk and a head.

The trunk ends at the features that heatmaps are computed from; the head turns them into logits.
Prediction is ``head(trunk(x))``; Grad-CAM differentiates the head alone. Transformers hand on
tokens instead of maps; ``maps`` shows either as (N, C, h, w).
"""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor, nn

from leuko.errors import CardError
from leuko.models.networks.small_cnns import PLAIN_CNN, SIMPLE_CNN, PlainCnn, SimpleCnn
from leuko.models.networks.timm_backend import (
    FEATURE_MAPS,
    TOKENS,
    cut_timm,
    last_layers,
    make_timm,
)
from leuko.models.networks.torchvision_backend import TorchvisionHead, make_torchvision

Library = Literal["timm", "torchvision", "leuko"]
Head = Literal["published", "average"]


class Network(nn.Module):
    """A classifier whose feature maps can be had on the way.

    Args:
        body: the timm, torchvision or own module that holds all weights.
        trunk: features of pictures.
        head: logits of features.
        maps: features as (N, C, h, w); None where they are maps already.

    Attributes:
        body: as given.
    """

    def __init__(
        self,
        body: nn.Module,
        trunk: Callable[[Tensor], Tensor],
        head: Callable[[Tensor], Tensor],
        maps: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        super().__init__()
        self.body = body
        self._trunk = trunk
        self._head = head
        self._maps = maps

    def trunk(self, pictures: Tensor) -> Tensor:
        """Features of normalised pictures (N, 3, side, side).

        Feature maps (N, C, h, w), or in a transformer's layout what :meth:`maps` makes into such.
        """
        return self._trunk(pictures)

    def head(self, features: Tensor) -> Tensor:
        """Logits (N, K) of the trunk's features."""
        return self._head(features)

    def maps(self, features: Tensor) -> Tensor:
        """Features of any layer, or gradients in their layout, as maps (N, C, h, w).

        Raises:
            CardError: when the places of tokens in the picture are not known.
        """
        return features if self._maps is None else self._maps(features)

    def trunk_to(self, dtype: torch.dtype, side_px: int) -> "Network":
        """Give the trunk's weights another float type; the head, where answers form, keeps its own.

        Args:
            dtype: such as ``torch.bfloat16``.
            side_px: side of a square that the network accepts, pixels.

        Returns:
            The same network, changed in place.
        """
        used: set[nn.Module] = set()
        handles = [
            module.register_forward_hook(lambda own, _inputs, _output: used.add(own))
            for module in self.body.modules()
            if next(module.parameters(recurse=False), None) is not None
            or not list(module.children())
        ]
        parameter = next(self.body.parameters())
        try:
            with torch.inference_mode(mode=False), torch.no_grad():
                pictures = torch.zeros(
                    1, 3, side_px, side_px, device=parameter.device, dtype=parameter.dtype
                )
                features = self.trunk(pictures)
                used.clear()
                self.head(features)
        finally:
            for handle in handles:
                handle.remove()
        for module in self.body.modules():
            if module not in used:
                for own in (*module.parameters(recurse=False), *module.buffers(recurse=False)):
                    own.data = own.data.to(dtype) if own.is_floating_point() else own.data
        return self

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (N, K) of normalised pictures (N, 3, side, side)."""
        return self.head(self.trunk(pictures))


def build_network(
    library: Library,
    name: str,
    n_classes: int,
    *,
    pretrained: bool = False,
    dropout: float = 0.0,
    head: Head = "published",
    side_px: int = 224,
) -> Network:
    """Build a network with a new last layer.

    Args:
        library: ``timm``, ``torchvision`` or ``leuko`` (our own plain networks).
        name: name of the network in that library.
        n_classes: outputs of the last layer.
        pretrained: load ImageNet weights, downloading them where they are not cached.
        dropout: probability before the last layer, used in training only.
        head: ``published``, or ``average`` for global average pooling and one dense layer, for
            torchvision's networks.
        side_px: side of the square that it will read, pixels; matters to networks that flatten
            their maps and to transformers.

    Raises:
        CardError: when the library does not know the name or the network cannot be built so.
    """
    if head == "average" and library != "torchvision":
        raise CardError(
            f"An average head is built for torchvision's networks; {library}'s '{name}' has its "
            "own: leave it 'published'."
        )
    if library == "timm":
        return _from_timm(name, n_classes, side_px, pretrained=pretrained, dropout=dropout)
    if library == "leuko":
        return _from_leuko(name, n_classes, side_px, pretrained=pretrained, dropout=dropout)
    return _from_torchvision(name, n_classes, pretrained=pretrained, dropout=dropout, kind=head)


def _from_leuko(
    name: str, n_classes: int, side_px: int, *, pretrained: bool, dropout: float
) -> Network:
    if pretrained:
        raise CardError(f"No ImageNet weights exist for '{name}': start from 'scratch'.")
    body: SimpleCnn | PlainCnn
    if name == SIMPLE_CNN:
        body = SimpleCnn(n_classes, side_px, dropout)
    elif name == PLAIN_CNN:
        body = PlainCnn(n_classes, dropout)
    else:
        raise CardError(f"leuko has no network '{name}': it has {SIMPLE_CNN} and {PLAIN_CNN}.")
    return Network(body, body.forward_features, body.forward_head)


def _from_timm(
    name: str, n_classes: int, side_px: int, *, pretrained: bool, dropout: float
) -> Network:
    body = make_timm(name, n_classes, pretrained=pretrained, dropout=dropout, side_px=side_px)
    return Network(body, *cut_timm(body, name))


def _from_torchvision(
    name: str, n_classes: int, *, pretrained: bool, dropout: float, kind: Head
) -> Network:
    body = make_torchvision(
        name, n_classes, pretrained=pretrained, dropout=dropout, average_head=kind == "average"
    )
    features: nn.Module = body.features  # type: ignore[assignment]
    return Network(body, features, TorchvisionHead(body, name, average=kind == "average"))


def last_layer_tensors(network: Network) -> frozenset[str]:
    """Names, in the body's state, of the tensors of the last layer, which fit one set of classes.

    Args:
        network: any network from :func:`build_network`.
    """
    body = network.body
    layers = [m for m in body.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    last = last_layers(body) if hasattr(body, "get_classifier") else (layers[-1],)
    return frozenset(
        f"{name}.{tensor}"
        for name, module in body.named_modules()
        if any(module is layer for layer in last)
        for tensor in module.state_dict()
    )


def find_heatmap_layer(network: Network, side_px: int) -> str:
    """Dotted name, inside ``network.body``, of the module whose output the trunk returns.

    Args:
        network: any network from :func:`build_network`.
        side_px: side of a square that it accepts, pixels.

    Raises:
        CardError: when no module's output is the trunk's.
    """
    outputs: dict[int, str] = {}
    kept: list[Tensor] = []  # keeps ids from being reused while the pass runs
    handles = []

    def remember(name: str) -> Callable[[nn.Module, object, object], None]:
        def hook(_module: nn.Module, _inputs: object, output: object) -> None:
            if isinstance(output, Tensor):
                outputs[id(output)] = name
                kept.append(output)

        return hook

    was_training = network.training
    network.eval()
    try:
        handles = [
            module.register_forward_hook(remember(name))
            for name, module in network.body.named_modules()
            if name
        ]
        with torch.inference_mode():
            features = network.trunk(torch.zeros(1, 3, side_px, side_px))
            maps = network.maps(features)
    finally:
        for handle in handles:
            handle.remove()
        network.train(was_training)
    if id(features) in outputs and maps.ndim == FEATURE_MAPS:
        return outputs[id(features)]
    for output in reversed(kept):  # a transformer's features hold more than its maps
        if output.ndim == TOKENS and torch.equal(network.maps(output), maps):
            return outputs[id(output)]
    raise CardError("The network's trunk does not end in feature maps of a named layer.")
