"""Which letter of the keyboard gives a cell which class."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from leuko.cell_classes import (
    BAND,
    BASOPHIL,
    BLAST,
    EOSINOPHIL,
    ERYTHROBLAST,
    LYMPHOCYTE,
    METAMYELOCYTE,
    MONOCYTE,
    MYELOCYTE,
    PLATELET,
    PROMYELOCYTE,
    SEGMENTED,
)
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, READER_LABELS
from leuko.errors import LeukoError

UNDO: Final = "Undo"
DEFAULT_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {
        SEGMENTED: "S",
        BAND: "D",
        EOSINOPHIL: "E",
        BASOPHIL: "A",
        LYMPHOCYTE: "L",
        MONOCYTE: "M",
        PROMYELOCYTE: "P",
        MYELOCYTE: "Y",
        METAMYELOCYTE: "T",
        BLAST: "B",
        ERYTHROBLAST: "R",
        PLATELET: "H",
        NOT_CLASSED: "N",
        NOT_A_CELL: "X",
        UNDO: "U",
    }
)
"""A letter of the name each, the first where it is free."""


def key_map(changed: Mapping[str, str]) -> dict[str, str]:
    """The letter of every label, upper case, and of Undo.

    Args:
        changed: letters by label, in the place of the default ones.

    Raises:
        LeukoError: for a name that is no label, for what is no single letter from A to Z, or for a
            letter that is given twice.
    """
    for name, letter in changed.items():
        if name not in DEFAULT_KEYS:
            known = ", ".join(DEFAULT_KEYS)
            raise LeukoError(
                f"count_keys in the settings names {name!r}, which is nothing that a key gives; "
                f"known are {known}. Correct or remove it."
            )
        if len(letter) != 1 or not letter.isascii() or not letter.isalpha():
            raise LeukoError(
                f"count_keys in the settings gives {name!r} the key {letter!r}: a key is one "
                f'letter from A to Z. Write for example "{name}" = "{DEFAULT_KEYS[name]}".'
            )
    keys = {name: changed.get(name, letter).upper() for name, letter in DEFAULT_KEYS.items()}
    for name, letter in keys.items():
        others = [other for other, its in keys.items() if its == letter and other != name]
        if others:
            raise LeukoError(
                f"count_keys in the settings gives {name!r} and {others[0]!r} the same key "
                f"{letter!r}. Give one of them a letter that is free: "
                f"{', '.join(sorted(set('ABCDEFGHIJKLMNOPQRSTUVWXYZ') - set(keys.values())))}."
            )
    return {name: keys[name] for name in (*READER_LABELS, UNDO)}
