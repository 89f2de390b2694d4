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

from leuko.imaging.kind_shapes import Features
from leuko.labels import InputKind

FOREST_FILE: Final = Path(__file__).with_name("kind_forest.json")
LEAF: Final = -1
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
    """The forest in memory, see :class:`ForestFile`; arrays in place of lists.

    Attributes:
        feature: of each node; a leaf compares the first, whatever it is.
        branches: (nodes, 2), the node that follows at or below the threshold and above it; a leaf
            is followed by itself.
        leaf: row of ``shares`` of each leaf.
        depth: steps from any root to a leaf, at most.
    """

    features: tuple[str, ...]
    kinds: tuple[InputKind | None, ...]
    sharpness: float
    depth: int
    roots: NDArray[np.intp]
    feature: NDArray[np.intp]
    threshold: NDArray[np.float64]
    branches: NDArray[np.intp]
    leaf: NDArray[np.intp]
    shares: NDArray[np.float64]

    @classmethod
    def of(cls, stored: ForestFile) -> "Forest":
        """The forest of a file."""
        feature = np.array(stored.feature, np.intp)
        above = np.array(stored.above, np.intp)
        here, is_leaf = np.arange(len(feature)), feature == LEAF
        branches = np.stack([np.where(is_leaf, here, here + 1), np.where(is_leaf, here, above)], 1)
        roots = np.array(stored.roots, np.intp)
        return cls(
            stored.features,
            stored.kinds,
            stored.sharpness,
            _depth(roots, branches),
            roots,
            np.where(is_leaf, 0, feature),
            np.array(stored.threshold, np.float64),
            branches,
            np.where(is_leaf, above, 0),
            np.array(stored.shares, np.float64) / 1000,
        )

    def probabilities(self, features: Features) -> NDArray[np.float64]:
        """Probability of each of ``kinds``, (kinds,), summing to 1.

        Raises:
            KeyError: when a feature is missing.
        """
        values = np.array([features[name] for name in self.features])
        node = self.roots
        for _ in range(self.depth):
            above = values[self.feature[node]] > self.threshold[node]
            node = self.branches[node, above.view(np.uint8)]
        return sharpened(self.shares[self.leaf[node]].mean(axis=0), self.sharpness)


def _depth(roots: NDArray[np.intp], branches: NDArray[np.intp]) -> int:
    """Steps after which every way has come to its leaf."""
    steps, reached = 0, roots
    while True:
        following = np.unique(branches[reached])
        if np.array_equal(following, np.unique(reached)):
            return steps
        steps, reached = steps + 1, following


def sharpened(shares: NDArray[np.float64], sharpness: float) -> NDArray[np.float64]:
    """Shares to a power, made to sum to 1 over the last axis."""
    powers = np.maximum(shares, 1e-6) ** sharpness
    scaled: NDArray[np.float64] = powers / powers.sum(axis=-1, keepdims=True)
    return scaled


@cache
def load_forest(path: Path = FOREST_FILE) -> Forest:
    """Read the forest; once a process."""
    return Forest.of(ForestFile.model_validate(json.loads(path.read_text(encoding="utf-8"))))
