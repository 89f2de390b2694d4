"""Cohen's kappa and its standard error."""

import math

import numpy as np

from leuko.arrays import Floats


def cohens_kappa(tables: Floats) -> Floats:
    """Agreement beyond what the shares of the suggestions alone would give.

    Args:
        tables: (..., k, k) counts, rows the first rater, columns the second.

    Returns:
        (...,), in [-1, 1]; NaN where both raters always give the same single answer.

    Source: Cohen (1960), Educ. Psychol. Meas. 20:37-46.
    """
    total = tables.sum(axis=(-2, -1))
    seen = np.trace(tables, axis1=-2, axis2=-1) / total
    expected = (tables.sum(axis=-1) * tables.sum(axis=-2)).sum(axis=-1) / total**2
    out = np.full(np.shape(total), np.nan)
    np.divide(seen - expected, 1 - expected, out=out, where=expected < 1)
    return out


def kappa_standard_error(table: Floats) -> float:
    """Large-sample standard error of Cohen's kappa for independent images.

    Args:
        table: (k, k) counts with some disagreement by chance possible.

    Source: Fleiss, Cohen and Everitt (1969), Psychol. Bull. 72:323-327.
    """
    total = table.sum()
    shares = table / total
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    expected = float(rows @ columns)
    kappa = (np.trace(shares) - expected) / (1 - expected)
    diagonal = np.diag(shares)
    on = (diagonal * (1 - (rows + columns) * (1 - kappa)) ** 2).sum()
    pairs = shares * (columns[:, None] + rows[None, :]) ** 2
    off = (1 - kappa) ** 2 * (pairs.sum() - np.diag(pairs).sum())
    correction = (kappa - expected * (1 - kappa)) ** 2
    return float(math.sqrt(max(0.0, on + off - correction) / total) / (1 - expected))
