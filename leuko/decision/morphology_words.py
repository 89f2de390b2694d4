"""All words for the morphology of a cell; nothing else makes its sentences."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

Said = tuple[str, str, float]
"""Attribute, value and probability."""

NOVEL_CELL: Final = (
    "This cell is unlike those that the model for morphology learnt from, so it is not described."
)
UNSURE: Final = "No attribute of this cell is sure enough to be said."
BETWEEN: Final = " · "

CLAUSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "cell": ("cell_size", "cell_shape"),
        "nucleus": ("nucleus_shape",),
        "chromatin": ("chromatin_density",),
        "nucleus-to-cytoplasm ratio": ("nuclear_cytoplasmic_ratio",),
        "cytoplasm": ("cytoplasm_colour", "cytoplasm_texture", "cytoplasm_vacuole"),
        "granules": ("granule_type", "granule_colour", "granularity"),
    }
)
"""What is told together, in the order in which a morphologist describes a cell."""

WORDS: Final[Mapping[tuple[str, str], str]] = MappingProxyType(
    {
        ("cell_size", "big"): "large",
        ("nucleus_shape", "unsegmented-round"): "unsegmented, round",
        ("nucleus_shape", "unsegmented-indented"): "unsegmented, indented",
        ("nucleus_shape", "unsegmented-band"): "unsegmented, band-shaped",
        ("nucleus_shape", "segmented-bilobed"): "segmented, bilobed",
        ("nucleus_shape", "segmented-multilobed"): "segmented, multilobed",
        ("chromatin_density", "densely"): "densely packed",
        ("chromatin_density", "loosely"): "loosely packed",
        ("cytoplasm_vacuole", "no"): "no vacuoles",
        ("cytoplasm_vacuole", "yes"): "vacuoles",
        ("granularity", "no"): "none",
        ("granularity", "yes"): "present",
    }
)
"""Where the tables' own word is not the one that a haematologist would write."""


def words_of(said: Sequence[Said], *, novel: bool) -> str:
    """One line about a cell.

    Args:
        said: what is sure enough, free of contradictions.
        novel: whether the cell is unlike the training cells; then nothing is said.

    Returns:
        Clauses with the probability of the least sure part of each, such as "nucleus: segmented,
        multilobed (0.97) · granules: coarse, purple (0.88)"; a sentence where there are none.
    """
    if novel:
        return NOVEL_CELL
    left = {attribute: (value, probability) for attribute, value, probability in said}
    lines = []
    for clause, attributes in CLAUSES.items():
        parts = {name: left.pop(name) for name in attributes if name in left}
        if parts:
            lines.append(_clause(clause, parts))
    lines += [
        _clause(name.replace("_", " "), {name: found}) for name, found in left.items()
    ]  # of a model for other attributes
    return BETWEEN.join(lines) or UNSURE


def _clause(title: str, parts: Mapping[str, tuple[str, float]]) -> str:
    least = min(probability for _, probability in parts.values())
    words = [
        WORDS.get((name, value), value)
        for name, (value, _) in parts.items()
        # "coarse" already says that there are granules.
        if name != "granularity" or len(parts) == 1
    ]
    return f"{title}: {', '.join(words)} ({_told(least)})"


def _told(probability: float) -> str:
    """Two decimals, cut and not rounded: what is not certain never reads 1.00."""
    return f"{min(int(probability * 100 + 1e-9), 99) / 100:.2f}"
