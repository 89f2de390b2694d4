"""Fit the finder's network."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch

from leuko.training.finder.augmentation import draw_window
from leuko.training.finder.teaching import TeachingPicture
from leuko.training.finder.unet import FinderNet

SHARES: Final = {"wbc_segmentation": 1.0, "all_idb2": 1.0, "bccd": 1.2, "drawn": 0.4}
OTHER_SHARE: Final = 0.7
"""How often a laboratory is drawn, so that none outweighs the others."""
AHEAD: Final = 4


@dataclass(frozen=True)
class FitSettings:
    """How the network is fitted.

    Attributes:
        steps: of the optimiser.
        batch: windows a step.
        learning_rate: the highest.
        weight_decay: of AdamW.
        seed: of weights and windows.
    """

    steps: int = 900
    batch: int = 8
    learning_rate: float = 4e-3
    weight_decay: float = 1e-3
    seed: int = 1


def fit(
    pictures: Sequence[TeachingPicture],
    settings: FitSettings,
    report: Callable[[int, float], None] | None = None,
) -> FinderNet:
    """Fit a network on pictures, those of each laboratory in turn.

    Args:
        pictures: to learn from.
        settings: how.
        report: called with the number of each step and its loss.

    Returns:
        The network, ready for inference.
    """
    torch.manual_seed(settings.seed)
    network = FinderNet().to(memory_format=torch.channels_last).train()
    optimiser = torch.optim.AdamW(
        network.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
    )
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimiser, settings.learning_rate, settings.steps, pct_start=0.15
    )
    for step, (densities, targets, weights) in enumerate(_batches(pictures, settings), 1):
        with torch.autocast("cpu", torch.bfloat16):
            logits = network(densities.contiguous(memory_format=torch.channels_last))
        loss = finder_loss(logits.float(), targets, weights)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), 2.0)
        optimiser.step()
        schedule.step()
        if report is not None:
            report(step, float(loss.detach()))
    return network.eval()


def finder_loss(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Cross entropy and Dice loss of what is known.

    Args:
        logits: (N, 3, H, W).
        targets: likewise, in [0, 1].
        weights: likewise, 0 where nothing is known.
    """
    entropy = torch.nn.functional.binary_cross_entropy_with_logits(
        logits, targets, weights, reduction="none"
    ).sum(dim=(0, 2, 3)) / weights.sum(dim=(0, 2, 3))
    known = (weights[:, :2] > 0).float()
    found = logits[:, :2].sigmoid() * known
    drawn = targets[:, :2] * known
    both = 2 * (found * drawn).sum(dim=(0, 2, 3)) + 1
    dice = both / (found.sum(dim=(0, 2, 3)) + drawn.sum(dim=(0, 2, 3)) + 1)
    return entropy.sum() + 0.5 * (1 - dice).sum()


Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


def _batches(pictures: Sequence[TeachingPicture], settings: FitSettings) -> Iterator[Batch]:
    """Batches of windows, drawn a few ahead of their use; the same for the same seed."""
    laboratories = sorted({picture.laboratory for picture in pictures})
    by_laboratory = [
        [picture for picture in pictures if picture.laboratory == name] for name in laboratories
    ]
    cut_outs = [picture for picture in pictures if picture.masked]
    shares = np.array([SHARES.get(name, OTHER_SHARE) for name in laboratories])
    shares /= shares.sum()

    def draw(step: int) -> Batch:
        rng = np.random.default_rng((settings.seed, step))
        drawn = [
            draw_window(by_laboratory[rng.choice(len(shares), p=shares)], cut_outs, rng)
            for _ in range(settings.batch)
        ]
        densities, targets, weights = (
            torch.from_numpy(np.stack(parts)) for parts in zip(*drawn, strict=True)
        )
        return densities, targets, weights

    with ThreadPoolExecutor(1) as pool:
        waiting = [pool.submit(draw, step) for step in range(min(AHEAD, settings.steps))]
        for step in range(settings.steps):
            yield waiting.pop(0).result()
            if step + AHEAD < settings.steps:
                waiting.append(pool.submit(draw, step + AHEAD))
