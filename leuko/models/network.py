"""Build a network and cut it into a trunk and a head.

The trunk ends at the feature maps that heatmaps are computed from; the head turns them into
logits. Prediction is ``head(trunk(x))``; Grad-CAM differentiates the head alone.
"""

import difflib
from collections.abc import Callable, Sequence
from typing import Any, Literal

import torch
from torch import Tensor, nn

from leuko.errors import CardError
from leuko.models.plain_networks import PLAIN_CNN, SIMPLE_CNN, PlainCnn, SimpleCnn

Library = Literal["timm", "torchvision", "leuko"]
Head = Literal["published", "average"]
LAST_LAYER_STD = 0.01


class Network(nn.Module):
    """A classifier whose feature maps can be had on the way.

    Attributes:
        body: the timm or torchvision module that holds all weights.
    """

    def __init__(
        self,
        body: nn.Module,
        trunk: Callable[[Tensor], Tensor],
        head: Callable[[Tensor], Tensor],
    ) -> None:
        super().__init__()
        self.body = body
        self._trunk = trunk
        self._head = head

    def trunk(self, pictures: Tensor) -> Tensor:
        """Feature maps (N, C, h, w) of normalised pictures (N, 3, side, side)."""
        return self._trunk(pictures)

    def head(self, features: Tensor) -> Tensor:
        """Logits (N, K) of feature maps (N, C, h, w)."""
        return self._head(features)

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
            if not list(module.children())
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
            their maps.

    Raises:
        CardError: when the library does not know the name or the network cannot be built so.
    """
    if head == "average" and library != "torchvision":
        raise CardError(
            f"An average head is built for torchvision's networks; {library}'s '{name}' has its "
            "own: leave it 'published'."
        )
    if library == "timm":
        return _from_timm(name, n_classes, pretrained=pretrained, dropout=dropout)
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


def _from_timm(name: str, n_classes: int, *, pretrained: bool, dropout: float) -> Network:
    import timm

    if not timm.is_model(name):
        close = _similar(name, timm.list_models())
        raise CardError(f"timm knows no network '{name}'; similar names: {close}.")
    body: Any = timm.create_model(
        name, pretrained=pretrained, num_classes=n_classes, drop_rate=dropout
    )
    last: nn.Module = body.get_classifier()
    if isinstance(last, nn.Linear):
        # Some families scale this layer by 1/sqrt(outputs), which is far too much for two classes.
        nn.init.normal_(last.weight, std=LAST_LAYER_STD)
        nn.init.zeros_(last.bias)
    return Network(body, body.forward_features, body.forward_head)


def _from_torchvision(
    name: str, n_classes: int, *, pretrained: bool, dropout: float, kind: Head
) -> Network:
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        raise CardError(
            f"torchvision knows no classification network '{name}'; similar names: "
            f"{_similar(name, known)}."
        )
    body = models.get_model(name, weights="DEFAULT" if pretrained else None)
    features = getattr(body, "features", None)
    classifier = getattr(body, "classifier", None)
    if not isinstance(features, nn.Module) or not isinstance(classifier, nn.Module):
        raise CardError(
            f"torchvision's '{name}' is not of the features-and-classifier kind: use timm's."
        )
    if kind == "average":
        return _with_average_head(body, features, n_classes, dropout)
    _replace_last_layer(body, classifier, n_classes)
    for module in body.modules():
        if isinstance(module, nn.Dropout) and dropout:
            module.p = dropout
    pool = getattr(body, "avgpool", nn.Identity())
    last_activation = nn.ReLU() if name.startswith("densenet") else nn.Identity()

    def head(maps: Tensor) -> Tensor:
        if name.startswith("squeezenet"):
            return torch.flatten(body.classifier(maps), 1)
        if name.startswith("densenet"):
            maps = nn.functional.adaptive_avg_pool2d(last_activation(maps), 1)
        else:
            maps = pool(maps)
        logits: Tensor = body.classifier(torch.flatten(maps, 1))
        return logits

    return Network(body, features, head)


def _with_average_head(
    body: Any,  # noqa: ANN401  a torchvision module, whose attributes are not typed
    features: nn.Module,
    n_classes: int,
    dropout: float,
) -> Network:
    """Global average pooling and one dense layer in the place of the network's own head."""
    convolutions = [layer for layer in features.modules() if isinstance(layer, nn.Conv2d)]
    body.avgpool = nn.AdaptiveAvgPool2d(1)
    body.classifier = nn.Sequential(
        nn.Dropout(dropout), nn.Linear(convolutions[-1].out_channels, n_classes)
    )

    def head(maps: Tensor) -> Tensor:
        logits: Tensor = body.classifier(torch.flatten(body.avgpool(maps), 1))
        return logits

    return Network(body, features, head)


def _similar(name: str, known: Sequence[str]) -> str:
    return ", ".join(difflib.get_close_matches(name, known, n=6)) or "none similar"


def _replace_last_layer(body: nn.Module, classifier: nn.Module, n_classes: int) -> None:
    if isinstance(classifier, nn.Linear):
        body.classifier = nn.Linear(classifier.in_features, n_classes)
        return
    layers = list(classifier.named_children())
    for name, layer in reversed(layers):
        if isinstance(layer, nn.Linear):
            setattr(classifier, name, nn.Linear(layer.in_features, n_classes))
            return
        if isinstance(layer, nn.Conv2d):
            setattr(classifier, name, nn.Conv2d(layer.in_channels, n_classes, 1))
            return
    raise CardError(f"{type(body).__name__} has no last layer that could be replaced.")


def last_layer_tensors(network: Network) -> frozenset[str]:
    """Names, in the body's state, of the tensors of the last layer, which fit one set of classes.

    Args:
        network: any network from :func:`build_network`.
    """
    body = network.body
    own_word: Callable[[], nn.Module] | None = getattr(body, "get_classifier", None)
    layers = [m for m in body.modules() if isinstance(m, nn.Linear | nn.Conv2d)]
    last = own_word() if own_word is not None else layers[-1]
    return frozenset(
        f"{name}.{tensor}"
        for name, module in body.named_modules()
        if module is last
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
            maps = network.trunk(torch.zeros(1, 3, side_px, side_px))
    finally:
        for handle in handles:
            handle.remove()
        network.train(was_training)
    if maps.ndim != 4 or id(maps) not in outputs:  # noqa: PLR2004
        raise CardError("The network's trunk does not end in feature maps of a named layer.")
    return outputs[id(maps)]
