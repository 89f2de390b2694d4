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
from leuko.imaging.stain import BACKGROUND_PERCENTILE, BLACK_UP_TO, find_black_ground

Pixels = NDArray[np.uint8]
Plane = NDArray[np.float32]
Features = dict[str, float]

SIDE_PX: Final = 128
SCALES: Final = (1, 2, 4, 8)
HUES: Final = 8
LEVELS: Final = 16
LEAST_PIXELS: Final = 16
LEAST_SPREAD: Final = 1e-3


def measure_features(small: Pixels, cells: CellMask) -> Features:
    """Features of a picture by name; all finite.

    Args:
        small: uint8 (h, w, 3), RGB, by :func:`leuko.imaging.shrink.shrink`.
        cells: its leukocytes, uint8 (h, w).
    """
    copy = _square_enough(small)
    black = find_black_ground(copy)
    shown = np.logical_not(black) if black is not None else None
    if shown is None or np.count_nonzero(shown) < LEAST_PIXELS:
        shown = np.ones(copy.shape[:2], np.bool_)
    inside = copy[shown]  # (n, 3)
    density = _densities(inside, on_black=black is not None)
    return (
        {"black": float((copy.max(axis=2) <= BLACK_UP_TO).mean())}
        | {"on_black": float(black is not None)}
        | _ground(inside)
        | _stain(density)
        | _hues(inside)
        | _brightness(copy, shown)
        | _edges(copy)
        | _objects(copy, shown)
        | _cells(small, cells)
    )


def _square_enough(small: Pixels) -> Pixels:
    copy = shrink(small, SIDE_PX)
    height, width = copy.shape[:2]
    if min(height, width) >= LEAST_PIXELS:
        return copy
    size = max(width, LEAST_PIXELS), max(height, LEAST_PIXELS)
    return np.asarray(cv2.resize(copy, size, interpolation=cv2.INTER_NEAREST), np.uint8)


def _densities(inside: Pixels, *, on_black: bool) -> Plane:
    """Optical densities against the ground, (n, 3); white stands for it on black."""
    if on_black:
        white = np.array([255.0, 255.0, 255.0], np.float32)
    else:
        white = np.percentile(inside, BACKGROUND_PERCENTILE, axis=0).astype(np.float32)
    values = np.maximum(inside.astype(np.float32), 8)
    return np.clip(np.log(np.maximum(white, 8) / values), -1, 2.2).astype(np.float32)


def _ground(inside: Pixels) -> Features:
    red, green, blue = (np.percentile(inside, BACKGROUND_PERCENTILE, axis=0) / 255).tolist()
    return {
        "ground_brightness": (red + green + blue) / 3,
        "ground_warmth": red - blue,
        "ground_green": green - (red + blue) / 2,
    }


def _stain(density: Plane) -> Features:
    red, green, blue = density.T
    purple, pink = green - blue, green - red
    low, middle, high = np.percentile(purple, (3, 50, 97)).tolist()
    pink_low, pink_middle, pink_high = np.percentile(pink, (3, 50, 97)).tolist()
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
        "brighter_share": float((density.mean(axis=1) < -0.05).mean()),  # noqa: PLR2004
        "dark_share": float((density.mean(axis=1) > 1).mean()),
    }
    for name, channel in (("red", red), ("green", green), ("blue", blue)):
        found[f"density_{name}"] = float(channel.mean())
        found[f"density_spread_{name}"] = float(channel.std())
    covariance = np.cov(density.T) + LEAST_SPREAD**2 * np.eye(3)
    values, vectors = np.linalg.eigh(covariance)
    main = vectors[:, 2] * (1 if vectors[:, 2].sum() >= 0 else -1)
    found["second_direction"] = float(np.sqrt(values[1] / values[2]))
    found["third_direction"] = float(np.sqrt(max(0.0, values[0]) / values[2]))
    for name, share in zip(("red", "green", "blue"), main.tolist(), strict=True):
        found[f"direction_{name}"] = share
    return found


def _hues(inside: Pixels) -> Features:
    values = inside.astype(np.float32)
    brightest, darkest = values.max(axis=1), values.min(axis=1)
    chroma = (brightest - darkest) / 255
    red, green, blue = values.T
    angle = np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue)
    place = ((angle / (2 * np.pi)) % 1 * HUES).astype(np.intp) % HUES
    weights = np.bincount(place, weights=chroma, minlength=HUES)
    shares = weights / max(float(weights.sum()), LEAST_SPREAD * len(inside))
    found = {f"hue_{place}": share for place, share in enumerate(shares.tolist())}
    middle, high = np.percentile(chroma, (50, 95)).tolist()
    return found | {"chroma_middle": middle, "chroma_high": high}


def _brightness(copy: Pixels, shown: NDArray[np.bool_]) -> Features:
    grey = np.asarray(cv2.cvtColor(copy, cv2.COLOR_RGB2GRAY), np.uint8)
    inside = grey[shown]
    low, middle, high = (np.percentile(inside, (2, 50, 98)) / 255).tolist()
    counts = np.bincount(inside // (256 // LEVELS), minlength=LEVELS) / len(inside)
    used = counts[counts > 0]
    flat = float(((grey[1:] == grey[:-1])[:, :-1] & (grey[:, 1:] == grey[:, :-1])[:-1]).mean())
    return {
        "dark": low,
        "middle": middle,
        "bright": high,
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
        across = np.abs(np.diff(coarse, axis=1))
        down = np.abs(np.diff(coarse, axis=0))
        found[f"edges_{scale}"] = float(across.mean() + down.mean()) / spread
        if scale == 1:
            found["edges_across"] = float(across.mean() / (across.mean() + down.mean() + 1e-3))
            steepest = np.percentile(across, 99)
            found["edges_steepest"] = float(steepest) / spread
    across = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 1, 0))
    down = np.asarray(cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    strength = np.abs(across) + np.abs(down)
    straight = np.minimum(np.abs(across), np.abs(down)) < 0.15 * strength
    found["edges_straight"] = float((strength * straight).sum() / (strength.sum() + 1))
    calm = strength < 0.25 * strength.mean()
    found["calm"] = float(calm.mean())
    return found


def _objects(copy: Pixels, shown: NDArray[np.bool_]) -> Features:
    """What stands out from the ground in green, where all blood cells do."""
    green = np.ascontiguousarray(copy[:, :, 1])
    level = _otsu(green[shown])
    mask = ((green < level) & shown).astype(np.uint8)
    opened = np.asarray(cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8)))
    count, _, statistics, _ = cv2.connectedComponentsWithStats(opened)
    areas = np.sort(statistics[1:, cv2.CC_STAT_AREA])[::-1] / mask.size if count > 1 else [0.0]
    rows = np.abs(np.diff(mask.astype(np.int8), axis=1)).sum() / mask.shape[0]
    columns = np.abs(np.diff(mask.astype(np.int8), axis=0)).sum() / mask.shape[1]
    below, above = green[shown & (mask > 0)], green[shown & (mask == 0)]
    gap = (float(above.mean()) if above.size else 0.0) - (float(below.mean()) if below.size else 0)
    spread = max(1.0, float(green[shown].std()))
    depth = np.asarray(cv2.distanceTransform(np.pad(mask, 1), cv2.DIST_L2, 3), np.float32)
    deep = depth[depth > 0]
    return {
        "objects": float(np.log1p(count - 1)),
        "objects_share": float(mask.mean()),
        "object_largest": float(areas[0]),
        "object_typical": float(np.sqrt(np.median(areas))),
        "crossings": float(np.log1p(rows + columns)),
        "object_gap": gap / spread,
        "object_radius": float(deep.max()) / max(mask.shape) if deep.size else 0.0,
        "object_mean_depth": float(deep.mean()) / max(mask.shape) if deep.size else 0.0,
    }


def _otsu(values: Pixels) -> float:
    level, _ = cv2.threshold(values.reshape(1, -1), 0, 255, cv2.THRESH_BINARY | cv2.THRESH_OTSU)
    return float(level) + 1


def _cells(small: Pixels, cells: CellMask) -> Features:
    """Number, size and place of the leukocytes; sizes by the longer side of the picture."""
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
    green = small[:, :, 1]
    outside, nuclei = green[cells == OUTSIDE], green[cells == NUCLEUS]
    around = float(outside.mean()) if outside.size else 0.0
    values = (
        float(np.log(count)),
        float(found.mean()),
        float((cells == NUCLEUS).mean()),
        float(np.sqrt(area) / max(height, width)),
        float(np.sort(areas)[-2] / area) if count > 2 else 0.0,  # noqa: PLR2004
        float(np.hypot(x, y)),
        float(area / (wide * tall)),
        float(edges) / 4,
        (around - float(green[labels == largest].mean())) / 255,
        (around - float(nuclei.mean())) / 255 if nuclei.size else 0.0,
        float(max(wide, tall) / max(height, width)),
    )
    return dict(zip(names, values, strict=True))
