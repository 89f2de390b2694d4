"""Masks of the cells of ALL-IDB2: cyan nucleus, blue cytoplasm, white elsewhere; one a picture.

Source: ground truth published in 2021 by github.com/lputzu (MIT licence): 260 files, each of the
size of its picture. Only the cell in the middle is drawn: leukocytes beside it are white like the
ground, so nothing that lies off the cell can count as a mistake of a segmentation.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from leuko.data.adapters import all_idb2
from leuko.data.dataset import found_in, locate, without_litter
from leuko.errors import DatasetError
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE, CellMask

ID = "all_idb2_masks"
ADVICE = (
    "Get the ground truth of ALL-IDB2 (github.com/lputzu); the layout is gt/Im001_1.tif beside "
    "the folder img of ALL-IDB2."
)
COLOURS = ((OUTSIDE, (255, 255, 255)), (CYTOPLASM, (0, 0, 255)), (NUCLEUS, (0, 255, 255)))
"""Red, green and blue of each value of a mask."""


@dataclass(frozen=True)
class MaskedPicture:
    """A picture of ALL-IDB2 with its mask.

    Attributes:
        image_id: as in :mod:`leuko.data.adapters.all_idb2`.
        label: ``Blast`` or ``Healthy``.
        group: pictures of one cell share it.
        picture: its file.
        mask: file of its mask.
    """

    image_id: str
    label: str
    group: str
    picture: Path
    mask: Path


def read(data: Path) -> tuple[MaskedPicture, ...]:
    """Find the pictures that have a mask, sorted by name.

    Args:
        data: a folder that holds ``all_idb2`` and ``all_idb2_masks``, or ``img`` and ``gt``.

    Raises:
        DatasetError: when pictures or masks are missing, or a mask has no picture.
    """
    root = locate(data, ("gt", "all_idb2_masks/gt", "all_idb2/gt", "ALL_IDB2/gt"), ".", ADVICE)
    samples = {sample.image_id: sample for sample in all_idb2.read(data).samples}
    found = []
    for path in without_litter(root.glob("*.tif*"), root):
        if path.stem not in samples:
            raise DatasetError(f"The mask '{path}' has no picture '{path.stem}.tif'. {ADVICE}")
        one = samples[path.stem]
        found.append(MaskedPicture(one.image_id, one.label, one.group, one.path, path))
    if not found:
        raise DatasetError(f"'{root}' holds no masks; found: {found_in(root)}. {ADVICE}")
    return tuple(found)


def read_mask(path: Path) -> CellMask:
    """A mask in the values of :mod:`leuko.inspection.cells.mask`; uint8 (H, W).

    Raises:
        DatasetError: when the file cannot be read, or holds another colour.
    """
    try:
        with Image.open(path) as image:
            colours = np.asarray(image.convert("RGB"))
    except OSError as problem:
        raise DatasetError(f"The mask '{path}' cannot be read: get it again. {ADVICE}") from problem
    mask = np.full(colours.shape[:2], OUTSIDE, np.uint8)
    known = np.zeros(colours.shape[:2], bool)
    for value, colour in COLOURS:
        here = (colours == np.array(colour, np.uint8)).all(axis=2)
        mask[here] = value
        known |= here
    if not known.all():
        row, column = np.argwhere(~known)[0]
        raise DatasetError(
            f"The mask '{path}' should be white, blue and cyan; found the colour "
            f"{tuple(map(int, colours[row, column]))}: get it again. {ADVICE}"
        )
    return mask
