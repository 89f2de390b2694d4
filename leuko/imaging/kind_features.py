"""What tells the kinds of picture apart, as numbers measured on a small copy.

Colour of the ground, stain as optical density against it, hues, brightness, edges at four scales,
what stands out from the ground, and the number, size and place of the leukocytes.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.cell_mask import NUCLEUS, OUTSIDE, CellMask
from leuko.imaging.shrink import shrink
from leuko.imaging.stain import (
    BACKGROUND_PERCENTILE,
    BLACK_UP_TO,
    DARKEST_VALUE,
    find_black_ground,
)
from leuko.imaging.tiles import percentile_between

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Region = NDArray[np.bool_]
Features = dict[str, float]

SIDE_PX: Final = 128
SAMPLED_PIXELS: Final = 2048
SCALES: Final = (1, 2, 4, 8)
HUES: Final = 8
LEVELS: Final = 16
LEAST_PIXELS: Final = 16
LEAST_SPREAD: Final = 1e-3
CHANNELS: Final = ("red", "green", "blue")


def measure_features(small: Pixels, cells: CellMask) -> Features:
    """Features of a picture by name; all finite.

    Args:
        small: uint8 (h, w, 3), RGB, by :func:`leuko.imaging.shrink.shrink`.
        cells: its leukocytes, uint8 (h, w).
    """
    copy = _square_enough(small)
    black = find_black_ground(copy)
    shown = np.logical_not(black) if black is not None else None
    if shown is not None and np.count_nonzero(shown) < LEAST_PIXELS:
        shown = None
    inside = copy[shown] if shown is not None else copy.reshape(-1, 3)  # (n, 3)
    inside = inside[:: max(1, len(inside) // SAMPLED_PIXELS)]
    white = _white(inside, on_black=black is not None)
    balanced = np.clip(inside / white, DARKEST_VALUE / 255, 2).astype(np.float32)
    return (
        {"black": _black_share(copy)}
        | {"on_black": float(black is not None)}
        | {"ground_brightness": float(white.mean()) / 255}
        | _stain(-np.log(balanced))
        | _hues(balanced)
        | _brightness(copy, shown)
        | _edges(copy)
        | _objects(copy, shown)
        | _cells(small, cells)
    )


def _black_share(copy: Pixels) -> float:
    red, green, blue = cv2.split(copy)
    brightest = np.asarray(cv2.max(cv2.max(red, green), blue))
    return float(np.count_nonzero(brightest <= BLACK_UP_TO) / brightest.size)


def _square_enough(small: Pixels) -> Pixels:
    copy = shrink(small, SIDE_PX)
    height, width = copy.shape[:2]
    if min(height, width) >= LEAST_PIXELS:
        return copy
    size = max(width, LEAST_PIXELS), max(height, LEAST_PIXELS)
    return np.asarray(cv2.resize(copy, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _white(inside: Pixels, *, on_black: bool) -> Plane:
    """Colour of the ground, (3,); white stands for it on black."""
    if on_black:
        return np.full(3, 255, np.float32)
    place = BACKGROUND_PERCENTILE * len(inside) // 100
    white = np.partition(np.ascontiguousarray(inside.T), place, axis=1)[:, place]
    return np.maximum(white, DARKEST_VALUE).astype(np.float32)


def _percentiles(values: NDArray[np.generic], *percents: int) -> list[float]:
    ordered = np.sort(values)
    return [float(ordered[percent * (len(ordered) - 1) // 100]) for percent in percents]


def _stain(density: Plane) -> Features:
    planes = np.ascontiguousarray(density.T)  # (3, n)
    red, green, blue = planes
    purple, pink, mean = green - blue, green - red, (red + green + blue) / 3
    low, middle, high = _percentiles(purple, 3, 50, 97)
    pink_low, pink_middle, pink_high = _percentiles(pink, 3, 50, 97)
    found = {
        "purple_low": low,
        "purple_middle": middle,
        "purple_high": high,
        "purple_share": float((purple > 0.15).mean()),  # noqa: PLR2004
        "deep_purple_share": float((purple > 0.35).mean()),  # noqa: PLR2004
        "yellow_share": float((purple < -0.12).mean()),  # noqa: PLR2004
        "pink_low": pink_low,
        "pink_middle": pink_middle,
        "pink_high": pink_high,
        "green_share": float((pink < -0.08).mean()),  # noqa: PLR2004
        "brighter_share": float((mean < -0.05).mean()),  # noqa: PLR2004
        "dark_share": float((mean > 1).mean()),
    }
    means = planes.mean(axis=1)
    away = planes - means[:, None]
    scatter = (away @ away.T).astype(np.float64) / len(density)
    spreads = np.sqrt(scatter.diagonal())
    for name, average, spread in zip(CHANNELS, means.tolist(), spreads.tolist(), strict=True):
        found[f"density_{name}"] = average
        found[f"density_spread_{name}"] = spread
    covariance = scatter + LEAST_SPREAD**2 * np.eye(3)
    values, vectors = np.linalg.eigh(covariance)
    main = vectors[:, 2] * (1 if vectors[:, 2].sum() >= 0 else -1)
    found["second_direction"] = float(np.sqrt(values[1] / values[2]))
    found["third_direction"] = float(np.sqrt(max(0.0, values[0]) / values[2]))
    for name, share in zip(CHANNELS, main.tolist(), strict=True):
        found[f"direction_{name}"] = share
    return found


def _hues(balanced: Plane) -> Features:
    """Hues as under white light, so that a yellow lamp makes no yellow picture."""
    red, green, blue = np.minimum(np.ascontiguousarray(balanced.T), 1)
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    angle = np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue)
    place = ((angle / (2 * np.pi)) % 1 * HUES).astype(np.intp) % HUES
    weights = np.bincount(place, weights=chroma, minlength=HUES)
    shares = weights / max(float(weights.sum()), LEAST_SPREAD * len(balanced))
    found = {f"hue_{place}": share for place, share in enumerate(shares.tolist())}
    middle, high = _percentiles(chroma, 50, 95)
    return found | {"chroma_middle": middle, "chroma_high": high}


def _brightness(copy: Pixels, shown: Region | None) -> Features:
    grey = np.asarray(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), np.uint8)
    inside = grey[shown] if shown is not None else grey.reshape(-1)
    by_value = np.bincount(inside, minlength=256)
    places = [percent * (len(inside) - 1) // 100 + 1 for percent in (2, 50, 98)]
    low, middle, high = np.searchsorted(np.cumsum(by_value), places).tolist()
    counts = by_value.reshape(LEVELS, -1).sum(axis=1) / len(inside)
    used = counts[counts > 0]
    flat = float(((grey[1:] == grey[:-1])[:, :-1] & (grey[:, 1:] == grey[:, :-1])[:-1]).mean())
    return {
        "dark": low / 255,
        "middle": middle / 255,
        "bright": high / 255,
        "spread": float(inside.std()) / 255,
        "entropy": float(-(used * np.log(used)).sum()),
        "commonest": float(counts.max()),
        "flat": flat,
    }


def _edges(copy: Pixels) -> Features:
    grey = np.asarray(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), np.float32)
    spread = max(float(grey.std()), LEAST_SPREAD * 255)
    found: Features = {}
    for scale in SCALES:
        size = max(2, grey.shape[1] // scale), max(2, grey.shape[0] // scale)
        coarse = grey if scale == 1 else np.asarray(cv2.resize(grey, size, interpolation=3))
        steps = np.asarray(cv2.absdiff(coarse[:, 1:], coarse[:, :-1]), np.float32)
        across, down = cv2.mean(steps)[0], cv2.mean(cv2.absdiff(coarse[1:], coarse[:-1]))[0]
        found[f"edges_{scale}"] = (across + down) / spread
        if scale == 1:
            found["edges_across"] = across / (across + down + 1e-3)
            every_other = steps[::2].reshape(-1)
            found["edges_steepest"] = percentile_between(every_other, 99) / spread
    along = np.abs(np.asarray(cv2.Sobel(grey, cv2.CV_32F, 1, 0)))
    over = np.abs(np.asarray(cv2.Sobel(grey, cv2.CV_32F, 0, 1)))
    strength = along + over
    straight = np.minimum(along, over) < 0.15 * strength
    total = float(strength.sum())
    found["edges_straight"] = float(strength[straight].sum()) / (total + 1)
    calm = strength < 0.25 * total / strength.size
    found["calm"] = np.count_nonzero(calm) / calm.size
    return found


def _objects(copy: Pixels, shown: Region | None) -> Features:
    """What stands out from the ground in green, where all blood cells do."""
    green = np.ascontiguousarray(copy[:, :, 1])
    inside = green[shown] if shown is not None else green.reshape(-1)
    level = _otsu(inside)
    dark = green < level if shown is None else (green < level) & shown
    mask = dark.astype(np.uint8)
    opened = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    count, _, statistics, _ = cv2.connectedComponentsWithStats(opened)
    areas = np.sort(statistics[1:, cv2.CC_STAT_AREA])[::-1] / mask.size if count > 1 else [0.0]
    rows = np.count_nonzero(mask[:, 1:] != mask[:, :-1]) / mask.shape[0]
    columns = np.count_nonzero(mask[1:] != mask[:-1]) / mask.shape[1]
    below = (inside < level).astype(np.uint8).reshape(1, -1)
    values = inside.reshape(1, -1)
    gap = cv2.mean(values, 1 - below)[0] - cv2.mean(values, below)[0]  # 0 where there is none
    spread = max(1.0, float(inside.std()))
    padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
    depth = np.asarray(cv2.distanceTransform(padded, cv2.DIST_L2, 3), np.float32)
    deepest, within, longest = float(depth.max()), int(cv2.countNonZero(mask)), max(copy.shape[:2])
    mean_depth = float(depth.sum()) / max(1, within)
    return {
        "objects": float(np.log1p(count - 1)),
        "objects_share": within / mask.size,
        "object_largest": float(areas[0]),
        "object_typical": float(np.sqrt(np.median(areas))),
        "crossings": float(np.log1p(rows + columns)),
        "object_gap": gap / spread,
        "object_radius": deepest / longest,
        "object_mean_depth": mean_depth / longest,
    }


def _otsu(values: Pixels) -> float:
    level, _ = cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(level) + 1


def _cells(small: Pixels, cells: CellMask) -> Features:
    """Number, size and place of the leukocytes; sizes by the longer side of the picture."""
    if min(cells.shape) >= SIDE_PX:  # every other pixel is enough
        small, cells = small[::2, ::2], cells[::2, ::2]
    found = (cells != OUTSIDE).astype(np.uint8)
    height, width = found.shape
    count, labels, statistics, middles = cv2.connectedComponentsWithStats(found)
    names = (
        "cells", "cells_share", "nuclei_share", "cell_largest", "cell_second", "cell_off_middle",
        "cell_fill", "cell_at_edge", "cell_stands_out", "nucleus_stands_out", "cell_length",
    )  # fmt: skip
    if count < 2:  # noqa: PLR2004  the first is the background
        return dict.fromkeys(names, 0.0) | {"cell_off_middle": 1.0}
    areas = statistics[1:, cv2.CC_STAT_AREA]
    largest = int(areas.argmax()) + 1
    left, top, wide, tall, area = (int(value) for value in statistics[largest])
    x, y = middles[largest] / (width, height) - 0.5
    edges = (left == 0) + (top == 0) + (left + wide == width) + (top + tall == height)
    green = np.ascontiguousarray(small[:, :, 1])
    around, within, at_nuclei = (
        cv2.mean(green, mask=part.astype(np.uint8))[0] / 255
        for part in (cells == OUTSIDE, labels == largest, cells == NUCLEUS)
    )
    nuclei = float(np.count_nonzero(cells == NUCLEUS) / cells.size)
    values = (
        float(np.log(count)),
        float(found.mean()),
        nuclei,
        float(np.sqrt(area) / max(height, width)),
        float(np.sort(areas)[-2] / area) if count > 2 else 0.0,  # noqa: PLR2004
        float(np.hypot(x, y)),
        float(area / (wide * tall)),
        float(edges) / 4,
        around - within,
        around - at_nuclei if nuclei > 0 else 0.0,
        float(max(wide, tall) / max(height, width)),
    )
    return dict(zip(names, values, strict=True))
