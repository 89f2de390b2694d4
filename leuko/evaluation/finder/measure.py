"""Run the finder over pictures whose cells are known."""

import hashlib
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from leuko.arrays import Pixels
from leuko.data.adapters import all_idb2, all_idb2_masks, bccd, txl_pbc, wbc_segmentation
from leuko.data.kind_pictures import is_held_out
from leuko.errors import DatasetError
from leuko.evaluation.finder.figures import FieldCount, MaskDice, Speed, TwinRecord
from leuko.evaluation.finder.matching import Corners, corners, count_matches
from leuko.evaluation.segmentation import dice, summarise_dice
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.finder import find_leukocytes
from leuko.inspection.cells.found import Cell, FoundCells
from leuko.inspection.cells.mask import NUCLEUS, OUTSIDE, CellMask
from leuko.inspection.cells.network import FinderRecord
from leuko.settings import Limits

WBC_SEGMENTATION: Final = wbc_segmentation.ID
REPEATS: Final = 3
WHOLE_CELL, NUCLEUS_REGION = "whole cell", "nucleus"
LABORATORIES: Final = {
    bccd.ID: "bccd",
    f"{txl_pbc.ID}, {txl_pbc.BCCD}": "bccd",
    f"{txl_pbc.ID}, {txl_pbc.BCD}": "bccd",
    f"{txl_pbc.ID}, {txl_pbc.ACEVEDO}": "acevedo",
    f"{txl_pbc.ID}, {txl_pbc.RAABIN}": "raabin",
    WBC_SEGMENTATION: WBC_SEGMENTATION,
    all_idb2.ID: all_idb2.ID,
}
"""Laboratory of each set; what shares one is left out together."""


@dataclass(frozen=True)
class Twin:
    """A network that was trained without a laboratory.

    Attributes:
        content: of its file.
        record: what it was trained on.
    """

    content: bytes
    record: TwinRecord


@dataclass(frozen=True)
class BoxedField:
    """A picture with boxes of its leukocytes.

    Attributes:
        set: data set, and the source within it.
        side: ``train``, ``val`` or ``test`` where its makers divided the set, else empty.
        path: of the picture.
        boxes: (left, top, right, bottom), pixels.
    """

    set: str
    side: str
    path: Path
    boxes: tuple[Corners, ...]


@dataclass(frozen=True)
class MaskedCell:
    """A picture with a mask of the cell in its middle.

    Attributes:
        laboratory: by name.
        held_out: whether the installed network was trained without it.
        path: of the picture.
        read_mask: gives the mask.
    """

    laboratory: str
    held_out: bool
    path: Path
    read_mask: Callable[[], CellMask]


def read_twin(path: Path, laboratory: str) -> Twin:
    """Read a network and the record that ``train-finder`` wrote beside it.

    Raises:
        DatasetError: when the record is missing, is another network's, or names the laboratory.
    """
    content = path.read_bytes()
    try:
        record = FinderRecord.model_validate_json(path.with_suffix(".json").read_bytes())
    except (OSError, ValidationError) as problem:
        raise DatasetError(
            f"'{path}' has no record '{path.stem}.json' beside it: make both anew by train-finder."
        ) from problem
    sha256 = hashlib.sha256(content).hexdigest()
    if sha256 != record.sha256 or laboratory in record.pictures:
        raise DatasetError(
            f"'{path}' was not trained without {laboratory}, as its record says: make it anew by "
            f"train-finder --without {laboratory}."
        )
    return Twin(
        content,
        TwinRecord(
            without=laboratory,
            sha256=sha256,
            laboratories=tuple(record.pictures),
            steps=record.steps,
        ),
    )


def boxed_fields(data: Path) -> Iterator[BoxedField]:
    """Pictures with boxes: BCCD and the sources of TXL-PBC.

    Raises:
        DatasetError: when one of the two is missing or not as published.
    """
    for field in bccd.read(data):
        yield BoxedField(bccd.ID, "", field.path, field.white_cells)
    for one in txl_pbc.read(data):
        if one.source != txl_pbc.UNKNOWN:
            name = f"{txl_pbc.ID}, {one.source}"
            yield BoxedField(name, one.side, one.path, one.white_cells)


def masked_cells(data: Path) -> Iterator[MaskedCell]:
    """Pictures with hand-drawn masks: wbc_segmentation and ALL-IDB2.

    Raises:
        DatasetError: when one of the two is missing or not as published.
    """
    for drawn in wbc_segmentation.read(data):
        yield MaskedCell(
            WBC_SEGMENTATION,
            not drawn.seen,
            drawn.picture,
            lambda path=drawn.mask: wbc_segmentation.read_mask(path),  # type: ignore[misc]
        )
    for one in all_idb2_masks.read(data):
        yield MaskedCell(
            all_idb2.ID,
            is_held_out(all_idb2.ID, one.group),
            one.picture,
            lambda path=one.mask: all_idb2_masks.read_mask(path),  # type: ignore[misc]
        )


def count_field(
    field: BoxedField, limits: Limits, network: bytes | None, *, left_out: bool
) -> FieldCount:
    """Find the leukocytes of one picture and compare with its boxes.

    Args:
        field: with its file.
        limits: bounds for reading it.
        network: content of the network's file; None for the installed one.
        left_out: whether that was trained without this laboratory.
    """
    found = find_leukocytes(read_picture(field.path, limits).pixels, network)
    return FieldCount(
        set=field.set,
        picture=field.path.stem,
        left_out=left_out,
        true=len(field.boxes),
        found=len(found.cells),
        matched=count_matches(field.boxes, corners(found)),
    )


def overlap(cell: MaskedCell, limits: Limits, network: bytes | None = None) -> tuple[float, float]:
    """Dice of the whole cell and of its nucleus; 0 where none was found.

    Compared is the found cell whose nucleus is nearest to the drawn cell's middle.
    """
    drawn = cell.read_mask()
    found = find_leukocytes(read_picture(cell.path, limits).pixels, network)
    if not found.cells:
        return 0.0, 0.0
    rows, columns = np.nonzero(drawn != OUTSIDE)
    nearest = _nearest(found, (float(columns.mean()), float(rows.mean())))
    whole, nucleus = rasterise(nearest, (drawn.shape[0], drawn.shape[1]))
    return dice(whole, drawn != OUTSIDE), dice(nucleus, drawn == NUCLEUS)


def _nearest(found: FoundCells, place: tuple[float, float]) -> Cell:
    return min(
        found.cells,
        key=lambda cell: np.hypot(cell.centre[0] - place[0], cell.centre[1] - place[1]),
    )


def rasterise(cell: Cell, shape: tuple[int, int]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Pixels of a cell and of its nucleus in a picture of ``shape``, each (H, W)."""
    whole, nucleus = np.zeros(shape, np.uint8), np.zeros(shape, np.uint8)
    cv2.fillPoly(whole, [cell.outline], 1)
    for lobe in cell.nucleus:
        cv2.fillPoly(nucleus, [lobe], 1)
    return whole > 0, nucleus > 0


def summarise_overlaps(
    laboratory: str, overlaps: Sequence[tuple[float, float]], *, left_out: bool
) -> list[MaskDice]:
    """Figures of the pictures of one laboratory, at least one: whole cell and nucleus."""
    found = []
    for region, values in zip(
        (WHOLE_CELL, NUCLEUS_REGION), zip(*overlaps, strict=True), strict=True
    ):
        summary = summarise_dice(values)
        found.append(
            MaskDice(
                laboratory=laboratory,
                left_out=left_out,
                region=region,
                pictures=len(values),
                mean=summary.mean,
                low=summary.low,
                high=summary.high,
                median=summary.median,
                fifth_percentile=summary.fifth_percentile,
                worst=summary.worst,
            )
        )
    return found


def _seconds(pixels: Pixels) -> float:
    start = time.process_time()
    find_leukocytes(pixels)
    return time.process_time() - start


def time_search(name: str, paths: Sequence[Path], limits: Limits) -> Speed:
    """Time the search on pictures, at least one; of each the fastest of a few runs counts.

    Processor time of all threads together: the time by the clock on one processor, which on two
    is shorter, and hardly longer when others use the machine.
    """
    seconds, sizes = [], []
    for path in paths:
        pixels = read_picture(path, limits).pixels
        seconds.append(min(_seconds(pixels) for _ in range(REPEATS)))
        sizes.append(pixels.shape[:2])
    height, width = (int(side) for side in np.median(np.array(sizes), axis=0))
    megapixels = sum(one * other for one, other in sizes) / 1e6
    return Speed(
        set=name,
        width_px=width,
        height_px=height,
        pictures=len(paths),
        milliseconds=round(1000 * float(np.median(seconds)), 1),
        milliseconds_per_megapixel=round(1000 * sum(seconds) / megapixels, 1),
        threads=cv2.getNumThreads(),
    )
