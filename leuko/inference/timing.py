"""How long one suggestion takes on this machine."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from leuko.inference.classifier import Classifier

WARM_UP = 2
RUNS = 9
FEWEST_RUNS = 3
BUDGET_SECONDS = 6.0


@dataclass(frozen=True)
class Speed:
    """Time of one picture, prepared, classified and explained by its heatmap.

    Attributes:
        median_ms, fastest_ms, slowest_ms: milliseconds, over the runs.
        runs: pictures that were measured, one by one, after the warm-up.
        device: where, in words.
    """

    median_ms: float
    fastest_ms: float
    slowest_ms: float
    runs: int
    device: str


def measure_speed(
    classifier: "Classifier", clock: Callable[[], float] = time.perf_counter
) -> Speed:
    """Time single suggestions on a drawn picture of the model's input size.

    A slow model is measured fewer times, but never fewer than ``FEWEST_RUNS``.

    Args:
        classifier: a loaded model.
        clock: seconds.

    Raises:
        LeukoError: when the model cannot read the picture.
    """
    picture = drawn_picture(classifier.card.input.side_px)
    for _ in range(WARM_UP):
        classifier.classify([picture], cells=False)
    taken: list[float] = []
    while len(taken) < RUNS and (len(taken) < FEWEST_RUNS or sum(taken) < BUDGET_SECONDS):
        started = clock()
        classifier.classify([picture], cells=False)
        taken.append(clock() - started)
    return Speed(
        median_ms=1000 * median(taken),
        fastest_ms=1000 * min(taken),
        slowest_ms=1000 * max(taken),
        runs=len(taken),
        device=_device_words(classifier),
    )


def drawn_picture(side_px: int) -> NDArray[np.uint8]:
    """A violet disc on black, so that steps which look for a cell find one.

    Args:
        side_px: side of the square, pixels.

    Returns:
        uint8 (side_px, side_px, 3), RGB.
    """
    rows, columns = np.mgrid[:side_px, :side_px] - (side_px - 1) / 2
    picture = np.zeros((side_px, side_px, 3), np.uint8)
    picture[np.hypot(rows, columns) < side_px / 3] = (120, 70, 150)
    return picture


def _device_words(classifier: "Classifier") -> str:
    import torch

    from leuko.inference.device import describe_device

    words = describe_device(classifier.device)
    if classifier.device.type != "cpu":
        return words
    threads = torch.get_num_threads()
    return f"{words}, {threads} thread{'' if threads == 1 else 's'}"
