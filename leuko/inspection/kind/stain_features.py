"""What tells the kinds of picture apart, as numbers measured on a small copy.

Stain as optical density against the ground, and brightness; the shapes are measured by
:mod:`shape_features`. Fine structure is invisible on so small a copy; the quality of the
picture tells of it, and of the colour of the ground.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels, Plane
from leuko.inspection.cells.mask import CellMask
from leuko.inspection.cells.stain import BLACK_UP_TO, DARKEST_VALUE, find_black_ground
from leuko.inspection.kind.shape_features import Features, deviation, measure_shapes
from leuko.inspection.pyramid import Copies, grey
from leuko.inspection.quality.measures import QualityMeasures
from leuko.inspection.tile_statistics import counts_of_values, lower_percentiles

Mask = NDArray[np.uint8]

SAMPLED_PIXELS: Final = 1024
LEAST_PIXELS: Final = 16
CHANNELS: Final = ("red", "green", "blue")
PERCENTS: Final = (3, 50, 97)
"""Of purple and of pink: the low end, the middle and the high end."""
BRIGHTNESS_PERCENTS: Final = (2, 50, 98)
PURPLE, DEEP_PURPLE, YELLOW = 0.15, 0.35, -0.12
GREEN: Final = -0.08
BRIGHTER, DARK = -0.05, 1.0


def measure_features(copies: Copies, cells: CellMask, quality: QualityMeasures) -> Features:
    """Features of a picture by name; all finite.

    Args:
        copies: of the picture.
        cells: its leukocytes, uint8 (h, w).
        quality: what was measured on it.
    """
    copy = copies.tiny
    black = find_black_ground(copy) if quality.on_black else None
    shown = np.logical_not(black).view(np.uint8) if black is not None else None
    if shown is not None and cv2.countNonZero(shown) < LEAST_PIXELS:
        shown = None
    inside = copy.reshape(-1, 3) if shown is None else copy[shown.view(np.bool_)]  # (n, 3)
    sampled = np.ascontiguousarray(inside[:: max(1, len(inside) // SAMPLED_PIXELS)].T)  # (3, m)
    white = (255.0, 255.0, 255.0) if black is not None else quality.ground_colour
    whiteness = np.array([max(one, DARKEST_VALUE) for one in white], np.float32)
    balanced: Plane = (sampled / whiteness[:, None]).clip(DARKEST_VALUE / 255, 2)
    luminance = grey(copy)
    return {
        "black": _black_share(copy),
        "on_black": float(black is not None),
        "ground_brightness": sum(white) / (3 * 255),
        "focus": quality.focus,
        "detail": quality.detail,
        "noise": quality.noise,
        **_stain(balanced),
        **_brightness(luminance, shown),
        **measure_shapes(copies.luminance, luminance, cells),
    }


def _black_share(copy: Pixels) -> float:
    within = cv2.inRange(copy, (0, 0, 0), (BLACK_UP_TO, BLACK_UP_TO, BLACK_UP_TO))
    return cv2.countNonZero(within) / within.size


def _stain(balanced: Plane) -> Features:
    """How purple, pink and dark it is, as under white light.

    Args:
        balanced: light that came through by the light that came in, (3, n).
    """
    density = -np.log(balanced)
    red, green, blue = density
    total = red + green + blue
    ordered = np.sort(np.stack([green - blue, green - red]), axis=1)
    number = ordered.shape[1]
    places = [percent * (number - 1) // 100 for percent in PERCENTS]
    purple, pink = ordered[:, places].tolist()
    yellow, up_to_purple, up_to_deep = (
        ordered[0].searchsorted((YELLOW, PURPLE, DEEP_PURPLE)).tolist()
    )
    means = density.sum(axis=1) / number
    spreads = np.sqrt(np.maximum((density * density).sum(axis=1) / number - means * means, 0))
    found = {
        "purple_low": purple[0],
        "purple_middle": purple[1],
        "purple_high": purple[2],
        "purple_share": 1 - up_to_purple / number,
        "deep_purple_share": 1 - up_to_deep / number,
        "yellow_share": yellow / number,
        "pink_low": pink[0],
        "pink_middle": pink[1],
        "pink_high": pink[2],
        "green_share": int(ordered[1].searchsorted(GREEN)) / number,
        "brighter_share": np.count_nonzero(total < 3 * BRIGHTER) / number,
        "dark_share": np.count_nonzero(total > 3 * DARK) / number,
    }
    for name, average, spread in zip(CHANNELS, means.tolist(), spreads.tolist(), strict=True):
        found[f"density_{name}"] = average
        found[f"density_spread_{name}"] = spread
    return found


def _brightness(luminance: Pixels, shown: Mask | None) -> Features:
    low, middle, high = lower_percentiles(counts_of_values(luminance, shown), BRIGHTNESS_PERCENTS)
    return {
        "dark": low / 255,
        "middle": middle / 255,
        "bright": high / 255,
        "spread": deviation(luminance, shown) / 255,
    }
