"""What keeps resampling bounded in large test sets: random blocks of units, levels of scores.

A bootstrap of n images draws n numbers for each of its two thousand resamples. Above
``EXACT_IMAGES`` images the units (groups, or images that stand alone) are therefore put together
into ``BLOCKS`` random blocks of the same number of units, and whole blocks are resampled; and
scores count as equal where they share one of ``LEVELS`` levels. Up to that size nothing changes.

Source: the method of random groups; Wolter (2007), Introduction to Variance Estimation, 2nd ed.,
chapter 2. The variance it estimates is unbiased, with a relative error of sqrt(2 / blocks): the
width of an interval is off by 2 %, less than two thousand resamples leave to chance.
"""

import numpy as np

from leuko.arrays import Floats, Integers

EXACT_IMAGES = 20_000
BLOCKS = 1_000
LEVELS = 2_048
BLOCK_SEED = 0
CURVE_POINTS = 2_000


def random_blocks(units: Integers, number: int, blocks: int = BLOCKS) -> Integers:
    """Put units together at random, the same number of units in each block, give or take one.

    Args:
        units: (n,), unit of each image, from 0.
        number: of units.
        blocks: number of blocks; at most ``number``.

    Returns:
        (n,), block of each image, from 0; the same for the same units.
    """
    place = np.random.default_rng(BLOCK_SEED).permutation(number)
    return np.asarray(place[units] % blocks, dtype=np.int64)


def score_levels(scores: Floats, levels: int = LEVELS) -> Floats:
    """Scores brought to at most so many different values, equally many images to a value.

    Args:
        scores: (n,).
        levels: how many different values may remain.

    Returns:
        (n,), whole numbers from 0 in the order of the scores. Equal scores stay equal; different
        ones may become so, a share of 1 / levels of the images at a time.
    """
    ordered = np.sort(scores)
    starts = np.unique(ordered[np.arange(levels) * len(ordered) // levels])
    return (np.searchsorted(starts, scores, side="right") - 1).astype(np.float64)


def curve_points(x: Floats, y: Floats, most: int = CURVE_POINTS) -> Integers:
    """Which points of a curve to draw, evenly along its length.

    Args:
        x: (p,), in [0, 1].
        y: (p,), in [0, 1].
        most: how many points to keep at the most, and both ends.

    Returns:
        Ascending positions; all of them where the curve has no more.
    """
    if len(x) <= most:
        return np.arange(len(x))
    way = np.append(0, np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y))))
    inner = np.searchsorted(way, np.linspace(0, way[-1], most - 1))
    return np.unique(np.concatenate([[0], np.minimum(inner, len(x) - 1), [len(x) - 1]]))
