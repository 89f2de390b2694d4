"""Deletion and insertion: does the score follow the pixels that the heatmap marks?

Source: Petsiuk, Das and Saenko (2018), RISE, BMVC: the area under P(class) while the most
evidenced pixels are removed (lower is better) or brought back (higher is better). Here each is
held against random maps of the same smoothness on the same picture, for the areas alone depend on
the network more than on the map.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torchvision.transforms.functional import gaussian_blur

from leuko.arrays import Floats
from leuko.faithfulness.probe import BATCH, Case, Probe
from leuko.imaging.rendering.overlay import resize_heat

STEPS = 20
DRAWS = 2
BLUR_SIGMA = 0.05
REACH_SIGMAS = 3

Ranks = NDArray[np.float32]
SHARES = tuple(step / STEPS for step in range(STEPS + 1))


@dataclass(frozen=True, eq=False)
class RemovalScores:
    """P(suggested class) of one picture while its pixels go or come back.

    Attributes:
        deletion: float64 (1 + DRAWS, STEPS + 1); the first row by the heatmap, the others by
            random maps; columns as ``SHARES``.
        insertion: the same.
    """

    deletion: Floats
    insertion: Floats


def removal_scores(probe: Probe, case: Case, generator: np.random.Generator) -> RemovalScores:
    """Scores of one picture, by its heatmap and by random maps.

    Removed pixels take the colour of the picture's border, as padding does; brought back are
    pixels to a copy blurred with a standard deviation of ``BLUR_SIGMA`` of the side. Only the
    picture itself is touched, never the padding around it.

    Args:
        probe: the network.
        case: a picture with positive evidence.
        generator: of the random maps.
    """
    ranks = torch.from_numpy(np.stack(_ranks(case, generator))).to(probe.device)  # (M, side, side)
    removed, blurred = border_filled(case), blur(case)
    ends = probe.probabilities(torch.stack([case.square, removed, blurred]))[:, case.label]
    scores = np.empty((2, len(ranks), STEPS + 1))
    scores[0, :, 0], scores[0, :, -1] = ends[0], ends[1]
    scores[1, :, 0], scores[1, :, -1] = ends[2], ends[0]
    jobs = list(product(range(2), range(len(ranks)), range(1, STEPS)))
    for start in range(0, len(jobs), BATCH):
        part, squares = jobs[start : start + BATCH], []
        for test, order, step in part:
            first = ranks[order] < SHARES[step]
            old, new = (case.square, removed) if test == 0 else (blurred, case.square)
            squares.append(torch.where(first, new, old))
        answers = probe.probabilities(torch.stack(squares))[:, case.label]
        for place, answer in zip(part, answers, strict=True):
            scores[place] = answer
    return RemovalScores(scores[0], scores[1])


def area_under(scores: Floats) -> Floats:
    """Area under curves of scores at evenly spaced shares, by trapezoids; (...,) of (..., p)."""
    area: Floats = (scores[..., 1:] + scores[..., :-1]).mean(axis=-1) / 2
    return area


def border_filled(case: Case) -> Tensor:
    """The square with the whole picture in the median colour of the picture's outermost ring."""
    rows, columns = np.flatnonzero(case.inside.any(axis=1)), np.flatnonzero(case.inside.any(axis=0))
    picture = case.square[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    ring = torch.cat(
        [picture[:, 0], picture[:, -1], picture[:, :, 0], picture[:, :, -1]], dim=1
    )  # (3, n)
    colour = ring.median(dim=1).values.view(3, 1, 1)
    inside = torch.from_numpy(case.inside).to(case.square.device)
    return torch.where(inside, colour, case.square)


def blur(case: Case) -> Tensor:
    """The square blurred beyond recognition of chromatin and cell borders."""
    side = case.square.shape[-1]
    sigma = BLUR_SIGMA * side
    size = 2 * min(int(REACH_SIGMAS * sigma), (side - 1) // 2) + 1
    blurred = case.square[None]
    for kernel in ([size, 1], [1, size]):  # one direction after the other costs far less
        blurred = gaussian_blur(blurred, kernel, [sigma, sigma])
    inside = torch.from_numpy(case.inside).to(case.square.device)
    return torch.where(inside, blurred[0], case.square)


def random_map(shape: tuple[int, ...], generator: np.random.Generator) -> NDArray[np.float32]:
    """A random map of the size of a heatmap before it is scaled up: as smooth as one afterwards."""
    return generator.random(shape, dtype=np.float32)


def _ranks(case: Case, generator: np.random.Generator) -> list[Ranks]:
    """Order in which pixels go: by the heatmap, then by each random map; (side, side) in [0, 1).

    Where the heatmap is equal, as in all of its zeros, a random map decides, so that the heatmap
    is neither better nor worse than chance where it says nothing. Padding has rank infinity.
    """
    side = case.inside.shape
    randoms = [
        resize_heat(random_map(case.evidence.shape, generator), (side[1], side[0]))
        for _ in range(DRAWS + 1)
    ]
    heat = resize_heat(case.evidence, (side[1], side[0]))
    return [_rank(heat, randoms[0], case.inside)] + [
        _rank(one, one, case.inside) for one in randoms[1:]
    ]


def _rank(heat: NDArray[np.float32], ties: NDArray[np.float32], inside: NDArray[np.bool_]) -> Ranks:
    order = np.lexsort((ties[inside], -heat[inside]))
    places = np.empty(len(order), np.float32)
    places[order] = np.arange(len(order), dtype=np.float32) / len(order)
    ranks = np.full(inside.shape, np.inf, np.float32)
    ranks[inside] = places
    return ranks
