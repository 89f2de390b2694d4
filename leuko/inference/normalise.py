"""Pictures of bytes to what a network reads, on its device."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor


class Normalise:
    """Scale channels to mean 0 and standard deviation 1 of the training pictures.

    Args:
        mean: of each channel, of values in [0, 1].
        std: likewise.
        device: where the network is.
    """

    def __init__(self, mean: Sequence[float], std: Sequence[float], device: torch.device) -> None:
        means, deviations = torch.tensor(mean), torch.tensor(std)
        self._device = device
        self._factor = (1 / (255 * deviations)).view(1, 3, 1, 1).to(device)
        self._summand = (-means / deviations).view(1, 3, 1, 1).to(device)

    def __call__(self, pictures: NDArray[np.uint8]) -> Tensor:
        """Bytes (N, side, side, 3) to float32 (N, 3, side, side), channels last in memory."""
        pixels = torch.from_numpy(pictures)
        if self._device.type == "cuda":
            pixels = pixels.pin_memory()  # so that nobody waits for the copy
        on_device = pixels.to(self._device, non_blocking=True).permute(0, 3, 1, 2).float()
        return on_device.mul_(self._factor).add_(self._summand)
