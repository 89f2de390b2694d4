"""Macro F1 of one attribute, of many resamples at once."""

import numpy as np

from leuko.arrays import Floats, Integers


def confusion(truth: Integers, told: Integers, count: int) -> Floats:
    """How often each value was told where each was true, float64 (count, count), rows the truth.

    Args:
        truth: (N,), position of the true value, from 0.
        told: (N,), likewise of the one that was told.
        count: number of values.
    """
    cells = np.bincount(truth * count + told, minlength=count * count)
    return cells.reshape(count, count).astype(np.float64)


def macro_f1_of_tables(tables: Floats) -> Floats:
    """Mean over the values of the harmonic mean of precision and recall.

    A value that is neither true nor told of any cell is left out of the mean, as scikit-learn's
    ``f1_score(average="macro")`` does.

    Args:
        tables: (..., k, k) counts, rows the truth.

    Returns:
        (...,), in [0, 1]; NaN of an empty table.

    Source: van Rijsbergen (1979), Information Retrieval; F1 of a value is twice its hits over
    how often it is true and told together.
    """
    hits = np.diagonal(tables, axis1=-2, axis2=-1)
    both = tables.sum(axis=-1) + tables.sum(axis=-2)  # (..., k)
    there = both > 0
    scores = np.divide(2 * hits, both, out=np.zeros_like(both), where=there)
    n = there.sum(axis=-1)
    out = np.full(np.shape(n), np.nan)
    np.divide(scores.sum(axis=-1), n, out=out, where=n > 0)
    return out


def macro_f1(truth: Integers, told: Integers, count: int) -> float:
    """As :func:`macro_f1_of_tables`, of one table; arguments as of :func:`confusion`."""
    return float(macro_f1_of_tables(confusion(truth, told, count)))
