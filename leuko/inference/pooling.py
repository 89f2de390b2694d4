"""Max-pooling by halves, for prediction on a processor.

PyTorch's max-pooling also writes the place of every maximum, eight bytes for each value, which
only a gradient needs. Two maxima of neighbours give the same values in about half the time.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from leuko.models.network import Network


class HalvingMaxPool(nn.Module):
    """Max-pooling of 2 x 2 squares that do not overlap; as PyTorch's where gradients flow."""

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, h, w) to (N, C, h // 2, w // 2)."""
        if maps.requires_grad and torch.is_grad_enabled():
            return functional.max_pool2d(maps, 2)
        height, width = maps.shape[2] // 2 * 2, maps.shape[3] // 2 * 2
        rows = torch.maximum(maps[:, :, 0:height:2], maps[:, :, 1:height:2])
        return torch.maximum(rows[..., 0:width:2], rows[..., 1:width:2])


def halve_quickly(network: Network) -> int:
    """Replace every max-pooling of 2 x 2 squares.

    Args:
        network: changed in place.

    Returns:
        Number of poolings replaced.
    """
    names = [
        name
        for name, module in network.body.named_modules()
        if type(module) is nn.MaxPool2d and _halves(module)
    ]
    for name in names:
        network.body.set_submodule(name, HalvingMaxPool())
    return len(names)


def _halves(pool: nn.MaxPool2d) -> bool:
    by_two = all(side in (2, (2, 2)) for side in (pool.kernel_size, pool.stride))
    plain = pool.padding in (0, (0, 0)) and pool.dilation in (1, (1, 1))
    return by_two and plain and not pool.ceil_mode and not pool.return_indices
