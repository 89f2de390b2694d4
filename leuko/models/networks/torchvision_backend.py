"""Cut torchvision's networks of the features-and-classifier kind."""

import difflib
from typing import Any

import torch
from torch import Tensor, nn

from leuko.errors import CardError


def make_torchvision(
    name: str, n_classes: int, *, pretrained: bool, dropout: float, average_head: bool
) -> nn.Module:
    """Build a network of torchvision with a new last layer.

    Args:
        name: as torchvision knows it.
        n_classes: outputs of the last layer.
        pretrained: load ImageNet weights.
        dropout: probability before the last layer.
        average_head: global average pooling and one dense layer in the place of its own head.

    Raises:
        CardError: when torchvision does not know the name or the network cannot be cut.
    """
    from torchvision import models

    known = models.list_models(module=models)
    if name not in known:
        similar = ", ".join(difflib.get_close_matches(name, known, n=6)) or "none similar"
        raise CardError(
            f"torchvision knows no classification network '{name}'; similar names: {similar}."
        )
    body: Any = models.get_model(name, weights="DEFAULT" if pretrained else None)
    features = getattr(body, "features", None)
    classifier = getattr(body, "classifier", None)
    if not isinstance(features, nn.Module) or not isinstance(classifier, nn.Module):
        raise CardError(
            f"torchvision's '{name}' is not of the features-and-classifier kind: use timm's."
        )
    if average_head:
        convolutions = [layer for layer in features.modules() if isinstance(layer, nn.Conv2d)]
        body.avgpool = nn.AdaptiveAvgPool2d(1)
        body.classifier = nn.Sequential(
            nn.Dropout(dropout), nn.Linear(convolutions[-1].out_channels, n_classes)
        )
        return body  # type: ignore[no-any-return]
    _replace_last_layer(body, classifier, n_classes)
    for module in body.modules():
        if isinstance(module, nn.Dropout) and dropout:
            module.p = dropout
    return body  # type: ignore[no-any-return]


class TorchvisionHead:
    """What a network of torchvision does behind its features; a copy of the body copies it too.

    Args:
        body: from :func:`make_torchvision`.
        name: its name.
        average: whether its head was replaced.
    """

    def __init__(self, body: nn.Module, name: str, *, average: bool) -> None:
        self.body: Any = body
        self.family = "" if average else name.rstrip("0123456789_")

    def __call__(self, maps: Tensor) -> Tensor:
        """Logits (N, K) of feature maps (N, C, h, w)."""
        if self.family == "squeezenet":
            return torch.flatten(self.body.classifier(maps), 1)
        if self.family == "densenet":
            maps = nn.functional.adaptive_avg_pool2d(nn.functional.relu(maps), 1)
        elif hasattr(self.body, "avgpool"):
            maps = self.body.avgpool(maps)
        logits: Tensor = self.body.classifier(torch.flatten(maps, 1))
        return logits


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
