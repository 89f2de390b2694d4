"""What tells the kinds of picture apart, as numbers measured on a small copy.

Colour of the ground, stain as optical density against it, hues, brightness, edges at several
scales, what stands out from the ground, and the number, size and place of the leukocytes. Fine
structure is invisible on so small a copy; the quality of the picture tells of it.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.cell_mask import NUCLEUS, OUTSIDE, CellMask
from leuko.imaging.quality import QualityMeasures
from leuko.imaging.shrink import shrink
from leuko.imaging.stain import (
    BACKGROUND_PERCENTILE,
    BLACK_UP_TO,
    DARKEST_VALUE,
    find_black_ground,
)

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Region = NDArray[np.bool_]
Features = dict[str, float]

SIDE_PX: Final = 64
SAMPLED_PIXELS: Final = 1024
SCALES: Final = (1, 2, 4)
HUES: Final = 8
LEVELS: Final = 16
LEAST_PIXELS: Final = 16
LEAST_SPREAD: Final = 1e-3
CHANNELS: Final = ("red", "green", "blue")
SQUARE: Final = np.ones((3, 3), np.uint8)
PURPLE, DEEP_PURPLE, YELLOW = 0.15, 0.35, -0.12
GREEN: Final = -0.08
BRIGHTER, DARK = -0.05, 1.0
STRAIGHT: Final = 0.15
"""An edge is straight along an axis when its change across that is below this share of all."""
CALM: Final = 0.25


def measure_features(small: Pixels, cells: CellMask, quality: QualityMeasures) -> Features:
    """Features of a picture by name; all finite.

    Args:
        small: uint8 (h, w, 3), RGB, by :func:`leuko.imaging.shrink.shrink`.
        cells: its leukocytes, uint8 (h, w).
        quality: what was measured on it.
    """
    copy = _square_enough(small)
    black = find_black_ground(copy)
    shown = np.logical_not(black) if black is not None else None
    if shown is not None and np.count_nonzero(shown) < LEAST_PIXELS:
        shown = None
    inside = copy[shown] if shown is not None else copy.reshape(-1, 3)  # (n, 3)
    sampled = np.ascontiguousarray(inside[:: max(1, len(inside) // SAMPLED_PIXELS)].T)  # (3, m)
    white = _white(sampled, on_black=black is not None)
    balanced = (sampled / white[:, None]).clip(DARKEST_VALUE / 255, 2)
    grey = np.asarray(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), np.uint8)
    return {
        "black": _black_share(copy),
        "on_black": float(black is not None),
        "ground_brightness": float(white.sum()) / (3 * 255),
        "focus": quality.focus,
        "detail": quality.detail,
        "noise": quality.noise,
        **_stain(-np.log(balanced)),
        **_hues(balanced),
        **_brightness(grey, shown),
        **_flat(small),
        **_edges(grey),
        **_objects(copy, shown),
        **_cells(small, cells),
    }


def _black_share(copy: Pixels) -> float:
    within = cv2.inRange(copy, (0, 0, 0), (BLACK_UP_TO, BLACK_UP_TO, BLACK_UP_TO))
    return cv2.countNonZero(within) / within.size


def _square_enough(small: Pixels) -> Pixels:
    copy = shrink(small, SIDE_PX)
    height, width = copy.shape[:2]
    if min(height, width) >= LEAST_PIXELS:
        return copy
    size = max(width, LEAST_PIXELS), max(height, LEAST_PIXELS)
    return np.asarray(cv2.resize(copy, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _white(sampled: Pixels, *, on_black: bool) -> Plane:
    """Colour of the ground, (3,); white stands for it on black."""
    if on_black:
        return np.full(3, 255, np.float32)
    place = BACKGROUND_PERCENTILE * sampled.shape[1] // 100
    white = np.partition(sampled, place, axis=1)[:, place]
    return np.maximum(white, DARKEST_VALUE).astype(np.float32)


def _at(ordered: Plane, *percents: int) -> list[float]:
    last = len(ordered) - 1
    return ordered[[percent * last // 100 for percent in percents]].tolist()  # type: ignore[no-any-return]


def _stain(density: Plane) -> Features:
    red, green, blue = density
    purple, pink, total = np.sort(green - blue), np.sort(green - red), density.sum(axis=0)
    number = len(purple)
    yellow, up_to_purple, up_to_deep = purple.searchsorted((YELLOW, PURPLE, DEEP_PURPLE)).tolist()
    low, middle, high = _at(purple, 3, 50, 97)
    pink_low, pink_middle, pink_high = _at(pink, 3, 50, 97)
    found = {
        "purple_low": low,
        "purple_middle": middle,
        "purple_high": high,
        "purple_share": 1 - up_to_purple / number,
        "deep_purple_share": 1 - up_to_deep / number,
        "yellow_share": yellow / number,
        "pink_low": pink_low,
        "pink_middle": pink_middle,
        "pink_high": pink_high,
        "green_share": int(pink.searchsorted(GREEN)) / number,
        "brighter_share": np.count_nonzero(total < 3 * BRIGHTER) / number,
        "dark_share": np.count_nonzero(total > 3 * DARK) / number,
    }
    means = density.sum(axis=1) / number
    away = density - means[:, None]
    scatter = (away @ away.T).astype(np.float64) / number
    spreads = np.sqrt(scatter.diagonal())
    for name, average, spread in zip(CHANNELS, means.tolist(), spreads.tolist(), strict=True):
        found[f"density_{name}"] = average
        found[f"density_spread_{name}"] = spread
    values, vectors = np.linalg.eigh(scatter + LEAST_SPREAD**2 * np.eye(3))
    least, second, most = values.tolist()
    main = vectors[:, 2].tolist()
    sign = 1 if sum(main) >= 0 else -1
    found["second_direction"] = math.sqrt(second / most)
    found["third_direction"] = math.sqrt(max(0.0, least) / most)
    for name, share in zip(CHANNELS, main, strict=True):
        found[f"direction_{name}"] = sign * share
    return found


def _hues(balanced: Plane) -> Features:
    """Hues as under white light, so that a yellow lamp makes no yellow picture."""
    red, green, blue = np.minimum(balanced, 1)
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    angle = np.arctan2(np.float32(math.sqrt(3)) * (green - blue), 2 * red - green - blue)
    place = np.floor(angle * (HUES / (2 * math.pi))).astype(np.intp) % HUES
    weights = np.bincount(place, weights=chroma, minlength=HUES)
    shares = weights / max(float(weights.sum()), LEAST_SPREAD * len(chroma))
    found = {f"hue_{place}": share for place, share in enumerate(shares.tolist())}
    middle, high = _at(np.sort(chroma), 50, 95)
    return found | {"chroma_middle": middle, "chroma_high": high}


def _deviation(plane: Pixels) -> float:
    return float(cv2.meanStdDev(plane)[1][0, 0])


def _brightness(grey: Pixels, shown: Region | None) -> Features:
    inside = grey[shown] if shown is not None else grey.reshape(-1)
    number = len(inside)
    by_value = np.bincount(inside, minlength=256)
    places = [percent * (number - 1) // 100 + 1 for percent in (2, 50, 98)]
    low, middle, high = by_value.cumsum().searchsorted(places).tolist()
    counts = [count / number for count in by_value.reshape(LEVELS, -1).sum(axis=1).tolist()]
    return {
        "dark": low / 255,
        "middle": middle / 255,
        "bright": high / 255,
        "spread": _deviation(inside) / 255,
        "entropy": -sum(count * math.log(count) for count in counts if count),
        "commonest": max(counts),
    }


def _flat(small: Pixels) -> Features:
    """Share of pixels that equal their neighbours, as only what was drawn by a machine does."""
    green = np.asarray(cv2.extractChannel(small, 1), np.uint8)
    if min(green.shape) == 1:
        return {"flat": 0.0}
    across = cv2.absdiff(green[1:, 1:], green[1:, :-1])
    down = cv2.absdiff(green[1:, 1:], green[:-1, 1:])
    steps = cv2.bitwise_or(across, down)
    return {"flat": 1 - cv2.countNonZero(steps) / steps.size}


def _edges(grey: Pixels) -> Features:
    spread = max(_deviation(grey), LEAST_SPREAD * 255)
    found: Features = {}
    for scale in SCALES:
        size = max(2, grey.shape[1] // scale), max(2, grey.shape[0] // scale)
        coarse = grey if scale == 1 else np.asarray(cv2.resize(grey, size, interpolation=3))
        across = cv2.norm(coarse[:, 1:], coarse[:, :-1], cv2.NORM_L1) / coarse[:, 1:].size
        down = cv2.norm(coarse[1:], coarse[:-1], cv2.NORM_L1) / coarse[1:].size
        found[f"edges_{scale}"] = (across + down) / spread
        if scale == 1:
            found["edges_across"] = across / (across + down + 1e-3)
    over, along = (np.abs(plane) for plane in cv2.spatialGradient(grey))
    strength = over + along
    total = cv2.sumElems(strength)[0]
    straight = np.minimum(over, along) < STRAIGHT * strength
    found["edges_straight"] = cv2.sumElems(strength * straight)[0] / (total + 1)
    found["calm"] = np.count_nonzero(strength < CALM * total / strength.size) / strength.size
    return found


def _objects(copy: Pixels, shown: Region | None) -> Features:
    """What stands out from the ground in green, where all blood cells do."""
    green = np.ascontiguousarray(copy[:, :, 1])
    inside = green[shown].reshape(1, -1) if shown is not None else green
    level, below = cv2.threshold(inside, 0, 1, cv2.THRESH_BINARY_INV | cv2.THRESH_OTSU)
    dark = green <= level if shown is None else (green <= level) & shown
    mask = dark.view(np.uint8)
    opened = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, SQUARE))
    count, _, statistics, _ = cv2.connectedComponentsWithStats(opened)
    areas: list[float] = np.sort(statistics[1:, cv2.CC_STAT_AREA] / mask.size).tolist() or [0.0]
    rows = np.count_nonzero(dark[:, 1:] != dark[:, :-1]) / mask.shape[0]
    columns = np.count_nonzero(dark[1:] != dark[:-1]) / mask.shape[1]
    (ground, *_), (lower, *_) = cv2.mean(inside, 1 - below), cv2.mean(inside, below)
    spread = max(1.0, _deviation(inside))
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 3), np.float32)
    within, longest = int(np.count_nonzero(dark)), max(mask.shape)
    return {
        "objects": math.log1p(count - 1),
        "objects_share": within / mask.size,
        "object_largest": areas[-1],
        "object_typical": math.sqrt(areas[len(areas) // 2]),
        "crossings": math.log1p(rows + columns),
        "object_gap": (ground - lower) / spread,  # 0 where there is none
        "object_radius": float(depth.max()) / longest,
        "object_mean_depth": float(depth.sum()) / max(1, within) / longest,
    }


def _cells(small: Pixels, cells: CellMask) -> Features:
    """Number, size and place of the leukocytes; sizes by the longer side of the picture."""
    step = max(1, min(cells.shape) // SIDE_PX)  # every third or fourth pixel is enough
    green, cells = np.ascontiguousarray(small[::step, ::step, 1]), cells[::step, ::step]
    found = cells != OUTSIDE
    height, width = found.shape
    count, labels, statistics, middles = cv2.connectedComponentsWithStats(found.view(np.uint8))
    names = (
        "cells", "cells_share", "nuclei_share", "cell_largest", "cell_second", "cell_off_middle",
        "cell_fill", "cell_at_edge", "cell_stands_out", "nucleus_stands_out", "cell_length",
    )  # fmt: skip
    if count < 2:  # noqa: PLR2004  the first is the background
        return dict.fromkeys(names, 0.0) | {"cell_off_middle": 1.0}
    areas = statistics[1:, cv2.CC_STAT_AREA]
    largest = int(areas.argmax()) + 1
    left, top, wide, tall, area = (int(value) for value in statistics[largest])
    x, y = middles[largest].tolist()
    edges = (left == 0) + (top == 0) + (left + wide == width) + (top + tall == height)
    nuclei = cells == NUCLEUS
    around, within, at_nuclei = (
        cv2.mean(green, part.view(np.uint8))[0] / 255
        for part in (np.logical_not(found), labels == largest, nuclei)
    )
    nuclei_share = np.count_nonzero(nuclei) / cells.size
    second = float(np.sort(areas)[-2]) / area if count > 2 else 0.0  # noqa: PLR2004
    values = (
        math.log(count),
        np.count_nonzero(found) / cells.size,
        nuclei_share,
        math.sqrt(area) / max(height, width),
        second,
        math.hypot(x / width - 0.5, y / height - 0.5),
        area / (wide * tall),
        edges / 4,
        around - within,
        around - at_nuclei if nuclei_share > 0 else 0.0,
        max(wide, tall) / max(height, width),
    )
    return dict(zip(names, values, strict=True))
