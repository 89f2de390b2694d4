"""Leukocytes with hand-drawn masks of nucleus and cytoplasm, to measure a segmentation on.

Source: Zheng, Wang, Wang, Liu (2018), Fast and robust segmentation of white blood cell images by
self-supervised learning, Micron 107:55-71; github.com/zxaoyou/segmentation_WBC. Folder "Dataset 1":
300 single cells, about 120 x 120, of Jiangxi Tecom Science Corporation, mostly on yellow ground;
"Dataset 2": 100 pictures of 300 x 300 from the CellaVision blog. Masks are white on nuclei, grey on
cytoplasm, black elsewhere, "sketched by domain experts". A table beside each set names the class of
each cell; haematologists did not check these labels a second time.

Leakage: 112 and 139 of Dataset 1 are the same picture. Picture numbers follow the two looks of the
set, so a split by even and odd numbers gives both sides of both.
"""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from leuko import cell_classes as cells
from leuko.data.dataset import (
    Dataset,
    Sample,
    found_in,
    hash_file,
    join_copies,
    without_litter,
)
from leuko.errors import DatasetError
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE, CellMask
from leuko.labels import InputKind

ID = "wbc_segmentation"
NAMES = ("Dataset 1", "Dataset 2")
ADVICE = (
    "Get it from github.com/zxaoyou/segmentation_WBC; the layout is 'Dataset 1/001.bmp' with its "
    "mask 'Dataset 1/001.png'."
)
CYTOPLASM_FROM, NUCLEUS_FROM = 64, 192
"""Grey values of a mask; published are 128 and 255."""
LABELS = {
    "1": cells.NEUTROPHIL,
    "2": cells.LYMPHOCYTE,
    "3": cells.MONOCYTE,
    "4": cells.EOSINOPHIL,
    "5": cells.BASOPHIL,
}
"""Classes by the number in a table."""
_NUMBER = re.compile(r"^(\d+)\.(bmp|jpe?g|tiff?)$", re.IGNORECASE)


@dataclass(frozen=True)
class MaskedPicture:
    """A picture with its hand-drawn mask.

    Attributes:
        dataset: one of ``NAMES``.
        number: in the data set.
        picture: its file.
        mask: file of its mask.
        seen: whether the segmentation was tuned while looking at it.
    """

    dataset: str
    number: int
    picture: Path
    mask: Path
    seen: bool


def read(data: Path) -> tuple[MaskedPicture, ...]:
    """Find the pictures of the data sets that are there.

    Odd numbers of Dataset 1, and copies of them, are those that the segmentation was tuned on;
    even numbers and all of Dataset 2 are held out.

    Args:
        data: the folder that holds "Dataset 1", or a folder that holds ``wbc_segmentation``.

    Raises:
        DatasetError: when there is no data set or a picture has no mask.
    """
    if not data.is_dir():
        raise DatasetError(f"No folder '{data}': give the folder of the data set. {ADVICE}")
    for root in (data, data / "wbc_segmentation", data / "segmentation_WBC"):
        found = [picture for name in NAMES for picture in _read_one(root, name)]
        if found:
            return tuple(found)
    raise DatasetError(f"'{data}' holds no 'Dataset 1'; found: {found_in(data)}. {ADVICE}")


def read_labelled(data: Path) -> Dataset:
    """The pictures as a data set of single cells, each with the class that its table names.

    The laboratory of Dataset 2, whose pictures come from elsewhere, is ``wbc_segmentation_2``.

    Args:
        data: as for :func:`read`.

    Raises:
        DatasetError: when there is no data set, no table, or a picture without its class.
    """
    samples, tables = [], {}
    for one in read(data):
        if one.dataset not in tables:
            tables[one.dataset] = _read_table(one.picture.parent, one.dataset)
        label = tables[one.dataset].get(one.number)
        if label is None:
            raise DatasetError(
                f"The table of {one.dataset} names no class of '{one.picture}'. {ADVICE}"
            )
        number = NAMES.index(one.dataset) + 1
        name = f"{number}-{one.number:03d}"
        laboratory = ID if number == 1 else f"{ID}_{number}"
        content = hash_file(one.picture)
        samples.append(Sample(name, one.picture, label, name, content, laboratory=laboratory))
    return Dataset(
        id=ID,
        title="WBC segmentation",
        kind=InputKind.CROP,
        classes=cells.class_set(),
        samples=join_copies(sorted(samples, key=lambda sample: sample.image_id)),
        group_meaning="single picture (byte-identical copies joined; no patient id is published)",
        sequential=False,
        licence="none is stated; Jiangxi Tecom Science Corporation is to be acknowledged",
        source="Zheng et al. 2018, Micron 107:55-71",
        notes=(
            "No patient id is published: cells of one patient may stand in training and test.",
            "The labels were not checked a second time by haematologists.",
        ),
        label_sets=cells.LABEL_SETS,
    )


def _read_table(folder: Path, name: str) -> dict[int, str]:
    """Class by picture number, from the table beside a folder of pictures."""
    names = (f"Class Labels of {name}.csv", f"class_labels_{name.lower().replace(' ', '_')}.csv")
    table = next((p for n in names if (p := folder.parent / n).is_file()), None)
    if table is None:
        raise DatasetError(f"'{folder.parent}' holds no table '{names[0]}'. {ADVICE}")
    text = table.read_text(encoding="utf-8-sig", errors="replace")
    labels = {}
    for row in list(csv.reader(text.splitlines()))[1:]:
        words = [word.strip() for word in row]
        if len(words) != 2 or not words[0].isdecimal() or words[1] not in LABELS:  # noqa: PLR2004
            raise DatasetError(
                f"'{table}' should hold a picture's number and a class, 1 to {len(LABELS)}, in "
                f"each row; found: {', '.join(words)}. {ADVICE}"
            )
        labels[int(words[0])] = LABELS[words[1]]
    return labels


def read_mask(path: Path) -> CellMask:
    """A hand-drawn mask in the values of :mod:`leuko.inspection.cells.mask`; uint8 (H, W).

    Raises:
        DatasetError: when the file cannot be read as a picture.
    """
    try:
        with Image.open(path) as image:
            grey = np.asarray(image.convert("L"))
    except OSError as problem:
        raise DatasetError(f"The mask '{path}' cannot be read: get it again. {ADVICE}") from problem
    mask = np.full(grey.shape, OUTSIDE, np.uint8)
    mask[grey >= CYTOPLASM_FROM] = CYTOPLASM
    mask[grey >= NUCLEUS_FROM] = NUCLEUS
    return mask


def _read_one(root: Path, name: str) -> list[MaskedPicture]:
    folders = [root / name, root / name.lower().replace(" ", "_")]
    folder = next((folder for folder in folders if folder.is_dir()), None)
    if folder is None:
        return []
    there = without_litter(folder.iterdir(), folder)
    files = [(int(match[1]), path) for path in there if (match := _match(path))]
    seen = _seen_hashes(files) if name == NAMES[0] else frozenset()
    pictures = []
    for number, path in sorted(files):
        mask = path.with_suffix(".png")
        if not mask.is_file():
            raise DatasetError(f"'{path}' has no mask '{mask.name}' beside it. {ADVICE}")
        pictures.append(MaskedPicture(name, number, path, mask, hash_file(path) in seen))
    return pictures


def _match(path: Path) -> re.Match[str] | None:
    return _NUMBER.match(path.name)


def _seen_hashes(files: Sequence[tuple[int, Path]]) -> frozenset[str]:
    return frozenset(hash_file(path) for number, path in files if number % 2)
