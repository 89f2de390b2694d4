"""What tells the kinds of picture apart, as numbers measured on a small copy.

Colour of the ground, stain as optical density against it, chroma and brightness; the shapes are
measured by :mod:`leuko.imaging.kind_shapes`. Fine structure is invisible on so small a copy; the
quality of the picture tells of it.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.imaging.cell_mask import CellMask
from leuko.imaging.kind_shapes import Features, deviation, measure_shapes
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

SIDE_PX: Final = 64
SAMPLED_PIXELS: Final = 1024
LEVELS: Final = 16
LEAST_PIXELS: Final = 16
CHANNELS: Final = ("red", "green", "blue")
PURPLE, DEEP_PURPLE, YELLOW = 0.15, 0.35, -0.12
GREEN: Final = -0.08
BRIGHTER, DARK = -0.05, 1.0


def measure_features(small: Pixels, cells: CellMask, quality: QualityMeasures) -> Features:
    """Features of a picture by name; all finite.

    Args:
        small: uint8 (h, w, 3), RGB, by :func:`leuko.imaging.shrink.shrink`.
        cells: its leukocytes, uint8 (h, w).
        quality: what was measured on it.
    """
    copy = _square_enough(small)
    black = find_black_ground(copy) if quality.on_black else None
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
        **_chroma(balanced),
        **_brightness(grey, shown),
        **measure_shapes(small, grey, cells),
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
    spreads = np.sqrt(np.einsum("cn,cn->c", away, away) / number)
    for name, average, spread in zip(CHANNELS, means.tolist(), spreads.tolist(), strict=True):
        found[f"density_{name}"] = average
        found[f"density_spread_{name}"] = spread
    return found


def _chroma(balanced: Plane) -> Features:
    """How colourful it is, as under white light, so that a yellow lamp makes nothing colourful."""
    red, green, blue = np.minimum(balanced, 1)
    chroma = np.maximum(np.maximum(red, green), blue) - np.minimum(np.minimum(red, green), blue)
    middle, high = _at(np.sort(chroma), 50, 95)
    return {"chroma_middle": middle, "chroma_high": high}


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
        "spread": deviation(inside) / 255,
        "entropy": -sum(count * math.log(count) for count in counts if count),
        "commonest": max(counts),
    }
