"""Random changes to a batch of cut cells at once: turns, stain, optics and noise."""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from leuko.imaging.preprocessing.cell_cut import GROUND
from leuko.training.attributes.recipe import StainAugmentation

DARKEST = 8 / 255
"""Below this an optical density says nothing, as a camera's darkest values do."""


def augment(
    cuts: Tensor, recipe: StainAugmentation, side_px: int, generator: torch.Generator
) -> Tensor:
    """Change every cell of a batch in its own way.

    Args:
        cuts: uint8 (N, 3, S, S), cut more widely than the network reads, so that a turned or moved
            cell still shows what surrounds it.
        recipe: what may change, and how far.
        side_px: side of the square that the network reads; the middle of the cuts, at most S.
        generator: of all random choices, so that a resumed run draws the same.

    Returns:
        float32 (N, 3, side_px, side_px), in [0, 1].
    """
    draw = _Draw(len(cuts), generator)
    pictures = _placed(cuts.float() / 255, recipe, side_px, draw)
    pictures = _stained(pictures, recipe, draw)
    pictures = _focused(pictures, recipe, draw)
    if recipe.noise:
        spread = draw.share((len(cuts), 1, 1, 1)) * recipe.noise
        pictures = pictures + torch.randn(pictures.shape, generator=generator) * spread
    return pictures.clamp(0, 1)


def middle(cuts: Tensor, side_px: int) -> Tensor:
    """The middle of wider cuts, unchanged; the arguments and result of :func:`augment`."""
    before = (cuts.shape[-1] - side_px) // 2
    inside = slice(before, before + side_px)
    return cuts[..., inside, inside].float() / 255


class _Draw:
    """Random numbers for the cells of a batch."""

    def __init__(self, cells: int, generator: torch.Generator) -> None:
        self.cells, self._generator = cells, generator

    def share(self, shape: tuple[int, ...]) -> Tensor:
        return torch.rand(shape, generator=self._generator)

    def within(self, reach: float, *shape: int) -> Tensor:
        """Uniform in ± reach, (N, *shape)."""
        return (self.share((self.cells, *shape)) * 2 - 1) * reach


def _placed(pictures: Tensor, recipe: StainAugmentation, side_px: int, draw: _Draw) -> Tensor:
    """Turned, reflected, scaled and moved; what lies beyond the cut has the ground's colour."""
    angle = draw.within(math.pi if recipe.turns else 0.0)
    reflect = torch.where(draw.share((draw.cells,)) < 0.5, -1.0, 1.0)  # noqa: PLR2004
    if not recipe.turns:
        reflect = torch.ones_like(reflect)
    inside = side_px / pictures.shape[-1]
    scale = torch.exp(draw.within(recipe.scale)) * inside
    cosine, sine = torch.cos(angle) * scale, torch.sin(angle) * scale
    place = torch.stack(
        [torch.stack([cosine * reflect, -sine], 1), torch.stack([sine * reflect, cosine], 1)], 1
    )  # (N, 2, 2)
    moved = draw.within(recipe.shift * 2 * inside, 2)
    place = torch.cat([place, moved[..., None]], dim=2)  # (N, 2, 3)
    shape = [len(pictures), 3, side_px, side_px]
    grid = F.affine_grid(place, shape, align_corners=False)
    ground = GROUND / 255
    return F.grid_sample(pictures - ground, grid, align_corners=False) + ground


def _stained(pictures: Tensor, recipe: StainAugmentation, draw: _Draw) -> Tensor:
    """Other amounts and hues of stain, and another curve of the camera.

    Source: Beer and Lambert's law, by which stains add up in optical density; its use for
    augmentation: Tellez et al. (2018), IEEE Trans. Med. Imaging 37:2126-2136.
    """
    density = -torch.log(pictures.clamp(DARKEST, 1))
    strength = torch.exp(draw.within(recipe.stain, 3, 1, 1) + draw.within(recipe.stain, 1, 1, 1))
    mixing = torch.eye(3) + draw.within(recipe.mixing, 3, 3)
    density = torch.einsum("nij,njhw->nihw", mixing, density * strength)
    curve = torch.exp(draw.within(recipe.gamma, 1, 1, 1))
    return torch.exp(-density * curve).clamp(0, 1)


def _focused(pictures: Tensor, recipe: StainAugmentation, draw: _Draw) -> Tensor:
    """Some cells coarser, as if enlarged, some sharpened, as some cameras do."""
    which = draw.share((draw.cells,))
    kept = recipe.coarsest + (0.95 - recipe.coarsest) * draw.share((draw.cells,))
    strength = draw.share((draw.cells, 1, 1, 1)) * 1.5
    pictures = pictures.clone()
    side = pictures.shape[-1]
    coarse = torch.nonzero(which < recipe.blurred)[:, 0]
    if len(coarse):
        # All of a batch alike: another factor for each would be a pass for each.
        small = max(8, round(side * float(kept[coarse[0]])))
        smaller = F.interpolate(
            pictures[coarse], size=(small, small), mode="bilinear", antialias=True
        )
        pictures[coarse] = F.interpolate(smaller, size=(side, side), mode="bilinear")
    sharp = torch.nonzero(which > 1 - recipe.sharpened)[:, 0]
    if len(sharp):
        chosen = pictures[sharp]
        blurred = F.avg_pool2d(F.pad(chosen, (1, 1, 1, 1), mode="replicate"), 3, 1)
        pictures[sharp] = chosen + (chosen - blurred) * strength[sharp]
    return pictures
