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
WHITE_CELL = "WBC"
_OBJECT = re.compile(r"<object>.*?</object>", re.DOTALL)
_NUMBER = r"<{0}>\s*(-?\d+)(?:\.\d+)?\s*</{0}>"
_SIDES = ("xmin", "ymin", "xmax", "ymax")

Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class SmearField:
    """A field and its white cells.

    Attributes:
        path: of the picture.
        white_cells: (left, top, right, bottom) of each, pixels.
    """

    path: Path
    white_cells: tuple[Box, ...]


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
        found.append(SmearField(path, _boxes(notes) if notes.is_file() else ()))
    if not found:
        raise DatasetError(f"'{root / 'JPEGImages'}' holds no JPEG files. {ADVICE}")
    return tuple(found)


def _boxes(notes: Path) -> tuple[Box, ...]:
    """Boxes of white cells; read by pattern, so that no entity of an XML file is ever expanded."""
    text = notes.read_text(encoding="utf-8", errors="replace")
    boxes = []
    for block in _OBJECT.findall(text):
        if f"<name>{WHITE_CELL}</name>" not in block:
            continue
        sides = [re.search(_NUMBER.format(name), block) for name in _SIDES]
        numbers = [int(side[1]) for side in sides if side is not None]
        if len(numbers) != len(_SIDES) or numbers[0] >= numbers[2] or numbers[1] >= numbers[3]:
            raise DatasetError(f"'{notes}' holds a box without its four sides. {ADVICE}")
        boxes.append((numbers[0], numbers[1], numbers[2], numbers[3]))
    return tuple(boxes)
