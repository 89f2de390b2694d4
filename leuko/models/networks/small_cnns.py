"""Small convolutional networks that the published systems were compared with.

Both are cut into ``forward_features`` and ``forward_head`` as timm's networks are.
"""

import torch
from torch import Tensor, nn

from leuko.errors import CardError

SIMPLE_CNN = "simple_cnn"
PLAIN_CNN = "plain_cnn"
HALVINGS = 2


class SimpleCnn(nn.Module):
    """The simple CNN of study C, layer by layer.

    3×3 convolution to 32 maps, ReLU, 2×2 max-pooling; 3×3 convolution to 64 maps, ReLU, 2×2
    max-pooling; 3×3 convolution to 128 maps, ReLU; flatten; dense 128; dense 1. The convolutions
    keep the size. The single output z is handed on as the two logits (-z/2, z/2), whose softmax
    is the sigmoid of z; with more than two classes the last layer has one output a class.

    Args:
        n_classes: classes to tell apart.
        side_px: side of the square that the dense layer is made for, a multiple of 4.
        dropout: probability before the last layer; the study used none.
    """

    def __init__(self, n_classes: int, side_px: int, dropout: float = 0.0) -> None:
        super().__init__()
        if side_px % 2**HALVINGS:
            raise CardError(
                f"{SIMPLE_CNN} halves the picture twice: a side of {side_px} px is no multiple of "
                f"{2**HALVINGS}."
            )
        self.features = nn.Sequential(
            nn.Conv2d(3, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(64, 128, 3, padding=1), nn.ReLU(),
        )  # fmt: skip
        self.dense = nn.Linear(128 * (side_px // 2**HALVINGS) ** 2, 128)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(128, 1 if n_classes == 2 else n_classes)  # noqa: PLR2004

    def forward_features(self, pictures: Tensor) -> Tensor:
        """Feature maps (N, 128, side/4, side/4)."""
        maps: Tensor = self.features(pictures)
        return maps

    def forward_head(self, maps: Tensor) -> Tensor:
        """Logits (N, K)."""
        hidden = self.dense(torch.flatten(maps, 1))
        output: Tensor = self.classifier(self.dropout(hidden))  # (N, 1) or (N, K)
        if output.shape[1] > 1:
            return output
        return torch.cat([-output / 2, output / 2], dim=1)

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (N, K) of normalised pictures (N, 3, side, side)."""
        return self.forward_head(self.forward_features(pictures))

    def get_classifier(self) -> nn.Module:
        """The last layer."""
        return self.classifier


class PlainCnn(nn.Module):
    """A plain CNN, for the studies that name one without describing its layers.

    Four blocks of 3×3 convolution, batch norm, ReLU and 2×2 max-pooling (32, 64, 128 and 128
    maps), a fifth convolution to 256 maps, global average pooling, dropout, one dense layer.

    Args:
        n_classes: classes to tell apart.
        dropout: probability before the last layer.
    """

    def __init__(self, n_classes: int, dropout: float = 0.0) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        channels = 3
        for width in (32, 64, 128, 128):
            layers += [
                nn.Conv2d(channels, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            channels = width
        layers += [
            nn.Conv2d(channels, 256, 3, padding=1, bias=False),
            nn.BatchNorm2d(256),
            nn.ReLU(),
        ]
        self.features = nn.Sequential(*layers)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(256, n_classes)

    def forward_features(self, pictures: Tensor) -> Tensor:
        """Feature maps (N, 256, side/16, side/16)."""
        maps: Tensor = self.features(pictures)
        return maps

    def forward_head(self, maps: Tensor) -> Tensor:
        """Logits (N, K)."""
        logits: Tensor = self.classifier(self.dropout(maps.mean(dim=(2, 3))))
        return logits

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits (N, K) of normalised pictures (N, 3, side, side)."""
        return self.forward_head(self.forward_features(pictures))

    def get_classifier(self) -> nn.Module:
        """The last layer."""
        return self.classifier
