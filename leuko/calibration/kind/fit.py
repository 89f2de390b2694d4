"""Fits the forest of the kind gate, for all pictures or with a collection left out."""

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from leuko.calibration.kind.feature_table import KindRow, matrix
from leuko.inspection.kind.forest import LEAF, Forest, ForestFile, sharpened
from leuko.labels import InputKind

if TYPE_CHECKING:
    from sklearn.ensemble import ExtraTreesClassifier

KINDS: Final = (InputKind.FIELD, InputKind.CROP, InputKind.SEGMENTED, None)
TREES: Final = 60
LEAVES: Final = 160
LEAST_LEAF: Final = 3
FEATURES_TRIED: Final = 0.3
SEED: Final = 7
LIKELIHOOD_LOSS: Final = 0.02
"""Natural logarithm, a picture."""
SHARPNESSES: Final = tuple(quarter / 4 for quarter in range(4, 17))


def fit_forest(rows: Sequence[KindRow], sharpness: float | None = None) -> ForestFile:
    """Fit on all rows given.

    Every kind weighs the same, and within a kind every collection by the root of its size, so
    that a large set does not decide alone.

    Args:
        rows: of at least one picture a kind.
        sharpness: see :class:`leuko.inspection.kind.forest.ForestFile`; by default one that suits
            collections that were left out.
    """
    from sklearn.ensemble import ExtraTreesClassifier

    labels = np.array([KINDS.index(row.kind) for row in rows])
    forest = ExtraTreesClassifier(
        TREES,
        max_leaf_nodes=LEAVES,
        min_samples_leaf=LEAST_LEAF,
        max_features=FEATURES_TRIED,
        random_state=SEED,
        n_jobs=1,
    )
    forest.fit(matrix(rows).astype(np.float32), labels, sample_weight=_weights(rows, labels))
    return _stored(forest, rows, sharpness if sharpness is not None else _sharpness(rows))


def guess(forest: Forest, rows: Sequence[KindRow]) -> NDArray[np.float64]:
    """Probabilities of the kinds for each row, (n, kinds)."""
    return np.array([forest.probabilities(row.features) for row in rows]).reshape(-1, len(KINDS))


def _sharpness(rows: Sequence[KindRow]) -> float:
    """The highest exponent that suits unseen collections as well as the best one, or nearly so.

    Each collection is asked of a forest that was fitted without it, and all weigh the same: among
    pictures of a laboratory that it knows, a forest is surer than it may be among others. The
    exponent is the highest whose mean log-likelihood is at most ``LIKELIHOOD_LOSS`` below the best.
    """
    likelihoods = []
    for name in sorted({row.collection for row in rows}):
        others = [row for row in rows if row.collection != name]
        asked = [row for row in rows if row.collection == name and row.as_published]
        if not asked or {row.kind for row in others} != set(KINDS):
            continue
        raw = guess(Forest.of(fit_forest(others, sharpness=1.0)), asked)
        labels = np.array([KINDS.index(row.kind) for row in asked])
        likelihoods.append(
            [
                float(np.log(sharpened(raw, one)[np.arange(len(asked)), labels]).mean())
                for one in SHARPNESSES
            ]
        )
    if not likelihoods:
        return SHARPNESSES[0]
    means = np.mean(likelihoods, axis=0)
    return SHARPNESSES[int(np.flatnonzero(means >= means.max() - LIKELIHOOD_LOSS)[-1])]


def _weights(rows: Sequence[KindRow], labels: NDArray[np.intp]) -> NDArray[np.float64]:
    sizes = Counter((row.collection, label) for row, label in zip(rows, labels, strict=True))
    weights = np.array(
        [sizes[row.collection, label] ** -0.5 for row, label in zip(rows, labels, strict=True)]
    )
    for label in range(len(KINDS)):
        weights[labels == label] /= max(float(weights[labels == label].sum()), 1e-12)
    return weights * len(rows) / len(KINDS)


def _stored(
    forest: "ExtraTreesClassifier", rows: Sequence[KindRow], sharpness: float
) -> ForestFile:
    feature: list[int] = []
    threshold: list[float] = []
    above: list[int] = []
    shares: list[tuple[int, ...]] = []
    roots = []
    columns = [int(label) for label in forest.classes_]
    for tree in (estimator.tree_ for estimator in forest.estimators_):
        roots.append(len(feature))
        waiting = [(0, -1)]  # (node of the tree, our node whose branch above it is)
        while waiting:
            node, parent = waiting.pop()
            place = len(feature)
            if parent >= 0:
                above[parent] = place
            left, right = int(tree.children_left[node]), int(tree.children_right[node])
            if left < 0:
                values = tree.value[node][0] / tree.value[node][0].sum()
                row = np.zeros(len(KINDS))
                row[columns] = values
                feature.append(LEAF)
                threshold.append(0.0)
                above.append(len(shares))
                shares.append(tuple(int(value) for value in np.rint(1000 * row)))
            else:
                feature.append(int(tree.feature[node]))
                threshold.append(float(f"{tree.threshold[node]:.5g}"))
                above.append(-1)
                waiting += [(right, place), (left, -1)]  # the left branch comes right after
    return ForestFile(
        features=tuple(rows[0].features),
        kinds=KINDS,
        sharpness=sharpness,
        fitted_on=dict(sorted(Counter(row.collection for row in rows).items())),
        roots=tuple(roots),
        feature=tuple(feature),
        threshold=tuple(threshold),
        above=tuple(above),
        shares=tuple(shares),
    )
