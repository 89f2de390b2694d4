"""What each figure means: formula, meaning and source, one sentence each."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Definition:
    """One figure explained.

    Attributes:
        name: as it stands on the page.
        formula: with TP, FN, FP, TN as counts of images.
        meaning: one sentence.
        source: one sentence.
    """

    name: str
    formula: str
    meaning: str
    source: str


def definitions() -> tuple[Definition, ...]:
    """Every figure of the Performance page, in the order in which a reader meets them."""
    return _stored()["figures"]


def threshold_definitions() -> tuple[Definition, ...]:
    """The figures around a threshold, likewise."""
    return _stored()["threshold"]


@cache
def _stored() -> dict[str, tuple[Definition, ...]]:
    text = resources.files(__package__).joinpath("definitions.toml").read_text(encoding="utf-8")
    return {
        name: tuple(Definition(**one) for one in found)
        for name, found in tomllib.loads(text).items()
    }
