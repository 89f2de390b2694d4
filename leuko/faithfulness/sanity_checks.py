"""Does a heatmap change with the weights, and does it stay when the picture moves?

Source: Adebayo et al. (2018), Sanity Checks for Saliency Maps, NeurIPS, for the first question.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import pad

from leuko.arrays import Floats
from leuko.faithfulness.probe import Case, Maps, Probe, grid_inside
from leuko.imaging.rendering.overlay import resize_heat
from leuko.models.networks.network import last_layer_tensors

SHUFFLES = 3
SHIFT = 0.02
"""Of the side of the network's square."""


@dataclass(frozen=True, eq=False)
class Moved:
    """One way of moving a picture, and of bringing its map back in place.

    Attributes:
        move: normalised squares (N, 3, side, side) to moved ones.
        back: a map on the square (side, side) to the place where the picture was.
        seen: bool (side, side), what of the square is there before and after.
    """

    move: Callable[[Tensor], Tensor]
    back: Callable[[Maps], Maps]
    seen: NDArray[np.bool_]


def randomisation(probe: Probe, cases: Sequence[Case], seed: int) -> tuple[Floats, Floats]:
    """Rank correlation of each map with the map of a network whose weights were shuffled.

    A map without any variation has nothing in common with another: its correlation is 0.

    Args:
        probe: the network; its weights are restored.
        cases: pictures with positive evidence.
        seed: of the shuffles.

    Returns:
        Spearman correlations in [-1, 1], (N,) each, mean over ``SHUFFLES``: last layer shuffled,
        whole network shuffled.
    """
    squares = torch.stack([case.square for case in cases])
    found = np.zeros((2, SHUFFLES, len(cases)))
    for part, names in enumerate((last_layer_tensors(probe.network), None)):
        for draw in range(SHUFFLES):
            with probe.shuffled(names, seed + draw, squares) as blind:
                _, maps = blind.explained(squares)
            for place, case in enumerate(cases):
                seen = grid_inside(case.inside, case.evidence.shape)
                found[part, draw, place] = rank_correlation(
                    case.evidence[seen], maps[place, case.label][seen]
                )
    last, whole = found.mean(axis=1)
    return last, whole


@dataclass(frozen=True, eq=False)
class Movements:
    """What became of each picture under several movements.

    Attributes:
        correlations: float64 (N, m) of the maps, in [-1, 1]; NaN for a picture without evidence.
        changed: bool (N, m), whether another class is suggested.
    """

    correlations: Floats
    changed: NDArray[np.bool_]


def movements(probe: Probe, cases: Sequence[Case], moved: Sequence[Moved]) -> Movements:
    """Maps and suggestions of moved pictures beside those of the pictures as they are.

    Args:
        probe: the network.
        cases: pictures.
        moved: ways of moving.
    """
    squares = torch.stack([case.square for case in cases])
    card = probe.card
    correlations = np.full((len(cases), len(moved)), np.nan)
    changed = np.zeros((len(cases), len(moved)), np.bool_)
    for column, way in enumerate(moved):
        answers, maps = probe.explained(way.move(squares))
        for row, case in enumerate(cases):
            suggested = card.class_set.suggest(answers[row].tolist(), card.decision_threshold)
            changed[row, column] = suggested != case.label
            if case.has_evidence:
                seen = way.seen & case.inside
                before, after = _scaled(case.evidence, case), _scaled(maps[row, case.label], case)
                correlations[row, column] = correlation(before[seen], way.back(after)[seen])
    return Movements(correlations, changed)


def shift_px(side: int) -> int:
    """How far pictures are shifted, pixels of the square; at least one."""
    return max(1, round(SHIFT * side))


def shifts(side: int) -> tuple[Moved, ...]:
    """Left, right, up and down; the edge that comes free repeats the outermost pixels."""
    far = shift_px(side)
    return tuple(_shift(side, dx, dy) for dx, dy in ((-far, 0), (far, 0), (0, -far), (0, far)))


def flips(side: int) -> tuple[Moved, ...]:
    """Mirror images, left for right and top for bottom."""
    everything = np.ones((side, side), np.bool_)
    return (
        Moved(lambda squares: squares.flip(3), lambda one: one[:, ::-1], everything),
        Moved(lambda squares: squares.flip(2), lambda one: one[::-1], everything),
    )


def _shift(side: int, dx: int, dy: int) -> Moved:
    far = max(abs(dx), abs(dy))
    seen = np.zeros((side, side), np.bool_)
    seen[max(0, -dy) : side - max(0, dy), max(0, -dx) : side - max(0, dx)] = True

    def move(squares: Tensor) -> Tensor:
        wide = pad(squares, (far, far, far, far), mode="replicate")
        return wide[:, :, far - dy : far - dy + side, far - dx : far - dx + side]

    def back(one: Maps) -> Maps:
        return np.roll(one, (-dy, -dx), axis=(0, 1))  # what wraps round is not in ``seen``

    return Moved(move, back, seen)


def correlation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Pearson correlation of two lists of values, in [-1, 1]; 0 where one of them is constant."""
    a, b = first - first.mean(dtype=np.float64), second - second.mean(dtype=np.float64)
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    flat = np.ptp(first) == 0 or np.ptp(second) == 0
    return 0.0 if flat or norm == 0 else float(np.clip((a * b).sum() / norm, -1, 1))


def rank_correlation(first: NDArray[np.floating], second: NDArray[np.floating]) -> float:
    """Spearman correlation, equal values sharing their mean rank; 0 where one is constant."""
    from scipy.stats import rankdata

    return correlation(rankdata(first), rankdata(second))


def _scaled(evidence: Maps, case: Case) -> Maps:
    height, width = case.inside.shape
    return resize_heat(evidence, (width, height))
