"""Pictures that the finder is taught on: what is known of each pixel, and where the cells lie.

Drawings of pages, screens, noise and plots teach that not all that is dark or purple is a cell. Two
sources draw the cell in the middle by hand (wbc_segmentation, ALL-IDB2); what may be a
neighbour there is unknown, not background. Two sources give boxes (BCCD, TXL-PBC): all that lies
outside the boxes of leukocytes is certainly none, and inside, what is surely nucleus or surely cell
is known by colour and place, the rest unknown.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import BytePlane, Pixels
from leuko.calibration.kind.synthetic_negatives import draw_other
from leuko.data.adapters import all_idb2_masks, bccd, txl_pbc, wbc_segmentation
from leuko.data.audit.near_duplicates import HASH_BITS, fingerprint
from leuko.data.kind_pictures import is_held_out
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.mask import NUCLEUS, OUTSIDE, CellMask
from leuko.inspection.cells.stain import measure_densities
from leuko.settings import Limits

NUCLEUS_PX: Final = 40.0
"""Diameter of the nucleus that pictures are brought to before they are kept; never enlarged."""
FULL: Final = 255
DRAWN_FAMILIES: Final = ("blank", "noise", "page", "plot", "screen", "shapes")
"""Without those that imitate tissue and cells."""
DRAWINGS: Final = 20
TAUGHT_SIDE: Final = "train"
NEAR_BITS: Final = 60
"""Of 256, in which a near copy differs at most; 128 differ by chance, with a deviation of 8."""
SURELY_CELL, SURELY_OUTSIDE = 0.7, 1.2
"""Of the ellipse in a box of a cell."""
PURPLE_GAP: Final = (0.5, 1.1)
"""Of the threshold between nucleus and the rest: between them a pixel is unknown."""
PURPLE_SMOOTH_PX: Final = 1.5
NUCLEUS_OF_BOX: Final = 0.62
"""Usual diameter of a nucleus by the side of the box of its cell."""
NEIGHBOUR_PURPLE: Final = 15
NEIGHBOUR_AREA: Final = 0.15
"""Of the drawn nucleus: what is purple and smaller is a platelet or dirt."""
NEIGHBOUR_RADII: Final = 0.6


@dataclass(frozen=True, eq=False)
class Instance:
    """A cell as an ellipse.

    Attributes:
        centre: x, y.
        spread: (2, 2), so that centre and spread move together under any affine map; the ellipse
            is where ``d @ inv(spread) @ d`` is 1.
    """

    centre: NDArray[np.float64]
    spread: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class TeachingPicture:
    """One picture as it is kept for training.

    Attributes:
        laboratory: where it comes from.
        name: of its file.
        held_out: whether it is kept for measuring.
        densities: uint8 (h, w, 3), hundredths.
        labels: uint8 (h, w, 4), 0 or 255: nucleus, cell, nucleus known, cell known.
        instances: the cells.
        nucleus_px: usual diameter of a nucleus in it.
        masked: whether the cell was drawn by hand, so that it may be pasted elsewhere.
    """

    laboratory: str
    name: str
    held_out: bool
    densities: Pixels
    labels: NDArray[np.uint8]
    instances: tuple[Instance, ...]
    nucleus_px: float
    masked: bool


def read_teaching(data: Path, limits: Limits) -> Iterator[TeachingPicture]:
    """Every picture that teaches, from the data sets that a folder holds.

    Raises:
        DatasetError: when one of the four sets is missing or not as published.
    """
    yield from drawings()
    for drawn in wbc_segmentation.read(data):
        mask = wbc_segmentation.read_mask(drawn.mask)
        pixels = read_picture(drawn.picture, limits).pixels
        # What the rules were tuned on teaches; what was held out then is held out here.
        yield from_mask("wbc_segmentation", drawn.picture.stem, not drawn.seen, pixels, mask)
    for one in all_idb2_masks.read(data):
        mask = all_idb2_masks.read_mask(one.mask)
        pixels = read_picture(one.picture, limits).pixels
        held_out = is_held_out("all_idb2", one.group)
        yield from_mask("all_idb2", one.image_id, held_out, pixels, mask)
    boxed = txl_pbc.read(data)
    kept = [one for one in boxed if one.side != TAUGHT_SIDE]
    kept_prints = _prints(kept, limits)
    for field in bccd.read(data):
        pixels = read_picture(field.path, limits).pixels
        held_out = _is_near(pixels, kept_prints)
        yield from_boxes("bccd", field.path.stem, held_out, pixels, field.white_cells)
    for boxed_one in boxed:
        if boxed_one.source not in (txl_pbc.ACEVEDO, txl_pbc.RAABIN):
            continue  # the others show the fields of BCCD again
        pixels = read_picture(boxed_one.path, limits).pixels
        held_out = boxed_one.side != TAUGHT_SIDE or _is_near(pixels, kept_prints)
        yield from_boxes(
            boxed_one.source, boxed_one.path.stem, held_out, pixels, boxed_one.white_cells
        )


def drawings() -> Iterator[TeachingPicture]:
    """Drawn pictures without a cell."""
    for family in DRAWN_FAMILIES:
        for seed in range(DRAWINGS):
            pixels = draw_other(family, seed)
            yield from_boxes("drawn", f"{family} {seed}", False, pixels, ())


def _prints(pictures: Sequence[txl_pbc.BoxedPicture], limits: Limits) -> NDArray[np.bool_]:
    """Fingerprints of pictures as they are and mirrored, (n, 256)."""
    prints = []
    for one in pictures:
        pixels = read_picture(one.path, limits).pixels
        turned = (pixels, pixels[:, ::-1], pixels[::-1], pixels[::-1, ::-1])
        prints += [fingerprint(np.ascontiguousarray(way)) for way in turned]
    return np.array(prints, np.bool_).reshape(-1, HASH_BITS)


def _is_near(pixels: Pixels, prints: NDArray[np.bool_]) -> bool:
    """Whether a picture is a near copy of one of these."""
    differing = np.count_nonzero(prints != fingerprint(pixels), axis=1)
    return bool((differing <= NEAR_BITS).any())


def from_mask(
    laboratory: str, name: str, held_out: bool, pixels: Pixels, mask: CellMask
) -> TeachingPicture:
    """A picture whose one cell was drawn by hand."""
    nucleus_px = float(2 * np.sqrt((mask == NUCLEUS).sum() / np.pi))
    pixels, mask, scale = _reduce(pixels, mask, nucleus_px)
    densities = measure_densities(pixels)
    known = np.where(_neighbours(densities, mask, nucleus_px * scale), 0, FULL)
    labels = np.stack(
        [np.where(mask == NUCLEUS, FULL, 0), np.where(mask != OUTSIDE, FULL, 0), known, known],
        axis=2,
    ).astype(np.uint8)
    rows, columns = np.nonzero(mask != OUTSIDE)
    points = np.stack([columns, rows]).astype(np.float64)
    instance = Instance(points.mean(axis=1), 4 * np.cov(points))
    return TeachingPicture(
        laboratory, name, held_out, densities, labels, (instance,), nucleus_px * scale, masked=True
    )


def from_boxes(
    laboratory: str,
    name: str,
    held_out: bool,
    pixels: Pixels,
    boxes: Sequence[tuple[int, int, int, int]],
) -> TeachingPicture:
    """A picture whose cells have boxes: (left, top, right, bottom), pixels."""
    sides = [max(box[2] - box[0], box[3] - box[1]) for box in boxes]
    usual = float(np.median(sides)) if sides else max(pixels.shape[:2]) / 5
    nucleus_px = NUCLEUS_OF_BOX * usual
    empty = np.full(pixels.shape[:2], OUTSIDE, np.uint8)
    pixels, _, scale = _reduce(pixels, empty, nucleus_px)
    densities = measure_densities(pixels)
    labels = np.zeros((*densities.shape[:2], 4), np.uint8)
    labels[..., 2:] = FULL
    purple = np.asarray(cv2.GaussianBlur(_purple(densities), (0, 0), PURPLE_SMOOTH_PX), np.uint8)
    instances = []
    for box in boxes:
        left, top, right, bottom = (side * scale for side in box)
        centre = np.array([(left + right) / 2, (top + bottom) / 2])
        radii = np.array([(right - left) / 2, (bottom - top) / 2])
        instances.append(Instance(centre, np.diag(radii**2)))
        _label_box(labels, purple, centre, radii)
    return TeachingPicture(
        laboratory, name, held_out, densities, labels, tuple(instances), nucleus_px * scale, False
    )


def _label_box(
    labels: NDArray[np.uint8],
    purple: BytePlane,
    centre: NDArray[np.float64],
    radii: NDArray[np.float64],
) -> None:
    """Write what is known of the cell in one box."""
    height, width = purple.shape
    left, top = np.maximum(np.floor(centre - 1.1 * radii), 0).astype(int)
    right, bottom = np.ceil(centre + 1.1 * radii).astype(int) + 1
    window = np.s_[top : min(bottom, height), left : min(right, width)]
    rows, columns = np.mgrid[window]
    away = np.hypot((columns - centre[0]) / radii[0], (rows - centre[1]) / radii[1])
    inside = purple[window]
    sample = np.ascontiguousarray(inside[away < 1]).reshape(-1, 1)
    if sample.size == 0:
        return
    level = cv2.threshold(sample, 0, 1, cv2.THRESH_BINARY | cv2.THRESH_OTSU)[0]
    nucleus = (inside > PURPLE_GAP[1] * level) & (away < 1)
    part = labels[window]  # a view: what is written here is written there
    part[nucleus, 0] = FULL
    unsure = (inside > PURPLE_GAP[0] * level) & ~nucleus & (away < SURELY_OUTSIDE)
    part[unsure, 2] = 0
    cell = (away < SURELY_CELL) | nucleus
    part[cell, 1] = FULL
    part[~cell & (away < SURELY_OUTSIDE), 3] = 0


def _reduce(pixels: Pixels, mask: CellMask, nucleus_px: float) -> tuple[Pixels, CellMask, float]:
    """Picture and mask with nuclei of ``NUCLEUS_PX``, where they are larger, and the scale."""
    scale = NUCLEUS_PX / max(nucleus_px, 1)
    if scale >= 1:
        return pixels, mask, 1.0
    height, width = mask.shape
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return (
        np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8),
        np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8),
        scale,
    )


def _purple(densities: Pixels) -> BytePlane:
    return np.asarray(cv2.subtract(densities[..., 1], densities[..., 2]), np.uint8)


def _neighbours(densities: Pixels, mask: CellMask, nucleus_px: float) -> NDArray[np.bool_]:
    """Where a cell that was not drawn may lie."""
    purple = np.asarray(cv2.GaussianBlur(_purple(densities), (3, 3), 0))
    drawn = cv2.dilate((mask != OUTSIDE).astype(np.uint8), np.ones((5, 5), np.uint8))
    beside = ((purple > NEIGHBOUR_PURPLE) & (drawn == 0)).astype(np.uint8)
    count, labels, statistics, _ = cv2.connectedComponentsWithStats(beside)
    least = NEIGHBOUR_AREA * np.pi * (nucleus_px / 2) ** 2
    large = np.array(statistics[:, cv2.CC_STAT_AREA] >= least)
    large[0] = False
    seeds = large[labels]
    if count < 2 or not seeds.any():  # noqa: PLR2004  the first is the background
        return np.zeros(mask.shape, np.bool_)
    away = cv2.distanceTransform((~seeds).astype(np.uint8), cv2.DIST_L2, 3)
    near: NDArray[np.bool_] = (away < NEIGHBOUR_RADII * nucleus_px) & (mask == OUTSIDE)
    return near
