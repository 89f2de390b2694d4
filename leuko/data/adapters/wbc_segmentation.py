"""Leukocytes with hand-drawn masks of nucleus and cytoplasm, to measure a segmentation on.

Source: Zheng, Wang, Wang, Liu (2018), Fast and robust segmentation of white blood cell images by
self-supervised learning, Micron 107:55-71; github.com/zxaoyou/segmentation_WBC. Folder "Dataset 1":
300 single cells, about 120 x 120, of Jiangxi Tecom Science Corporation, mostly on yellow ground;
"Dataset 2": 100 pictures of 300 x 300 from the CellaVision blog. Masks are white on nuclei, grey on
cytoplasm, black elsewhere, "sketched by domain experts".

Leakage: 112 and 139 of Dataset 1 are the same picture. Picture numbers follow the two looks of the
set, so a split by even and odd numbers gives both sides of both.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from leuko.data.dataset import found_in, hash_file, without_litter
from leuko.errors import DatasetError
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE, CellMask

NAMES = ("Dataset 1", "Dataset 2")
ADVICE = (
    "Get it from github.com/zxaoyou/segmentation_WBC; the layout is 'Dataset 1/001.bmp' with its "
    "mask 'Dataset 1/001.png'."
)
CYTOPLASM_FROM, NUCLEUS_FROM = 64, 192
"""Grey values of a mask; published are 128 and 255."""
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
