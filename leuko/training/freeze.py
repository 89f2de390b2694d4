"""A network as fixed feature extractor: only its head learns."""

import torch
from torch import nn

from leuko.models.networks.network import Network


def freeze_trunk(network: Network, side_px: int) -> None:
    """Take the gradients from all weights that the head does not use.

    Args:
        network: changed in place.
        side_px: side of a square that it accepts, pixels.
    """
    used = {id(parameter) for parameter in head_parameters(network, side_px)}
    for parameter in network.parameters():
        parameter.requires_grad_(id(parameter) in used)


def head_parameters(network: Network, side_px: int) -> list[nn.Parameter]:
    """The weights that lie between the feature maps and the logits."""
    was_training = network.training
    network.eval()
    parameters = list(network.parameters())
    black = torch.zeros(1, 3, side_px, side_px, device=parameters[0].device)
    with torch.no_grad():
        maps = network.trunk(black)
    with torch.enable_grad():
        logits = network.head(maps)
        gradients = torch.autograd.grad(logits.sum(), parameters, allow_unused=True)
    network.train(was_training)
    return [
        parameter
        for parameter, gradient in zip(parameters, gradients, strict=True)
        if gradient is not None
    ]


def keep_norms_fixed(network: Network) -> None:
    """Let batch norms use their stored statistics, as a fixed extractor must."""
    for module in network.modules():
        if isinstance(module, nn.modules.batchnorm._BatchNorm):  # noqa: SLF001  the common base
            module.eval()
