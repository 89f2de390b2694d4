"""The network that finds leukocytes: a small U-Net from optical densities to three maps."""

from typing import Final

import torch
from torch import nn

CHANNELS: Final = (16, 32, 48, 64)
"""Of each level, from the finest to the coarsest."""
MAPS: Final = ("nucleus", "cell", "centre")
PLANES: Final = 3


class Block(nn.Sequential):
    """Two convolutions of 3 x 3, each normalised and rectified, or one."""

    def __init__(self, channels_in: int, channels: int, convolutions: int = 2) -> None:
        layers: list[nn.Module] = []
        for index in range(convolutions):
            given = channels_in if index == 0 else channels
            layers += [
                nn.Conv2d(given, channels, 3, padding=1, bias=False),
                nn.BatchNorm2d(channels),
                nn.ReLU(inplace=True),
            ]
        super().__init__(*layers)


class FinderNet(nn.Module):
    """Optical densities (N, 3, H, W), H and W multiples of 8, to logits (N, 3, H, W) of ``MAPS``.

    On the way up, a coarse level is brought to the channels of the finer one and added to it: half
    the work of joining both, which counts most on the finest level.
    """

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList(
            Block(given, channels)
            for given, channels in zip((PLANES, *CHANNELS), CHANNELS, strict=False)
        )
        self.narrow = nn.ModuleList(
            nn.Conv2d(coarse, fine, 1)
            for fine, coarse in zip(CHANNELS[-2::-1], CHANNELS[:0:-1], strict=True)
        )
        self.up = nn.ModuleList(Block(fine, fine, 1) for fine in CHANNELS[-2::-1])
        self.head = nn.Conv2d(CHANNELS[0], len(MAPS), 1)

    def forward(self, planes: torch.Tensor) -> torch.Tensor:
        """Logits of the maps."""
        found = planes
        kept = []
        for index, block in enumerate(self.down):
            if index:
                found = nn.functional.max_pool2d(found, 2)
            found = block(found)
            kept.append(found)
        for narrow, block, fine in zip(self.narrow, self.up, kept[-2::-1], strict=True):
            coarse = nn.functional.interpolate(narrow(found), scale_factor=2.0, mode="nearest")
            found = block(coarse + fine)
        logits: torch.Tensor = self.head(found)
        return logits
