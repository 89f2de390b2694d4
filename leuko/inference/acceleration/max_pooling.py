"""Max-pooling by halves, for prediction on a processor.

PyTorch's max-pooling also writes the place of every maximum, eight bytes for each value, which
only a gradient needs. Maxima of neighbours, first of rows and then of columns, give the same values
in half the time or less.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from leuko.models.networks.network import Network


class HalvingMaxPool(nn.Module):
    """Max-pooling of 2 x 2 squares that do not overlap; as PyTorch's where gradients flow."""

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, h, w) to (N, C, h // 2, w // 2)."""
        if maps.requires_grad and torch.is_grad_enabled():
            return functional.max_pool2d(maps, 2)
        height, width = maps.shape[2] // 2 * 2, maps.shape[3] // 2 * 2
        rows = torch.maximum(maps[:, :, 0:height:2], maps[:, :, 1:height:2])
        return torch.maximum(rows[..., 0:width:2], rows[..., 1:width:2])


class OverlappingMaxPool(nn.Module):
    """Max-pooling of 3 x 3 squares at every second place; as PyTorch's where gradients flow.

    Args:
        padding: 0 or 1 pixel around the maps, which never is the maximum.
    """

    def __init__(self, padding: int) -> None:
        super().__init__()
        self.padding = padding

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, h, w) to (N, C, (h + 2 padding - 3) // 2 + 1, and w likewise)."""
        if maps.requires_grad and torch.is_grad_enabled():
            return functional.max_pool2d(maps, 3, 2, self.padding)
        return self._along(self._along(maps, 2), 3)

    def _along(self, maps: Tensor, axis: int) -> Tensor:
        """Maxima of three neighbours along one axis, at every second place."""
        length = maps.shape[axis]
        number = (length + 2 * self.padding - 3) // 2 + 1
        if self.padding:  # places -1 0 1, 1 2 3, ...: the first and perhaps the last have but two
            found = maps[_every_second(axis, 0, length)].clone(memory_format=torch.preserve_format)
            later = maps[_every_second(axis, 1, length)]  # 1, 3, ...
            here = found.narrow(axis, 0, later.shape[axis])
            torch.maximum(here, later, out=here)
            following = found.narrow(axis, 1, number - 1)
            torch.maximum(following, later.narrow(axis, 0, number - 1), out=following)
            return found
        first, second, third = (
            maps[_every_second(axis, start, start + 2 * number - 1)] for start in range(3)
        )
        found = torch.maximum(first, second)
        return torch.maximum(found, third, out=found)


def _every_second(axis: int, start: int, end: int) -> tuple[slice, ...]:
    return (*[slice(None)] * axis, slice(start, end, 2))


def pool_quickly(network: Network) -> int:
    """Replace every max-pooling that has a quicker equal.

    Args:
        network: changed in place.

    Returns:
        Number of poolings replaced.
    """
    quicker = {
        name: _quicker(module)
        for name, module in network.body.named_modules()
        if type(module) is nn.MaxPool2d
    }
    found = {name: module for name, module in quicker.items() if module is not None}
    for name, module in found.items():
        network.body.set_submodule(name, module)
    return len(found)


def _quicker(pool: nn.MaxPool2d) -> nn.Module | None:
    size, step, padding, dilation = (
        value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value
        for value in (pool.kernel_size, pool.stride, pool.padding, pool.dilation)
    )
    if pool.ceil_mode or pool.return_indices or dilation != 1 or step != 2:  # noqa: PLR2004
        return None
    if size == 3 and padding in (0, 1):  # noqa: PLR2004
        return OverlappingMaxPool(int(padding))
    return HalvingMaxPool() if size == 2 and padding == 0 else None  # noqa: PLR2004
