"""A trunk with one head an attribute, which also read the size of the cell."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from leuko.models.networks.network import Network, build_network

SIZE_NUMBERS = 3
"""Nucleus and cell, both in standard deviations from the mean, and whether they are known."""
SIZE_FEATURES = 16


class Described(NamedTuple):
    """What the network makes of cells.

    Attributes:
        logits: (N, all values), attribute after attribute.
        pooled: (N, C), means of the feature maps, which novelty is measured on.
    """

    logits: Tensor
    pooled: Tensor


class AttributeNetwork(nn.Module):
    """Feature maps averaged, the size beside them, one linear head for each attribute.

    Args:
        trunk: a network of timm built without classes.
        value_counts: number of values of each attribute.
        channels: feature maps of the trunk, C.
        dropout: probability before the heads, used in training only.
    """

    def __init__(
        self, trunk: Network, value_counts: Sequence[int], channels: int, dropout: float = 0.0
    ) -> None:
        super().__init__()
        self.trunk = trunk
        self.value_counts = tuple(value_counts)
        self.size = nn.Sequential(nn.Linear(SIZE_NUMBERS, SIZE_FEATURES), nn.ReLU())
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.ModuleList(
            nn.Linear(channels + SIZE_FEATURES, count) for count in self.value_counts
        )

    def forward(self, pictures: Tensor, sizes: Tensor) -> Described:
        """Logits and pooled features.

        Args:
            pictures: normalised, (N, 3, side, side).
            sizes: (N, 3), see :data:`SIZE_NUMBERS`; zeros where the size is not known.
        """
        maps = self.trunk.maps(self.trunk.trunk(pictures))  # (N, C, h, w)
        pooled = maps.mean(dim=(2, 3)).float()  # (N, C)
        seen = torch.cat([self.dropout(pooled), self.size(sizes)], dim=1)
        return Described(torch.cat([head(seen) for head in self.heads], dim=1), pooled)

    def tensors(self) -> dict[str, Tensor]:
        """What its file holds, by name."""
        return {
            name: tensor.detach().cpu().contiguous() for name, tensor in self.state_dict().items()
        }


def build_attribute_network(
    name: str, value_counts: Sequence[int], side_px: int, dropout: float = 0.0
) -> AttributeNetwork:
    """Build the network with random weights.

    Args:
        name: of the trunk, as timm knows it.
        value_counts: number of values of each attribute.
        side_px: side of the square that it reads, pixels.
        dropout: see :class:`AttributeNetwork`.

    Raises:
        CardError: when timm does not know the name or cannot build it so.
    """
    return with_heads(build_network("timm", name, 0, side_px=side_px), value_counts, dropout)


def with_heads(
    trunk: Network, value_counts: Sequence[int], dropout: float = 0.0
) -> AttributeNetwork:
    """Put heads on a trunk that was built without classes."""
    channels = int(trunk.body.num_features)  # type: ignore[arg-type]
    hidden = getattr(trunk.body, "head_hidden_size", None)
    return AttributeNetwork(trunk, value_counts, int(hidden or channels), dropout)
