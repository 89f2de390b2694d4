"""Pictures made from others, so that the kind gate learns shape and scale instead of a set's looks.

Every public set shows one kind alone: without these, "yellow" would mean crop and "square" field.
"""

from collections import Counter
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels
from leuko.data.kind_pictures import KindSource
from leuko.inspection.cells.mask import CellMask
from leuko.inspection.cells.segmentation import find_cells
from leuko.inspection.pyramid import shrink
from leuko.labels import InputKind

Random = np.random.Generator
Made = tuple[str, InputKind | None, Pixels]

AS_PUBLISHED = "as published"
JITTERED, CUT_OUT, BLACKENED, PART = "jittered", "cut out", "blackened", "part"
MOSAIC = "mosaic"
MOSAIC_SIDES = {InputKind.FIELD: (1.6, 3.0), InputKind.CROP: (3.0, 5.5)}
"""Side of a mirrored mosaic by that of the picture it is made from."""
CROP_MARGINS = (1.15, 1.9)
"""Side of a made crop by the longer side of the cell's box."""
LEAST_CELL_PX = 24
MADE_OF = 750
"""Pictures of one collection that others are made from, about; more would add little but time."""
HALF = 0.5


def made_every(sources: Sequence[KindSource]) -> dict[str, int]:
    """By collection: every how many pictures others are made from one."""
    counts = Counter(source.collection for source in sources)
    return {name: max(1, round(count / MADE_OF)) for name, count in counts.items()}


def variants(source: KindSource, pixels: Pixels, seed: int, *, made: bool = True) -> Iterator[Made]:
    """Pictures made from one: their name, kind and pixels; the picture itself first.

    Args:
        source: what is known about the picture.
        pixels: uint8 (H, W, 3).
        seed: of all that is random.
        made: whether to make any; otherwise the picture itself is all.
    """
    rng = np.random.default_rng(seed)
    yield AS_PUBLISHED, source.kind, pixels
    if not made:
        return
    yield JITTERED, source.kind, _jitter(pixels, rng, stain=source.kind is not None)
    if source.kind is None:
        for _ in range(2):
            yield PART, None, _jitter(_part(pixels, rng), rng, stain=False)
    elif source.kind is not InputKind.SEGMENTED:
        yield from _of_smear(source, source.kind, pixels, rng)


def _of_smear(source: KindSource, kind: InputKind, pixels: Pixels, rng: Random) -> Iterator[Made]:
    """Pictures of any kind from a field or a crop."""
    cells = find_cells(shrink(pixels))
    if kind is InputKind.FIELD:
        yield PART, kind, _jitter(_part(pixels, rng, least=0.75), rng)
        boxes = list(source.boxes) or _boxes(cells, pixels)
        crop = _cut_out(pixels, boxes[int(rng.integers(len(boxes)))], rng) if boxes else None
        if crop is not None and min(crop.shape[:2]) >= LEAST_CELL_PX:
            yield CUT_OUT, InputKind.CROP, _jitter(crop, rng)
    if kind is InputKind.CROP or rng.random() < HALF:
        yield MOSAIC, InputKind.FIELD, _jitter(_mosaic(pixels, kind, rng), rng)
    if rng.random() < HALF:
        black = _blacken(pixels, cells, rng)
        if black is not None:
            yield BLACKENED, InputKind.SEGMENTED, _jitter(black, rng, keep_black=True)


def _jitter(pixels: Pixels, rng: Random, *, keep_black: bool = False, stain: bool = True) -> Pixels:
    """Another lamp, another exposure, another size, a little blur, compression, a flip."""
    scale = float(np.exp(rng.uniform(np.log(0.5), np.log(1.5))))
    longest = max(pixels.shape[:2]) * scale
    if 64 < longest < 1200 and rng.random() < HALF:  # noqa: PLR2004
        height, width = (max(16, round(side * scale)) for side in pixels.shape[:2])
        pixels = np.asarray(cv2.resize(pixels, (width, height), interpolation=3), np.uint8)
    gains = rng.uniform(0.75, 1.15) * rng.uniform(0.88, 1.12, 3)
    if rng.random() < HALF / 2:
        gains *= rng.uniform((0.85, 0.75, 0.5), (1.1, 1.05, 1.0))
    gamma = np.exp(rng.uniform(-0.3, 0.3) + rng.uniform(-0.15, 0.15, 3))
    if stain and rng.random() < HALF:  # densities of the stain, as in another laboratory
        gamma *= np.exp(rng.uniform((-0.5, -0.25, -0.4), (0.6, 0.25, 0.4)))
    values = np.arange(256)[:, None] / 255
    table = np.clip(values**gamma * gains * 255, 0, 255).astype(np.uint8)
    black = pixels.max(axis=2) == 0 if keep_black else None
    pixels = np.asarray(cv2.LUT(pixels, table[None]), np.uint8)
    if rng.random() < HALF / 2:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), rng.uniform(0.6, 2)), np.uint8)
    if rng.random() < HALF:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))]
        _, file = cv2.imencode(".jpg", pixels[:, :, ::-1], quality)
        pixels = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR), np.uint8)[:, :, ::-1].copy()
    if black is not None:
        pixels[black] = 0
    turned = np.rot90(pixels, int(rng.integers(4)))
    return np.ascontiguousarray(turned[:, ::-1] if rng.random() < HALF else turned)


def _part(pixels: Pixels, rng: Random, least: float = 0.2) -> Pixels:
    height, width = pixels.shape[:2]
    tall, wide = (max(16, int(side * rng.uniform(least, 1))) for side in (height, width))
    top, left = (int(rng.integers(max(1, side - kept + 1))) for side, kept in
                 ((height, tall), (width, wide)))  # fmt: skip
    return np.ascontiguousarray(pixels[top : top + tall, left : left + wide])


def _mosaic(pixels: Pixels, kind: InputKind, rng: Random) -> Pixels:
    """The picture mirrored at its edges again and again: a wider field of smaller cells."""
    pixels = shrink(pixels, 160)
    times = rng.uniform(*MOSAIC_SIDES[kind])
    height, width = (int(side * times) for side in pixels.shape[:2])
    rows, columns = (
        _mirrored(int(rng.integers(2 * side)), number, side)
        for side, number in zip(pixels.shape[:2], (height, width), strict=True)
    )
    return np.ascontiguousarray(pixels[rows][:, columns])


def _mirrored(start: int, number: int, side: int) -> NDArray[np.intp]:
    place = (start + np.arange(number)) % (2 * side)
    return np.minimum(place, 2 * side - 1 - place)


def _boxes(cells: CellMask, pixels: Pixels) -> list[tuple[int, int, int, int]]:
    """Boxes of the found cells that touch no edge, in pixels of the picture."""
    height, width = cells.shape
    count, _, statistics, _ = cv2.connectedComponentsWithStats((cells > 0).astype(np.uint8))
    scale = pixels.shape[0] / height
    boxes = []
    for left, top, wide, tall, area in statistics[1:count].tolist():
        inside = left > 0 and top > 0 and left + wide < width and top + tall < height
        round_enough = max(wide, tall) < 1.6 * min(wide, tall) and area > 0.6 * wide * tall
        if inside and round_enough:
            sides = (left, top, left + wide, top + tall)
            boxes.append(tuple(int(side * scale) for side in sides))
    return boxes  # type: ignore[return-value]


def _cut_out(pixels: Pixels, box: tuple[int, int, int, int], rng: Random) -> Pixels:
    """A square around a cell, moved inwards where it would leave the picture."""
    left, top, right, bottom = box
    height, width = pixels.shape[:2]
    side = int(max(right - left, bottom - top) * rng.uniform(*CROP_MARGINS))
    side = min(side, height, width)
    slip = rng.normal(0, 0.04 * side, 2)
    x = int(np.clip((left + right - side) / 2 + slip[0], 0, width - side))
    y = int(np.clip((top + bottom - side) / 2 + slip[1], 0, height - side))
    return np.ascontiguousarray(pixels[y : y + side, x : x + side])


def _blacken(pixels: Pixels, cells: CellMask, rng: Random) -> Pixels | None:
    """One cell alone on black, with any width of black around it."""
    count, labels, statistics, _ = cv2.connectedComponentsWithStats((cells > 0).astype(np.uint8))
    if count < 2:  # noqa: PLR2004  the first is the background
        return None
    chosen = int(statistics[1:, cv2.CC_STAT_AREA].argmax()) + 1
    height, width = pixels.shape[:2]
    mask = cv2.resize((labels == chosen).astype(np.uint8), (width, height), interpolation=0)
    kept = np.where(np.asarray(mask)[..., None] > 0, pixels, 0).astype(np.uint8)
    rows, columns = np.nonzero(mask)
    box = int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1
    cut = kept[box[1] : box[3], box[0] : box[2]]
    side = int(max(cut.shape[:2]) * rng.uniform(1.05, 3))
    canvas = np.zeros((side, side, 3), np.uint8)
    top, left = (side - cut.shape[0]) // 2, (side - cut.shape[1]) // 2
    canvas[top : top + cut.shape[0], left : left + cut.shape[1]] = cut
    return canvas if side >= LEAST_CELL_PX else None
