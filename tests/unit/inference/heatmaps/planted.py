"""Pictures with a red square, and a network that looks at nothing else."""

import numpy as np
import torch
from torch import nn

from leuko.models.networks.network import Network
from tests.made_networks import HEX, make_card

SIDE_PX, CELL_PX, SQUARE_PX = 64, 8, 16
CHANNELS = 8
CLASSES = {"classes": ("Healthy", "Blast"), "malignant": ("Blast",)}
WEIGHTS = {"sha256": HEX, "bytes": 1, "licence": "CC0"}


class Red(nn.Module):
    """Channel 0 is the redness of 8 × 8 px; the others are random and carry no weight."""

    def __init__(self, weight):
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        self.conv = nn.Conv2d(3, CHANNELS, CELL_PX, stride=CELL_PX)
        self.rectified = nn.ReLU()
        self.classifier = nn.Linear(CHANNELS, 2)
        with torch.no_grad():
            self.conv.weight.copy_(torch.randn(self.conv.weight.shape, generator=generator) / 100)
            self.conv.weight[0] = torch.tensor([1.0, -0.5, -0.5]).view(3, 1, 1) / CELL_PX**2
            self.conv.bias.zero_()
            self.conv.bias[0] = -2.7  # so high that a blurred square is not seen
            self.classifier.weight.zero_()
            self.classifier.weight[1, 0] = weight
            self.classifier.bias.copy_(torch.tensor([0.0, -0.03 * weight]))

    def features(self, pictures):
        return self.rectified(self.conv(pictures))

    def head(self, maps):
        return self.classifier(maps.mean(dim=(2, 3)))

    def get_classifier(self):
        return self.classifier


def red_network(weight=100.0):
    """P(Blast) rises with the red area; a weight of 0 gives a network that knows nothing."""
    body = Red(weight)
    return Network(body, body.features, body.head).eval()


def red_card(network, **changes):
    """A card for it; ``changes`` replace top-level entries."""
    return make_card(network, side_px=SIDE_PX, **(CLASSES | {"weights": WEIGHTS} | changes))


def planted_pictures(count, seed=0):
    """Grey noise with one red square each, and where it lies; uint8 (side, side, 3)."""
    generator = np.random.default_rng(seed)
    pictures, places = [], []
    for _ in range(count):
        pixels = generator.integers(110, 150, (SIDE_PX, SIDE_PX, 3)).astype(np.uint8)
        top, left = generator.integers(0, (SIDE_PX - SQUARE_PX) // CELL_PX, 2) * CELL_PX
        pixels[top : top + SQUARE_PX, left : left + SQUARE_PX] = (250, 20, 20)
        pictures.append(pixels)
        places.append((int(left), int(top)))
    return pictures, places
