"""TXL-PBC: pictures of four public sets with boxes of white cells, red cells and platelets.

Source: Gan, Li (2024), TXL-PBC: a freely accessible labeled peripheral blood cell dataset,
arXiv:2407.13214, github.com/lugan113/TXL-PBC_Dataset (MIT licence): 1,440 pictures, 1,260 in its
second version, of BCCD, BCD, Acevedo PBC and Raabin-WBC with boxes in YOLO's form, drawn by a
detector and corrected by hand. Divided into ``train``, ``val`` and ``test`` by its makers.

Which source a picture comes from is not published; its size says so (measured on 900 pictures):

==========  ========  ========================================================================
size, px    pictures  source
==========  ========  ========================================================================
640 x 480        137  BCCD: each is byte for byte one of the 364 fields of that set
416 x 416        148  BCD: fields of BCCD squeezed to a square, part of them mirrored, sheared and
                      recoloured; 56 are near copies of a field as they stand
360 x 363        295  Acevedo: 50 are byte for byte among the 2,900 cells at hand
366 x 369          9  Acevedo, on another ground: 3 likewise; 40 of those at hand have that size
575 x 575        311  Raabin: other ground (pink and yellow), other compression, red cells of 125
                      pixels; near none of the other sets
==========  ========  ========================================================================

The 53 cells of Acevedo that it repeats are band neutrophils, eosinophils, basophils, lymphocytes
and monocytes, none of them immature.

Leakage: besides these repeats, 37 pairs of one picture of BCD and one of BCCD are near copies
inside the set, and so are two pairs of Raabin. The division of the makers does not keep them
together.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from leuko.data.dataset import locate, without_litter
from leuko.data.picture_size import read_size
from leuko.errors import DatasetError

ID = "txl_pbc"
SIDES = ("train", "val", "test")
WHITE_CELL, RED_CELL, PLATELET = 0, 1, 2
BCCD, BCD, ACEVEDO, RAABIN = "bccd", "bcd", "acevedo", "raabin"
SOURCE_OF_SIZE = {
    (640, 480): BCCD,
    (416, 416): BCD,
    (360, 363): ACEVEDO,
    (360, 360): ACEVEDO,
    (366, 369): ACEVEDO,
    (369, 366): ACEVEDO,
    (575, 575): RAABIN,
}
"""Source of a picture by its width and height, pixels."""
UNKNOWN = ""
ADVICE = (
    "Get the public set 'TXL-PBC' (github.com/lugan113/TXL-PBC_Dataset); the layout is "
    "TXL-PBC/images/train/*.jpg with TXL-PBC/labels/train/*.txt."
)
_PICTURES = frozenset({".jpg", ".jpeg", ".png"})

Corners = tuple[int, int, int, int]
"""(left, top, right, bottom), pixels."""


@dataclass(frozen=True)
class BoxedPicture:
    """A picture and the boxes of its cells.

    Attributes:
        path: of the picture.
        side: ``train``, ``val`` or ``test``, as its makers divided the set.
        source: which set it was taken from; ``UNKNOWN`` for a size that none of them has.
        white_cells, red_cells, platelets: (left, top, right, bottom) of each, pixels, inside the
            picture.
    """

    path: Path
    side: str
    source: str
    white_cells: tuple[Corners, ...]
    red_cells: tuple[Corners, ...]
    platelets: tuple[Corners, ...]


def read(data: Path) -> tuple[BoxedPicture, ...]:
    """Find the pictures, sorted by side and name.

    Args:
        data: the set's folder or a folder that holds ``txl_pbc``.

    Raises:
        DatasetError: when the folder is not as published, or a picture or its boxes cannot be read.
    """
    names = (".", "TXL_PBC", "TXL-PBC", "txl_pbc/TXL_PBC", "TXL-PBC_Dataset/TXL-PBC")
    root = locate(data, names, "images", ADVICE)
    found = [picture for side in SIDES for picture in _read_side(root, side)]
    if not found:
        raise DatasetError(f"'{root / 'images'}' holds no pictures. {ADVICE}")
    return tuple(found)


def _read_side(root: Path, side: str) -> Iterator[BoxedPicture]:
    for path in without_litter((root / "images" / side).glob("*"), root):
        if path.suffix.lower() not in _PICTURES:
            continue
        labels = root / "labels" / side / f"{path.stem}.txt"
        if not labels.is_file():
            raise DatasetError(
                f"'{path}' has no boxes '{labels.name}' in '{labels.parent}'. {ADVICE}"
            )
        size = read_size(path)
        boxes = _boxes(labels, *size)
        yield BoxedPicture(
            path=path,
            side=side,
            source=SOURCE_OF_SIZE.get(size, UNKNOWN),
            white_cells=tuple(box for kind, box in boxes if kind == WHITE_CELL),
            red_cells=tuple(box for kind, box in boxes if kind == RED_CELL),
            platelets=tuple(box for kind, box in boxes if kind == PLATELET),
        )


def _boxes(labels: Path, width_px: int, height_px: int) -> list[tuple[int, Corners]]:
    """Class and corners of each line ``class x y width height``, fractions of the picture."""
    boxes = []
    for line in labels.read_text(encoding="utf-8", errors="replace").splitlines():
        if not line.strip():
            continue
        try:
            kind, x, y, width, height = (float(word) for word in line.split())
        except ValueError as problem:
            raise DatasetError(f"'{labels}' holds the line '{line[:80]}'. {ADVICE}") from problem
        left, right = _sides(x, width, width_px)
        top, bottom = _sides(y, height, height_px)
        if kind not in (WHITE_CELL, RED_CELL, PLATELET) or left >= right or top >= bottom:
            raise DatasetError(f"'{labels}' holds the line '{line[:80]}'. {ADVICE}")
        boxes.append((int(kind), (left, top, right, bottom)))
    return boxes


def _sides(middle: float, length: float, whole_px: int) -> tuple[int, int]:
    """First and last edge of a box along one axis, pixels, inside the picture."""
    ends = (middle - length / 2, middle + length / 2)
    first, last = (round(whole_px * min(max(end, 0.0), 1.0)) for end in ends)
    return first, last
