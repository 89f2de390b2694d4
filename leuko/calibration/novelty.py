"""Fit how unlike its training pictures a model takes a picture to be, and how well that tells."""

import math

import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Floats
from leuko.models.gates.novelty import NoveltyReference, as_stored

DIRECTIONS = 64
LEAST_SPREAD = 1e-6


def fit_novelty(
    pooled: NDArray[np.float32], targets: NDArray[np.int64], directions: int = DIRECTIONS
) -> NoveltyReference:
    """Gaussians with one shrunk covariance around the classes of training pictures.

    Args:
        pooled: (n, C), means of the feature maps of training pictures.
        targets: (n,), class of each, from 0; every class up to the last has a picture.
        directions: at most so many directions keep a spread of their own.

    Returns:
        Rounded as it will be stored.

    Raises:
        ValueError: with fewer than two pictures more than classes.

    Source: shrinkage by Ledoit and Wolf (2004), J. Multivar. Anal. 88:365-411, which leaves the
    directions as they are and draws their variances towards the mean.
    """
    from sklearn.covariance import ledoit_wolf_shrinkage

    values = pooled.astype(np.float64)
    classes = int(targets.max()) + 1 if len(targets) else 0
    if len(values) < classes + 2 or len(set(targets.tolist())) < classes:
        raise ValueError(f"{len(values)} pictures of {classes} classes are too few")
    means = np.stack([values[targets == label].mean(axis=0) for label in range(classes)])
    within = values - means[targets]  # (n, C)
    n, features = within.shape
    shrinkage = float(ledoit_wolf_shrinkage(within, assume_centered=True))
    _, singular, rows = np.linalg.svd(within, full_matrices=False)
    variances = np.zeros(features)
    variances[: len(singular)] = singular**2 / (n - classes)
    variances = (1 - shrinkage) * variances + shrinkage * variances.mean()
    kept = min(directions, len(singular), features)
    others = variances[kept:].mean() if kept < features else variances[kept - 1]
    least = LEAST_SPREAD * max(1.0, float(np.sqrt(variances[0])))
    return as_stored(
        NoveltyReference(
            means=means.astype(np.float32),
            directions=rows[:kept].astype(np.float32),
            spreads=np.maximum(np.sqrt(variances[:kept]), least).astype(np.float32),
            rest=max(float(np.sqrt(others)), least),
        )
    )


def threshold_for(novelty: Floats, stated: float) -> float | None:
    """Novelty at or below which the stated share of like pictures lies.

    Args:
        novelty: (n,), of validation pictures.
        stated: share to be accepted, in (0, 1).

    Returns:
        The k-th smallest, k = ceil((n + 1) * stated), so that a further like picture is accepted
        with that probability at least; None where n is too small for it.
    """
    rank = math.ceil(round((len(novelty) + 1) * stated, 9))
    return float(np.sort(novelty)[rank - 1]) if rank <= len(novelty) else None


def auroc_of_novelty(own: Floats, others: Floats) -> float:
    """Probability that a picture of another data set is more novel than one of the model's own.

    Ties count half.

    Args:
        own: (n,), novelty of test pictures.
        others: (m,), of pictures of another data set.

    Source: Mann and Whitney (1947), Ann. Math. Stat. 18:50-60.
    """
    ordered = np.sort(own)
    below = np.searchsorted(ordered, others, side="left")
    upto = np.searchsorted(ordered, others, side="right")
    return float((below + upto).mean() / (2 * len(own)))
