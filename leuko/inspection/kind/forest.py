"""The fitted forest behind the kind gate: plain numbers in a JSON file, walked with NumPy.

Extremely randomised trees after Geurts, Ernst and Wehenkel (2006), Machine Learning 63:3-42. The
file is made by ``python -m leuko measure-kinds --fit``, never by hand.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Final

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from leuko.inspection.kind.shape_features import Features
from leuko.labels import InputKind

FOREST_FILE: Final = Path(__file__).with_name("forest.json")
LEAF: Final = -1
Nodes = NDArray[np.int32]
Share = Annotated[float, Field(ge=0, le=1)]


class ForestFile(BaseModel):
    """The forest as stored; nodes of all trees one after the other, each before its branches.

    Attributes:
        features: names, in the order that ``feature`` counts in.
        kinds: kinds in the order of ``shares``; None is no blood.
        sharpness: exponent that turns the mean of the trees' shares into probabilities.
        fitted_on: pictures it was fitted on, by collection.
        roots: first node of each tree.
        feature: of each node, or -1 for a leaf.
        threshold: the next node follows where the feature is not above it; 0 for a leaf.
        above: the node that follows where it is; for a leaf, its row of ``shares``.
        shares: of the kinds, one row a leaf, in thousandths.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    features: tuple[str, ...]
    kinds: tuple[InputKind | None, ...]
    sharpness: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    fitted_on: dict[str, int]
    roots: tuple[int, ...]
    feature: tuple[int, ...]
    threshold: tuple[Annotated[float, Field(allow_inf_nan=False)], ...]
    above: tuple[int, ...]
    shares: tuple[tuple[Annotated[int, Field(ge=0, le=1000)], ...], ...]

    @model_validator(mode="after")
    def _whole(self) -> "ForestFile":
        nodes = len(self.feature)
        if not len(self.threshold) == len(self.above) == nodes or not self.roots:
            raise ValueError("the lists of nodes differ in length or there is no tree")
        if any(not 0 <= root < nodes for root in self.roots):
            raise ValueError("a tree starts outside of the list of nodes")
        for node, (feature, above) in enumerate(zip(self.feature, self.above, strict=True)):
            if feature == LEAF:
                fine = 0 <= above < len(self.shares)
            else:
                fine = 0 <= feature < len(self.features) and node < above < nodes
            if not fine:
                raise ValueError(f"node {node} leads nowhere")
        if self.feature[-1] != LEAF or any(len(row) != len(self.kinds) for row in self.shares):
            raise ValueError("the last node is no leaf or a leaf has too few shares")
        return self


@dataclass(frozen=True, eq=False)
class Forest:
    """The forest in memory, see :class:`ForestFile`: the inner nodes by feature, then the leaves.

    Attributes:
        depth: steps from any root to a leaf, at most.
        roots: first node of each tree.
        asking: how many inner nodes ask for each feature.
        threshold: of each inner node.
        following: of each node, the one that follows where the feature is not above the threshold;
            a leaf is followed by itself.
        above: of each inner node, the one that follows where it is.
        shares: of the kinds, one row a leaf, (leaves, kinds).
    """

    features: tuple[str, ...]
    kinds: tuple[InputKind | None, ...]
    sharpness: float
    depth: int
    roots: Nodes
    asking: NDArray[np.intp]
    threshold: NDArray[np.float32]
    following: Nodes
    above: Nodes
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, stored: ForestFile) -> "Forest":
        """The forest of a file."""
        feature = np.array(stored.feature)
        follower = np.array(stored.above)
        inner = np.flatnonzero(feature != LEAF)
        inner = inner[feature[inner].argsort(kind="stable")]
        leaves = np.flatnonzero(feature == LEAF)
        place = np.empty(len(feature), np.int32)
        place[np.concatenate([inner, leaves])] = np.arange(len(feature))
        above = place[follower[inner]]
        following = place[np.concatenate([inner + 1, leaves])]
        roots = place[list(stored.roots)]
        return cls(
            stored.features,
            stored.kinds,
            stored.sharpness,
            _depth(roots, following, above),
            roots,
            np.bincount(feature[inner], minlength=len(stored.features)),
            np.array(stored.threshold, np.float32)[inner],
            following,
            above,
            np.array(stored.shares, np.float64)[follower[leaves]] / 1000,
        )

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Probability of each of ``kinds``, (kinds,), summing to 1.

        Raises:
            KeyError: when a feature is missing.
        """
        values = np.array([features[name] for name in self.features], np.float32)
        # To compare at all nodes at once takes less time than at one of each tree, again and again.
        next_node = self.following.copy()
        is_above = values.repeat(self.asking) > self.threshold
        np.copyto(next_node[: len(self.above)], self.above, where=is_above)
        node = self.roots
        for _ in range(self.depth):
            node = next_node.take(node)
        shares = self.shares.take(node - len(self.above), axis=0).mean(axis=0)
        return sharpened(shares, self.sharpness)


def _depth(roots: Nodes, following: Nodes, above: Nodes) -> int:
    """Steps after which every way has come to its leaf."""
    steps, reached = 0, roots[roots < len(above)]
    while reached.size:
        reached = np.concatenate([following[reached], above[reached]])
        reached = reached[reached < len(above)]
        steps += 1
    return steps


def sharpened(shares: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    """Shares to a power, made to sum to 1 over the last axis."""
    powers = np.maximum(shares, 1e-6) ** sharpness
    scaled: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return scaled


@cache
def load_forest(path: Path = FOREST_FILE) -> Forest:
    """Read the forest; once a process."""
    return Forest.of(ForestFile.model_validate(json.loads(path.read_text(encoding="utf-8"))))
