"""The cells of a differential count: classes in the order of the ICSH, groups, coarse labels.

Names and order follow the ICSH recommendations for the standardization of nomenclature and grading
of peripheral blood cell morphological features (Palmer et al. 2015, Int. J. Lab. Hematol. 37:287).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from leuko.labels import ClassSet

SEGMENTED: Final = "Segmented neutrophil"
BAND: Final = "Band neutrophil"
EOSINOPHIL: Final = "Eosinophil"
BASOPHIL: Final = "Basophil"
LYMPHOCYTE: Final = "Lymphocyte"
MONOCYTE: Final = "Monocyte"
PROMYELOCYTE: Final = "Promyelocyte"
MYELOCYTE: Final = "Myelocyte"
METAMYELOCYTE: Final = "Metamyelocyte"
BLAST: Final = "Blast cell"
ERYTHROBLAST: Final = "Erythroblast"
PLATELET: Final = "Platelet"

CELL_CLASSES: Final = (
    SEGMENTED, BAND, EOSINOPHIL, BASOPHIL, LYMPHOCYTE, MONOCYTE,
    PROMYELOCYTE, MYELOCYTE, METAMYELOCYTE, BLAST, ERYTHROBLAST, PLATELET,
)  # fmt: skip
"""All classes, in the order in which they are reported."""

NOT_LEUKOCYTES: Final = frozenset({ERYTHROBLAST, PLATELET})
"""Reported per 100 leukocytes and no part of the per cent."""

NEUTROPHIL: Final = "Neutrophil"
IMMATURE_GRANULOCYTE: Final = "Immature granulocyte"
NOT_A_BLAST: Final = "Not a blast cell"
NORMAL_LEUKOCYTE: Final = "Normal leukocyte"

GROUPS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        NEUTROPHIL: (SEGMENTED, BAND),
        EOSINOPHIL: (EOSINOPHIL,),
        BASOPHIL: (BASOPHIL,),
        LYMPHOCYTE: (LYMPHOCYTE,),
        MONOCYTE: (MONOCYTE,),
        IMMATURE_GRANULOCYTE: (PROMYELOCYTE, MYELOCYTE, METAMYELOCYTE),
        BLAST: (BLAST,),
        ERYTHROBLAST: (ERYTHROBLAST,),
        PLATELET: (PLATELET,),
    }
)
"""Classes that are told apart by degree joined, in the order in which they are reported."""

LABEL_SETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        **{name: (name,) for name in CELL_CLASSES},
        NEUTROPHIL: GROUPS[NEUTROPHIL],
        IMMATURE_GRANULOCYTE: GROUPS[IMMATURE_GRANULOCYTE],
        NOT_A_BLAST: tuple(name for name in CELL_CLASSES if name != BLAST),
        NORMAL_LEUKOCYTE: (SEGMENTED, BAND, EOSINOPHIL, BASOPHIL, LYMPHOCYTE, MONOCYTE),
    }
)
"""What a label of a data source says: the classes of which the cell is one."""

_GROUP_OF: Final = {name: group for group, members in GROUPS.items() for name in members}


def class_set() -> ClassSet:
    """All classes with what is malignant among them."""
    return ClassSet(CELL_CLASSES, frozenset({BLAST}))


def group_of(name: str) -> str:
    """Group of a class.

    Raises:
        KeyError: for what is no class.
    """
    return _GROUP_OF[name]


def is_leukocyte(name: str) -> bool:
    """Whether a class counts among the hundred of a differential.

    Raises:
        KeyError: for what is no class.
    """
    return _GROUP_OF[name] not in NOT_LEUKOCYTES
