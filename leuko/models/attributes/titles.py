"""Names of WBCAtt's attributes for people."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TITLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "cell_size": "Cell size",
        "cell_shape": "Cell shape",
        "nucleus_shape": "Nucleus shape",
        "nuclear_cytoplasmic_ratio": "Nucleus-to-cytoplasm ratio",
        "chromatin_density": "Chromatin density",
        "cytoplasm_vacuole": "Vacuoles",
        "cytoplasm_texture": "Cytoplasm texture",
        "cytoplasm_colour": "Cytoplasm colour",
        "granule_type": "Granule type",
        "granule_colour": "Granule colour",
        "granularity": "Granularity",
    }
)


def title_of(attribute: str) -> str:
    """Name of an attribute for a table; its own where it is none of WBCAtt's."""
    return TITLES.get(attribute, attribute.replace("_", " ").capitalize())
