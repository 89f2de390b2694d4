"""BCCD: 364 smear fields of 640 × 480 with boxes around their cells; no classes to train on.

Source: BCCD dataset of Shenggan and Cosmic Wisdom, github.com/Shenggan/BCCD_Dataset (MIT licence):
372 white cells, 4,155 red cells and 361 platelets in Pascal VOC boxes; no subject ids.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from leuko.data.dataset import locate, without_litter
from leuko.errors import DatasetError

ID = "bccd"
ADVICE = (
    "Get the public set 'BCCD' (github.com/Shenggan/BCCD_Dataset); the layout is "
    "JPEGImages/*.jpg with Annotations/*.xml."
)
WHITE_CELL, RED_CELL, PLATELET = "WBC", "RBC", "Platelets"
_OBJECT = re.compile(r"<object>.*?</object>", re.DOTALL)
_NAMED = re.compile(r"<name>\s*([^<]*?)\s*</name>")
_NUMBER = r"<{0}>\s*(-?\d+)(?:\.\d+)?\s*</{0}>"
_SIDES = ("xmin", "ymin", "xmax", "ymax")

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class SmearField:
    """A field and its cells.

    Attributes:
        path: of the picture.
        white_cells, red_cells, platelets: (left, top, right, bottom) of each, pixels.
    """

    path: Path
    white_cells: tuple[Box, ...]
    red_cells: tuple[Box, ...] = ()
    platelets: tuple[Box, ...] = ()


def read(data: Path) -> tuple[SmearField, ...]:
    """Find the fields, sorted by name.

    Args:
        data: the set's folder or a folder that holds ``bccd``.

    Raises:
        DatasetError: when the folder is not as published.
    """
    root = locate(data, (".", "bccd", "BCCD", "BCCD_Dataset/BCCD"), "JPEGImages", ADVICE)
    found = []
    for path in without_litter((root / "JPEGImages").glob("*.jpg"), root):
        notes = root / "Annotations" / f"{path.stem}.xml"
        boxes = _boxes(notes) if notes.is_file() else {}
        kinds = (boxes.get(kind, ()) for kind in (WHITE_CELL, RED_CELL, PLATELET))
        found.append(SmearField(path, *map(tuple, kinds)))
    if not found:
        raise DatasetError(f"'{root / 'JPEGImages'}' holds no JPEG files. {ADVICE}")
    return tuple(found)


def _boxes(notes: Path) -> dict[str, list[Box]]:
    """Boxes by name of cell; read by pattern, so that no entity of an XML file is ever expanded."""
    text = notes.read_text(encoding="utf-8", errors="replace")
    boxes: dict[str, list[Box]] = {}
    for block in _OBJECT.findall(text):
        named = _NAMED.search(block)
        if named is None or named[1] not in (WHITE_CELL, RED_CELL, PLATELET):
            continue
        sides = [re.search(_NUMBER.format(name), block) for name in _SIDES]
        numbers = [int(side[1]) for side in sides if side is not None]
        empty = len(numbers) == len(_SIDES) and (
            numbers[0] >= numbers[2] or numbers[1] >= numbers[3]
        )
        if empty and named[1] != WHITE_CELL:
            continue  # two red cells of the published set have such a box
        if empty or len(numbers) != len(_SIDES):
            raise DatasetError(f"'{notes}' holds a box without its four sides. {ADVICE}")
        boxes.setdefault(named[1], []).append((numbers[0], numbers[1], numbers[2], numbers[3]))
    return boxes
