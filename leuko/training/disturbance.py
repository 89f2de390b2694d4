"""What differs between laboratories, made at random: stain, light, focus, resampling, noise.

Applied to whole batches on the device that trains, in optical density where stain is meant
(Beer-Lambert: a deeper stain multiplies the density of a colour).
"""

from typing import Final

import torch
import torch.nn.functional as F
from torch import Tensor

from leuko.training.recipe import AugmentationRecipe

DARKEST: Final = 8 / 255
MIXING: Final = 0.4
"""Of the stain's range: how much of one colour's density goes over into another's."""
BACKGROUND: Final = 0.2
"""Of the stain's range: by how much the background's density shifts."""
GAMMA: Final = 0.6
"""Of the stain's range."""
LEAST_DETAIL: Final = 0.25
"""Smallest side that a picture is shrunk to before it is enlarged again, of its own side."""
SHARPENED: Final = 0.15
"""Share of batches' pictures that are sharpened, as cameras do."""


class Disturbance:
    """Random changes to a batch; drawn from torch's own generator, so a seed repeats them.

    Args:
        recipe: how strong each may be; see its ``shift``, ``stain``, ``blur`` and ``noise``.
    """

    def __init__(self, recipe: AugmentationRecipe) -> None:
        self._recipe = recipe

    def __call__(self, pictures: Tensor) -> Tensor:
        """A changed batch, float (N, 3, side, side) in [0, 1], of one in the same form."""
        recipe = self._recipe
        if recipe.shift:
            pictures = _shifted(pictures, recipe.shift)
        if recipe.stain:
            pictures = _stained(pictures, recipe.stain)
        if recipe.blur:
            pictures = _resampled(pictures, recipe.blur)
        if recipe.noise:
            spread = _uniform(pictures, 0, recipe.noise)
            pictures = pictures + torch.randn_like(pictures) * spread
        return pictures.clamp(0, 1)


def _uniform(batch: Tensor, low: float, high: float, channels: int = 1) -> Tensor:
    """One number a picture, (N, channels, 1, 1)."""
    drawn = torch.rand(len(batch), channels, 1, 1, device=batch.device)
    return low + drawn * (high - low)


def _shifted(pictures: Tensor, most: float) -> Tensor:
    place = torch.eye(2, 3, device=pictures.device).repeat(len(pictures), 1, 1)
    place[:, :, 2] = (torch.rand(len(pictures), 2, device=pictures.device) * 2 - 1) * 2 * most
    grid = F.affine_grid(place, list(pictures.shape), align_corners=False)
    return F.grid_sample(pictures, grid, padding_mode="border", align_corners=False)


def _stained(pictures: Tensor, most: float) -> Tensor:
    depth = _uniform(pictures, -most, most).exp() * _uniform(pictures, -most, most, 3).exp()
    mixing = torch.rand(len(pictures), 3, 3, device=pictures.device) * 2 - 1
    mixing = torch.eye(3, device=pictures.device) + mixing * MIXING * most
    density = -pictures.clamp(DARKEST, 1).log() * depth
    density = torch.einsum("nij,njhw->nihw", mixing, density)
    density = density + _uniform(pictures, -1, 1, 3) * BACKGROUND * most
    light = (-density).exp().clamp(DARKEST / 4, 1)
    return light ** _uniform(pictures, -GAMMA * most, GAMMA * most).exp()


def _resampled(pictures: Tensor, share: float) -> Tensor:
    """Some pictures coarser, some sharper; one degree of each a batch."""
    drawn = torch.rand(len(pictures), device=pictures.device)
    coarse, sharp = drawn < share, drawn > 1 - SHARPENED
    pictures = pictures.clone()
    if coarse.any():
        factor = LEAST_DETAIL + float(torch.rand(())) * (0.95 - LEAST_DETAIL)
        small = F.interpolate(
            pictures[coarse], scale_factor=factor, mode="bilinear", antialias=True
        )
        pictures[coarse] = F.interpolate(small, size=pictures.shape[-2:], mode="bilinear")
    if sharp.any():
        chosen = pictures[sharp]
        around = F.avg_pool2d(F.pad(chosen, (1, 1, 1, 1), mode="replicate"), 3, 1)
        pictures[sharp] = chosen + (chosen - around) * float(torch.rand(())) * 1.5
    return pictures
