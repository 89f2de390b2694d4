"""What any one layer of a network puts out, and how it bears on every class, from a single pass.

The pass runs without gradients up to the layer; behind it only what follows is differentiated, as
often as there are classes. The trunk is never repeated.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from leuko.inference.heatmaps.gradcam import gradients_of_classes
from leuko.models.networks.network import Network


@dataclass(frozen=True)
class Watched:
    """One layer's answer to one picture.

    Attributes:
        maps: feature maps, float32 (C, h, w).
        gradients: of every class's logit with respect to them, float32 (K, C, h, w).
    """

    maps: Tensor
    gradients: Tensor


def watch(network: Network, picture: Tensor, layer: str | None = None) -> Watched:
    """Feature maps of a layer and the gradients of all logits with respect to them.

    Leaves no hook, gradient or activation behind, also when the pass fails, and does not depend
    on the gradient mode of the calling thread.

    Args:
        network: in evaluation mode, its trunk in float32.
        picture: normalised, (1, 3, side, side).
        layer: a layer that the whole pass goes through, see
            :func:`find_layers`; by default the end of the trunk.
    """
    with torch.inference_mode(mode=False), torch.no_grad():
        if layer is None:
            features = leaf = network.trunk(picture).detach().requires_grad_()
        else:
            with _leaf_at(network.body.get_submodule(layer)) as leaves:
                features = network.trunk(picture)
            (leaf,) = leaves
        with torch.enable_grad():
            gradients = gradients_of_classes(network.head(features), leaf)
        return Watched(
            network.maps(leaf.detach())[0], torch.cat([network.maps(one) for one in gradients])
        )


def feature_maps(network: Network, picture: Tensor, layer: str | None = None) -> Tensor:
    """Feature maps of a layer alone, float32 (1, C, h, w); arguments as for :func:`watch`."""
    with torch.inference_mode(mode=False), torch.no_grad():
        if layer is None:
            return network.maps(network.trunk(picture)).float()
        with _leaf_at(network.body.get_submodule(layer), differentiate=False) as leaves:
            network.trunk(picture)
        return network.maps(leaves[0]).float()


@contextmanager
def _leaf_at(module: nn.Module, *, differentiate: bool = True) -> Iterator[list[Tensor]]:
    """Cut the graph behind a module: its outputs become leaves, which are collected.

    What follows the module gets a copy of the leaf, so that in-place activations there change
    neither the leaf nor what is collected. With ``differentiate``, the pass goes on with
    gradients from there, until the context ends.
    """
    leaves: list[Tensor] = []

    def cut(_module: nn.Module, _inputs: object, output: Tensor) -> Tensor:
        leaf = output.detach()
        if differentiate:
            torch.set_grad_enabled(True)
            leaf.requires_grad_()
        leaves.append(leaf)
        return leaf.clone()

    before = torch.is_grad_enabled()
    handle = module.register_forward_hook(cut)
    try:
        yield leaves
    finally:
        handle.remove()
        torch.set_grad_enabled(before)
