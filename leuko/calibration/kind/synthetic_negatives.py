"""Drawn pictures that are no blood: pages, screens, plots, shapes, noise, tissue-like stains.

Each is a function of its seed. The kind gate is fitted on some of them and measured on others, and
also measured on whole families that it was not fitted on.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import cv2
import numpy as np
from numpy.typing import NDArray

from leuko.arrays import Pixels

Random = np.random.Generator
Colour = tuple[int, int, int]

LETTERS = "etaoin shrdlu cmfwyp vbgkjq 0123456789"
FONTS = (cv2.FONT_HERSHEY_SIMPLEX, cv2.FONT_HERSHEY_COMPLEX, cv2.FONT_HERSHEY_DUPLEX)
SIDES_PX = (120, 224, 257, 300, 400, 512)


def draw_other(family: str, seed: int) -> Pixels:
    """A picture that is no blood, uint8 (H, W, 3), RGB.

    Args:
        family: one of ``FAMILIES``.
        seed: which one.
    """
    rng = np.random.default_rng([seed, *family.encode()])
    height, width = (int(rng.choice(SIDES_PX)) for _ in range(2))
    if rng.random() < 0.5:  # noqa: PLR2004
        height = width
    return FAMILIES[family](rng, height, width)


def _canvas(rng: Random, height: int, width: int, *, pale: float = 0.5) -> Pixels:
    if rng.random() < pale:
        colour = rng.integers(225, 256, 3) if rng.random() < 0.5 else np.full(3, 255)  # noqa: PLR2004
    else:
        colour = rng.integers(0, 256, 3)
    return np.tile(colour.astype(np.uint8), (height, width, 1))


def _colour(rng: Random) -> Colour:
    red, green, blue = rng.integers(0, 256, 3).tolist()
    return red, green, blue


def _smooth(rng: Random, height: int, width: int, grain_px: float) -> NDArray[np.float32]:
    """Smooth noise about 0 with a standard deviation about 1; (height, width)."""
    size = max(2, int(height / grain_px) + 2), max(2, int(width / grain_px) + 2)
    coarse = rng.normal(size=size).astype(np.float32)
    fine = np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC))
    return np.asarray(fine / max(float(fine.std()), 1e-3), np.float32)


def _grain(pixels: Pixels, rng: Random, sigma: float) -> Pixels:
    noisy = pixels + rng.normal(0, sigma, pixels.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def _blank(rng: Random, height: int, width: int) -> Pixels:
    canvas = _canvas(rng, height, width)
    slope = np.linspace(0, rng.uniform(-40, 40), width)[None, :, None]
    shaded = canvas + slope * rng.uniform(0, 1, 3) * (rng.random() < 0.5)  # noqa: PLR2004
    return _grain(np.clip(shaded, 0, 255).astype(np.uint8), rng, rng.choice((0.0, 1.5, 4.0)))


def _noise(rng: Random, height: int, width: int) -> Pixels:
    if rng.random() < 0.3:  # noqa: PLR2004
        return rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
    grain_px = float(rng.choice((2, 5, 12, 30, 80)))
    planes = [_smooth(rng, height, width, grain_px) for _ in range(3)]
    mixed = np.stack(planes, axis=-1) @ rng.uniform(-0.2, 1, (3, 3)).astype(np.float32)
    shaded = rng.uniform(60, 200, 3) + rng.uniform(10, 60) * mixed
    return np.clip(shaded, 0, 255).astype(np.uint8)


def _words(rng: Random, canvas: Pixels, box: tuple[int, int, int, int], colour: Colour) -> None:
    left, top, right, bottom = box
    scale = float(rng.uniform(0.25, 0.9))
    font = int(rng.choice(FONTS))
    y = top + int(24 * scale)
    while y < bottom:
        length = int((right - left) / (18 * scale) * rng.uniform(0.3, 1))
        line = "".join(rng.choice(list(LETTERS), max(1, length)))
        cv2.putText(canvas, line, (left, y), font, scale, colour, 1, cv2.LINE_AA)
        y += int(36 * scale)


def _page(rng: Random, height: int, width: int) -> Pixels:
    canvas = _canvas(rng, height, width, pale=0.85)
    dark = canvas.mean() > 128  # noqa: PLR2004
    shade = int(rng.integers(0, 80)) if dark else int(rng.integers(180, 256))
    colour = (shade, shade, shade) if rng.random() < 0.8 else _colour(rng)  # noqa: PLR2004
    margin = int(rng.uniform(0.02, 0.12) * width)
    _words(rng, canvas, (margin, margin, width - margin, height - margin), colour)
    return _grain(canvas, rng, rng.choice((0.0, 0.0, 3.0)))


def _screen(rng: Random, height: int, width: int) -> Pixels:
    canvas = _canvas(rng, height, width, pale=0.6)
    for _ in range(int(rng.integers(3, 12))):
        left, top = int(rng.uniform(0, 0.8) * width), int(rng.uniform(0, 0.9) * height)
        right = left + int(rng.uniform(0.1, 0.7) * width)
        bottom = top + int(rng.uniform(0.04, 0.5) * height)
        fill = _colour(rng) if rng.random() < 0.5 else (250, 250, 250)  # noqa: PLR2004
        cv2.rectangle(canvas, (left, top), (right, bottom), fill, -1)
        cv2.rectangle(canvas, (left, top), (right, bottom), _colour(rng), 1)
        if rng.random() < 0.7:  # noqa: PLR2004
            ink = (20, 20, 20) if sum(fill) > 380 else (240, 240, 240)  # noqa: PLR2004
            box = (left + 4, top + 2, min(right, width), min(bottom, height))
            _words(rng, canvas, box, ink)
    return canvas


def _plot(rng: Random, height: int, width: int) -> Pixels:
    canvas = _canvas(rng, height, width, pale=0.9)
    left, bottom = int(0.12 * width), int(0.88 * height)
    right, top = int(0.95 * width), int(0.08 * height)
    style = int(rng.integers(4))
    for _ in range(int(rng.integers(1, 6))):
        colour = _colour(rng)
        x = np.linspace(left, right, 60)
        y = (top + bottom) / 2 + np.cumsum(rng.normal(0, 0.03 * height, 60))
        points = np.stack([x, np.clip(y, top, bottom)], axis=1).astype(np.int32)
        if style == 0:
            cv2.polylines(canvas, [points], False, colour, int(rng.integers(1, 4)), cv2.LINE_AA)
        elif style == 1:
            for px, py in points[::5].tolist():
                cv2.rectangle(canvas, (px, py), (px + int(0.04 * width), bottom), colour, -1)
        else:
            middle = rng.uniform((left, top), (right, bottom))
            cloud = rng.normal(middle, 0.12 * min(height, width), (int(rng.integers(10, 90)), 2))
            radius = int(rng.integers(2, 2 + max(2, width // 60)))
            for px, py in cloud.astype(int).tolist():
                cv2.circle(canvas, (px, py), radius, colour, -1, cv2.LINE_AA)
    cv2.line(canvas, (left, bottom), (right, bottom), (30, 30, 30), 1)
    cv2.line(canvas, (left, bottom), (left, top), (30, 30, 30), 1)
    _words(rng, canvas, (left, bottom + 4, right, bottom + 12), (30, 30, 30))
    return canvas


def _shapes(rng: Random, height: int, width: int) -> Pixels:
    canvas = _canvas(rng, height, width)
    side = min(height, width)
    for _ in range(int(rng.integers(1, 25))):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        size = int(rng.uniform(0.03, 0.35) * side) + 1
        kind = int(rng.integers(4))
        if kind == 0:
            cv2.circle(canvas, (x, y), size, _colour(rng), -1, cv2.LINE_AA)
        elif kind == 1:
            cv2.rectangle(canvas, (x, y), (x + size, y + size), _colour(rng), -1)
        elif kind == 2:  # noqa: PLR2004
            corners = rng.normal((x, y), size, (int(rng.integers(3, 7)), 2)).astype(np.int32)
            cv2.fillPoly(canvas, [corners], _colour(rng), cv2.LINE_AA)
        else:
            end = rng.integers(0, side, 2).tolist()
            cv2.line(canvas, (x, y), end, _colour(rng), int(rng.integers(1, 9)), cv2.LINE_AA)
    if rng.random() < 0.5:  # noqa: PLR2004
        canvas = np.asarray(cv2.GaussianBlur(canvas, (5, 5), 0), np.uint8)
    return _grain(canvas, rng, rng.choice((0.0, 2.0, 5.0)))


def _balls(rng: Random, height: int, width: int) -> Pixels:
    """Shaded balls, such as fruit, coins or beads, in any colour but that of stained nuclei."""
    canvas = _canvas(rng, height, width).astype(np.float32)
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    hue = int(rng.integers(0, 120))
    for _ in range(int(rng.integers(1, 30))):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        radius = rng.uniform(0.04, 0.3) * min(height, width)
        far = np.hypot(columns - x, rows - y) / radius
        light = np.hypot(columns - x + 0.4 * radius, rows - y + 0.4 * radius) / radius
        pixel = np.array([[[(hue + int(rng.integers(25))) % 180, rng.integers(0, 256), 230]]])
        colour = np.asarray(cv2.cvtColor(pixel.astype(np.uint8), cv2.COLOR_HSV2RGB))[0, 0]
        cover = np.clip((1 - far) * radius, 0, 1)[..., None]
        canvas += cover * (np.clip(1.1 - 0.5 * light, 0.1, 1)[..., None] * colour - canvas)
    return _grain(np.clip(canvas, 0, 255).astype(np.uint8), rng, 2.0)


def _tissue(rng: Random, height: int, width: int) -> Pixels:
    """Stained tissue: fibres and cytoplasm everywhere, many small dark nuclei, hardly any glass."""
    light, dark = np.array([240.0, 215, 232]), rng.uniform((170, 60, 130), (235, 150, 195))
    fibres = _smooth(rng, height, width, rng.uniform(4, 14)) * rng.uniform(0.3, 0.6)
    fibres += _smooth(rng, height, width, rng.uniform(20, 60)) * rng.uniform(0.3, 0.6)
    share = np.clip(0.55 + 0.5 * fibres, 0, 1)[..., None]
    canvas = light + share * (dark - light)
    nuclei = rng.uniform((50, 20, 90), (120, 80, 160))
    radius = rng.uniform(0.008, 0.03) * min(height, width) + 1.5
    count = int(rng.uniform(0.05, 0.35) * height * width / (np.pi * radius**2))
    cover = np.zeros((height, width), np.float32)
    for x, y, turn in rng.uniform((0, 0, 0), (width, height, 180), (count, 3)).tolist():
        axes = int(radius * rng.uniform(0.8, 1.8)) + 1, int(radius) + 1
        shade = float(rng.uniform(0.5, 1))
        cv2.ellipse(cover, (int(x), int(y)), axes, turn, 0, 360, shade, -1, cv2.LINE_AA)
    canvas += cover[..., None] * (nuclei - canvas)
    canvas += 6 * _smooth(rng, height, width, 2.5)[..., None]
    return _grain(np.clip(canvas, 0, 255).astype(np.uint8), rng, 2.0)


FAMILIES: Mapping[str, Callable[[Random, int, int], Pixels]] = MappingProxyType(
    {
        "blank": _blank,
        "noise": _noise,
        "page": _page,
        "screen": _screen,
        "plot": _plot,
        "shapes": _shapes,
        "balls": _balls,
        "tissue": _tissue,
    }
)
