"""Draw training windows out of teaching pictures: other scales, stains, neighbours, smudges.

All changes of stain are made on optical densities, where light and dye act by adding up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.training.finder.teaching import FULL, Instance, TeachingPicture

WINDOW_PX: Final = 128
GRID_NUCLEUS_PX: Final = 26.0
"""Diameter of a nucleus on the network's grid; see leuko.inspection.cells.scale."""
SCALE_SPREAD: Final = 0.28
SCALE_BOUNDS: Final = (0.5, 1.8)
CENTRE_SIGMA: Final = 0.32
"""Of the ellipse of a cell."""
LEAST_VISIBLE: Final = 0.25
"""Of a cell's area, to be asked for where the border cuts it off."""
QUARTERED: Final = 0.75
PASTED: Final = 0.5
FLECKED: Final = 0.4
MOST_FLECKS: Final = 7
FLECK_SIZES: Final = (0.1, 0.45)
"""Diameter of a platelet or of dirt by that of a nucleus."""
MOST_PASTED: Final = 6
AIMED: Final = 0.8
"""How often a window is laid around a cell."""
TOUCHING: Final = 0.75
NEAR_CENTRE: Final = 1e-3
SMUDGED: Final = 0.25
GROUND_REMOVED: Final = 0.06
OVERLAP: Final = 0.2
OPAQUE_FROM: Final = 127

Array = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Window:
    """What one training window shows and what is known of it.

    Attributes:
        densities: float32 (h, w, 3), hundredths.
        labels: uint8 (h, w, 4) as in :class:`TeachingPicture`.
        instances: cells that are at least partly inside.
    """

    densities: Array
    labels: NDArray[np.uint8]
    instances: list[Instance]


def draw_window(
    pictures: Sequence[TeachingPicture],
    cut_outs: Sequence[TeachingPicture],
    rng: np.random.Generator,
) -> tuple[Array, Array, Array]:
    """One training window.

    Args:
        pictures: of one laboratory, to choose among.
        cut_outs: pictures whose cells may be pasted in.
        rng: for all choices.

    Returns:
        densities (3, h, w) in units, targets (3, h, w) and weights (3, h, w) of the three maps.
    """
    scale = float(np.clip(np.exp(rng.normal(0, SCALE_SPREAD)), *SCALE_BOUNDS))
    nucleus_px = GRID_NUCLEUS_PX * scale
    first = pictures[int(rng.integers(len(pictures)))]
    shown = max(first.densities.shape[:2]) * nucleus_px / first.nucleus_px
    if shown < QUARTERED * WINDOW_PX:
        window = _mosaic(pictures, nucleus_px, rng)
    else:
        window = _render(first, (WINDOW_PX, WINDOW_PX), nucleus_px, rng)
    if rng.random() < SMUDGED:
        window = _smudge(window, nucleus_px, rng)
    if rng.random() < FLECKED:
        for _ in range(rng.integers(1, MOST_FLECKS)):
            window = _fleck(window, nucleus_px, rng)
    if cut_outs and rng.random() < PASTED:
        for _ in range(rng.integers(1, MOST_PASTED)):
            window = _paste(window, cut_outs[int(rng.integers(len(cut_outs)))], nucleus_px, rng)
    densities = change_stain(window.densities, rng)
    targets, weights = _maps(window)
    return np.ascontiguousarray(densities.transpose(2, 0, 1)), targets, weights


def _mosaic(
    pictures: Sequence[TeachingPicture], nucleus_px: float, rng: np.random.Generator
) -> Window:
    """Four small pictures side by side."""
    densities = np.zeros((WINDOW_PX, WINDOW_PX, 3), np.float32)
    labels = np.zeros((WINDOW_PX, WINDOW_PX, 4), np.uint8)
    instances = []
    half = WINDOW_PX // 2
    for top in (0, half):
        for left in (0, half):
            picture = pictures[int(rng.integers(len(pictures)))]
            part = _render(picture, (half, half), nucleus_px * rng.uniform(0.85, 1.15), rng)
            densities[top : top + half, left : left + half] = part.densities
            labels[top : top + half, left : left + half] = part.labels
            shift = np.array([left, top], np.float64)
            instances += [Instance(one.centre + shift, one.spread) for one in part.instances]
    return Window(densities, labels, instances)


def _render(
    picture: TeachingPicture,
    shape: tuple[int, int],
    nucleus_px: float,
    rng: np.random.Generator,
) -> Window:
    """A picture turned, mirrored, scaled and shifted into a window."""
    height, width = picture.densities.shape[:2]
    map_ = _turn(nucleus_px / picture.nucleus_px, rng)
    middle = np.array([(width - 1) / 2, (height - 1) / 2])
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], float) - middle
    reach = np.abs(corners @ map_.T).max(axis=0)
    window = np.array([shape[1], shape[0]], float)
    free = np.maximum(reach - window / 2, 0.12 * window)
    if picture.instances and rng.random() < AIMED:
        chosen = picture.instances[rng.integers(len(picture.instances))]
        aim = map_ @ (chosen.centre - middle) + rng.uniform(-0.42, 0.42, 2) * window
        offset = window / 2 - np.clip(aim, -free, free)
    else:
        offset = window / 2 + rng.uniform(-1, 1, 2) * free
    full = np.column_stack([map_, offset - map_ @ middle])
    size = shape[1], shape[0]
    densities = cv2.warpAffine(
        picture.densities, full, size, flags=cv2.INTER_LINEAR, borderValue=(0, 0, 0)
    )
    labels = cv2.warpAffine(
        picture.labels, full, size, flags=cv2.INTER_LINEAR, borderValue=(0, 0, FULL, FULL)
    )
    instances = [
        moved
        for one in picture.instances
        if (moved := _clip(full[:, :2] @ one.centre + full[:, 2], map_ @ one.spread @ map_.T, size))
    ]
    if picture.masked and rng.random() < GROUND_REMOVED:
        densities[labels[..., 1] <= OPAQUE_FROM] = 0
        labels[..., 2:] = FULL
    return Window(densities.astype(np.float32), np.asarray(labels), instances)


def _turn(scale: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Rotation, reflection, scale and a little shear, (2, 2)."""
    angle = rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    if rng.random() < 0.5:  # noqa: PLR2004  half of them
        turn[:, 0] *= -1
    stretch = np.eye(2) + rng.normal(0, 0.06, (2, 2))
    found: NDArray[np.float64] = scale * turn @ stretch
    return found


def _clip(
    centre: NDArray[np.float64], spread: NDArray[np.float64], size: tuple[int, int]
) -> Instance | None:
    """A cell as far as it is visible; None where too little of it is."""
    radii = np.sqrt(np.diag(spread))
    low, high = centre - radii, centre + radii
    seen_low, seen_high = np.maximum(low, 0), np.minimum(high, np.array(size, float))
    seen = seen_high - seen_low
    if (seen <= 0).any() or seen.prod() < LEAST_VISIBLE * (4 * radii.prod()):
        return None
    if (low >= 0).all() and (high <= size).all():
        return Instance(centre, spread)
    return Instance((seen_low + seen_high) / 2, np.diag((seen / 2) ** 2))


def _paste(
    window: Window, cut_out: TeachingPicture, nucleus_px: float, rng: np.random.Generator
) -> Window:
    """Lay a drawn cell onto the window, most often so that it touches another."""
    own = nucleus_px * rng.uniform(0.8, 1.2)
    map_ = _turn(own / cut_out.nucleus_px, rng)
    cell = cut_out.instances[0]
    spread = map_ @ cell.spread @ map_.T
    place = _place(window, spread, rng)
    full = np.column_stack([map_, place - map_ @ cell.centre])
    height, width = window.densities.shape[:2]
    densities = cv2.warpAffine(cut_out.densities, full, (width, height), flags=cv2.INTER_LINEAR)
    labels = np.asarray(cv2.warpAffine(cut_out.labels, full, (width, height)))
    over = labels[..., 1] > OPAQUE_FROM
    there = window.labels[..., 1] > OPAQUE_FROM
    unknown = window.labels[..., 3] <= OPAQUE_FROM
    area = int(over.sum())
    moved = _clip(place, spread, (width, height))
    if area == 0 or moved is None or (over & (there | unknown)).sum() > OVERLAP * area:
        return window
    alpha = cv2.GaussianBlur(labels[..., 1].astype(np.float32) / FULL, (3, 3), 0)[..., None]
    mixed = window.densities * (1 - alpha) + densities * alpha
    kept = window.labels.copy()
    kept[over, :2] = labels[over, :2]
    kept[over, 2:] = FULL
    return Window(mixed.astype(np.float32), kept, [*window.instances, moved])


def _place(
    window: Window, spread: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Beside a cell of the window, touching it, or anywhere."""
    height, width = window.densities.shape[:2]
    if window.instances and rng.random() < TOUCHING:
        other = window.instances[rng.integers(len(window.instances))]
        angle = rng.uniform(0, 2 * np.pi)
        way = np.array([np.cos(angle), np.sin(angle)])
        reach = sum(1 / np.sqrt(way @ np.linalg.inv(one) @ way) for one in (other.spread, spread))
        found: NDArray[np.float64] = other.centre + way * reach * rng.uniform(0.84, 1.03)
        return found
    return rng.uniform(0, 1, 2) * (width, height)


def _smudge(window: Window, nucleus_px: float, rng: np.random.Generator) -> Window:
    """Lay a smudge onto the window: a pale, frayed, purple spot that is no cell."""
    height, width = window.densities.shape[:2]
    grain = max(3, round(rng.uniform(0.15, 0.6) * nucleus_px))
    coarse = rng.normal(size=(height // grain + 3, width // grain + 3)).astype(np.float32)
    noise = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    centre = rng.uniform(0, 1, 2) * (width, height)
    radii = nucleus_px * rng.uniform(0.5, 1.2, 2)
    rows, columns = np.mgrid[:height, :width]
    away = np.hypot((columns - centre[0]) / radii[0], (rows - centre[1]) / radii[1])
    thickness = np.clip(1.4 * (1 - away) + 0.35 * noise, 0, 0.9) * rng.uniform(0.3, 0.9)
    thickness[window.labels[..., 1] > OPAQUE_FROM] = 0
    thickness[window.labels[..., 3] <= OPAQUE_FROM] = 0
    colour = np.array([rng.uniform(15, 50), rng.uniform(35, 75), rng.uniform(2, 25)])
    added = cv2.GaussianBlur(thickness.astype(np.float32), (0, 0), 1)[..., None] * colour
    return Window((window.densities + added).astype(np.float32), window.labels, window.instances)


def _fleck(window: Window, nucleus_px: float, rng: np.random.Generator) -> Window:
    """Lay a small purple spot onto the window: a platelet or dirt."""
    height, width = window.densities.shape[:2]
    radius = nucleus_px * rng.uniform(*FLECK_SIZES) / 2
    centre = rng.uniform(0, 1, 2) * (width, height)
    rows, columns = np.mgrid[:height, :width]
    away = np.hypot(columns - centre[0], (rows - centre[1]) * rng.uniform(0.7, 1.4))
    grain = cv2.GaussianBlur(rng.standard_normal((height, width), np.float32), (0, 0), 1) * 2
    thickness = np.clip((radius - away) / 1.5 + 0.5 + 0.5 * grain * (away < radius), 0, 1)
    free = (window.labels[..., 1] <= OPAQUE_FROM) & (window.labels[..., 3] > OPAQUE_FROM)
    colour = rng.uniform(0.3, 1.2) * np.array([60, 90, rng.uniform(15, 60)])
    added = (thickness * free).astype(np.float32)[..., None] * colour
    return Window((window.densities + added).astype(np.float32), window.labels, window.instances)


def change_stain(densities: Array, rng: np.random.Generator) -> Array:
    """Another amount and balance of dye, another camera; hundredths to units.

    Args:
        densities: float32 (h, w, 3), hundredths.
        rng: for all choices.
    """
    found: Array = densities / np.float32(100)
    mix = np.eye(3) + rng.normal(0, 0.07, (3, 3))
    mix *= np.exp(rng.normal(0, 0.22, 3) + rng.normal(0, 0.25))
    found = np.maximum(found @ mix.astype(np.float32).T, np.float32(0))
    found = found ** np.float32(np.exp(rng.normal(0, 0.2)))
    found += rng.normal(0, 0.03, 3).astype(np.float32) + rng.normal(0, 0.02)
    if rng.random() < 0.5:  # noqa: PLR2004  half of them
        found = np.asarray(cv2.GaussianBlur(found, (0, 0), rng.uniform(0.3, 1.4)), np.float32)
    grain = rng.standard_normal(found.shape, np.float32) * np.float32(rng.uniform(0, 0.06))
    if rng.random() < 0.5:  # noqa: PLR2004
        grain = np.asarray(cv2.GaussianBlur(grain, (0, 0), 0.7), np.float32) * np.float32(2)
    return np.clip(found + grain, 0, 2.2).astype(np.float32)


def _maps(window: Window) -> tuple[Array, Array]:
    """Targets and weights, (3, h, w)."""
    height, width = window.labels.shape[:2]
    centre = np.zeros((height, width), np.float32)
    for one in window.instances:
        across = np.arange(width, dtype=np.float32) - np.float32(one.centre[0])
        down = np.arange(height, dtype=np.float32)[:, None] - np.float32(one.centre[1])
        (a, b), (_, d) = np.linalg.inv(one.spread).astype(np.float32)
        away = a * across**2 + d * down**2 + 2 * b * (across * down)
        centre = np.maximum(centre, np.exp(-0.5 / CENTRE_SIGMA**2 * away))
    targets = [window.labels[..., 0] > OPAQUE_FROM, window.labels[..., 1] > OPAQUE_FROM, centre]
    known = window.labels[..., 2:] > OPAQUE_FROM
    # The middle of an unlabelled neighbour is unknown as well; inside a box the ellipse is known.
    sure = known[..., 1] | (centre > NEAR_CENTRE)
    weights = [known[..., 0], known[..., 1], sure * (1 + 4 * centre)]
    return np.stack(targets).astype(np.float32), np.stack(weights).astype(np.float32)
