"""Give back their statistics to batch norms that were folded into their convolutions.

Weight files made for inference often have every batch norm folded away: mean 0, variance 1,
gain 1. Such a network computes the right answer, but the first training batch would normalise
activations that were never normalised before and so destroy the transferred features.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from leuko.models.networks.network import Network


def are_folded(network: Network) -> bool:
    """Whether the network has batch norms and all of them are folded away."""
    norms = _norms(network)
    return bool(norms) and all(
        bool((norm.running_mean == 0).all() and (norm.running_var == 1).all())
        for norm in norms
        if norm.running_mean is not None and norm.running_var is not None
    )


def unfold_batch_norms(network: Network, pictures: Tensor) -> None:
    """Measure what enters each batch norm and store it there, leaving the function unchanged.

    With measured mean m and variance v, gain and bias are set so that the norm computes exactly
    what it computed before, in evaluation as well as, nearly, with the statistics of a batch.

    Args:
        network: folded, see :func:`are_folded`; changed in place.
        pictures: normalised training pictures, float32 (N, 3, side, side).
    """
    measured: dict[nn.Module, tuple[Tensor, Tensor]] = {}

    def measure(norm: nn.Module) -> Callable[[nn.Module, tuple[Tensor, ...]], None]:
        def hook(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            values = inputs[0].transpose(0, 1).flatten(1)  # (C, N·h·w)
            variance, mean = torch.var_mean(values, dim=1, correction=0)
            measured[norm] = (mean, variance)

        return hook

    was_training = network.training
    network.eval()
    norms = _norms(network)
    handles = [norm.register_forward_pre_hook(measure(norm)) for norm in norms]
    try:
        with torch.no_grad():
            network(pictures)
    finally:
        for handle in handles:
            handle.remove()
        network.train(was_training)
    with torch.no_grad():
        for norm in norms:
            if norm not in measured or norm.running_mean is None or norm.running_var is None:
                continue
            mean, variance = measured[norm]
            slope = norm.weight / torch.sqrt(norm.running_var + norm.eps)
            norm.bias.add_(slope * (mean - norm.running_mean))
            norm.weight.copy_(slope * torch.sqrt(variance + norm.eps))
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(variance)


def _norms(network: Network) -> list[nn.modules.batchnorm._BatchNorm]:
    return [
        module
        for module in network.modules()
        if isinstance(module, nn.modules.batchnorm._BatchNorm)  # noqa: SLF001  the common base
    ]
