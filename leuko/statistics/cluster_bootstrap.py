"""The bootstrap over groups for statistics of whole test sets, such as areas under curves."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Floats

Weights = NDArray[np.float32]
Statistic = Callable[[Weights], Floats]

CHUNK_VALUES = 500_000


def resampled(
    statistics: Sequence[Statistic], groups: int, images: int, resamples: int, seed: int
) -> Floats:
    """Values of several statistics in the same resamples of groups.

    Args:
        statistics: each maps weights (rows, G), how often each group was drawn, to (rows,)
            values; NaN where there is nothing to measure.
        groups: number of groups G.
        images: number of images, which bounds the memory of a statistic.
        resamples: number of draws R.
        seed: of the random choices.

    Returns:
        (R, s), one column a statistic.

    Source: cluster bootstrap; Davison and Hinkley (1997), Bootstrap Methods and their
    Application, section 3.8.
    """
    values = np.empty((resamples, len(statistics)))
    start = 0
    for weights in drawn_weights(groups, images, resamples, seed):
        rows = slice(start, start + len(weights))
        for column, statistic in enumerate(statistics):
            values[rows, column] = statistic(weights)
        start = rows.stop
    return values


def drawn_weights(groups: int, images: int, resamples: int, seed: int) -> Iterator[Weights]:
    """How often each group was drawn, a bounded number of resamples at a time.

    Args:
        groups: number of groups G; as many are drawn with replacement.
        images: number of images.
        resamples: number of draws in all.
        seed: of the random choices; the draws do not depend on how they are divided.

    Yields:
        (rows, G), whole numbers that sum to G in each row.
    """
    generator = np.random.default_rng(seed)
    step = max(1, CHUNK_VALUES // max(images, groups))
    for start in range(0, resamples, step):
        rows = min(step, resamples - start)
        drawn = generator.integers(0, groups, size=(rows, groups))
        drawn += np.arange(rows)[:, None] * groups
        counted = np.bincount(drawn.ravel(), minlength=rows * groups)
        yield counted.reshape(rows, groups).astype(np.float32)
