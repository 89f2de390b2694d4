"""WBCAtt: eleven morphological attributes of 10,298 leukocytes of Acevedo PBC.

Source: Tsutsui, Pang, Wen (2023), WBCAtt: a white blood cell dataset annotated with detailed
morphological attributes, NeurIPS Datasets and Benchmarks, MIT licence; github.com/apple2373/wbcatt.
Divided into train, val and test by its makers. A second table holds what other annotators said of
1,000 cells drawn at random; it has no division of its own.

Layout: beside ``PBC_dataset_normal_DIB`` the published ``pbc_attr_v1_train.csv``, ``…_val.csv``,
``…_test.csv`` and ``pbc_attr_reannotations.csv``, or one table with a column ``split``,
``wbc_attributes.csv``, and ``wbc_attributes_second_reader.csv``.

Leakage: the published division is of single pictures; no patient id is known. Attributes follow the
class: nearly every basophil has purple granules, and no lymphocyte has granules.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from leuko.data.adapters import acevedo
from leuko.data.dataset import hash_file, without_litter
from leuko.errors import DatasetError

ID = "acevedo_attributes"
TABLE = "wbc_attributes.csv"
SECOND_TABLES = ("pbc_attr_reannotations.csv", "wbc_attributes_second_reader.csv")
SIDES = ("train", "val", "test")
PARTS = {side: f"pbc_attr_v1_{side}.csv" for side in SIDES}
ADVICE = (
    "Get 'WBCAtt' (github.com/apple2373/wbcatt) and lay its tables beside "
    f"{acevedo.FOLDER}: the layout is {TABLE} or {PARTS['train']}."
)


class Attribute(StrEnum):
    """What is said of each cell, in the order of the tables."""

    CELL_SIZE = "cell_size"
    CELL_SHAPE = "cell_shape"
    NUCLEUS_SHAPE = "nucleus_shape"
    NUCLEAR_CYTOPLASMIC_RATIO = "nuclear_cytoplasmic_ratio"
    CHROMATIN_DENSITY = "chromatin_density"
    CYTOPLASM_VACUOLE = "cytoplasm_vacuole"
    CYTOPLASM_TEXTURE = "cytoplasm_texture"
    CYTOPLASM_COLOUR = "cytoplasm_colour"
    GRANULE_TYPE = "granule_type"
    GRANULE_COLOUR = "granule_colour"
    GRANULARITY = "granularity"


VALUES: Mapping[Attribute, tuple[str, ...]] = {
    Attribute.CELL_SIZE: ("big", "small"),
    Attribute.CELL_SHAPE: ("round", "irregular"),
    Attribute.NUCLEUS_SHAPE: (
        "unsegmented-round", "unsegmented-indented", "unsegmented-band",
        "segmented-bilobed", "segmented-multilobed", "irregular",
    ),
    Attribute.NUCLEAR_CYTOPLASMIC_RATIO: ("low", "high"),
    Attribute.CHROMATIN_DENSITY: ("densely", "loosely"),
    Attribute.CYTOPLASM_VACUOLE: ("no", "yes"),
    Attribute.CYTOPLASM_TEXTURE: ("clear", "frosted"),
    Attribute.CYTOPLASM_COLOUR: ("light blue", "blue", "purple blue"),
    Attribute.GRANULE_TYPE: ("nil", "small", "round", "coarse"),
    Attribute.GRANULE_COLOUR: ("nil", "pink", "purple", "red"),
    Attribute.GRANULARITY: ("no", "yes"),
}  # fmt: skip
"""What may be said of each, in the words of the tables."""


@dataclass(frozen=True)
class DescribedCell:
    """A cell and what a reader said of it.

    Attributes:
        image_id: as in :mod:`leuko.data.adapters.acevedo`.
        path: of its picture.
        sha256: of the picture's bytes.
        label: class in the words of the table, such as ``Neutrophil``.
        values: what was said, of every attribute.
        side: ``train``, ``val`` or ``test``; empty in the second readers' table.
    """

    image_id: str
    path: Path
    sha256: str
    label: str
    values: Mapping[Attribute, str]
    side: str = ""


def read(data: Path) -> tuple[DescribedCell, ...]:
    """The cells that are described and here, sorted by name.

    Args:
        data: a folder of Acevedo PBC or one that holds it, with the tables beside.

    Raises:
        DatasetError: when pictures or tables are missing, a table is not as published, or no
            described cell of a side is here.
    """
    root = acevedo.find_root(data)
    whole = _beside(root, TABLE)
    if whole is not None:
        cells = _read_table(whole, root)
    else:
        parts = {side: _beside(root, name) for side, name in PARTS.items()}
        missing = [PARTS[side] for side, path in parts.items() if path is None]
        if missing:
            raise DatasetError(f"No '{TABLE}' and no '{missing[0]}' near '{root}'. {ADVICE}")
        cells = tuple(
            one for side, path in parts.items() if path for one in _read_table(path, root, side)
        )
    for side in SIDES:
        if not any(one.side == side for one in cells):
            raise DatasetError(f"'{root}' holds no described cell of the side {side}. {ADVICE}")
    return tuple(sorted(cells, key=lambda one: one.image_id))


def read_second(data: Path) -> tuple[DescribedCell, ...]:
    """The same for the cells that were read again by others.

    Raises:
        DatasetError: as :func:`read`; an absent table is an error.
    """
    root = acevedo.find_root(data)
    table = next((found for name in SECOND_TABLES if (found := _beside(root, name))), None)
    if table is None:
        raise DatasetError(f"No '{SECOND_TABLES[0]}' near '{root}'. {ADVICE}")
    return tuple(sorted(_read_table(table, root), key=lambda one: one.image_id))


def _beside(root: Path, name: str) -> Path | None:
    """A table in the folder of the pictures or in the one above."""
    return next((p for p in (root.parent / name, root / name) if p.is_file()), None)


def _read_table(table: Path, root: Path, side: str = "") -> tuple[DescribedCell, ...]:
    """Rows whose picture is here; ``side`` where the whole table is of one."""
    reader = csv.DictReader(table.read_text(encoding="utf-8-sig", errors="replace").splitlines())
    needed = ("img_name", "label", *Attribute)
    missing = [name for name in needed if name not in (reader.fieldnames or ())]
    if missing:
        raise DatasetError(f"'{table}' holds no column '{missing[0]}'. {ADVICE}")
    pictures = {path.name: path for path in without_litter(root.glob("*/*"), root)}
    found = []
    for row in reader:
        for attribute in Attribute:
            if row[attribute] not in VALUES[attribute]:
                raise DatasetError(
                    f"'{table}' says '{row[attribute]}' of {attribute} of {row['img_name']}; known "
                    f"are: {', '.join(VALUES[attribute])}. {ADVICE}"
                )
        own_side = side or row.get("split") or ""
        if own_side and own_side not in SIDES:
            raise DatasetError(
                f"'{table}' puts {row['img_name']} on the side '{own_side}'; known are: "
                f"{', '.join(SIDES)}. {ADVICE}"
            )
        path = pictures.get(row["img_name"])
        if path is not None:
            values = {attribute: row[attribute] for attribute in Attribute}
            content = hash_file(path)
            found.append(DescribedCell(path.stem, path, content, row["label"], values, own_side))
    return tuple(found)
