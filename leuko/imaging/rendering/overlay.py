"""Colour a heatmap and lay it over its picture.

The overlay is the plain compositing of one RGBA picture, :func:`heat_rgba`, above the pixels: a
browser draws the same with that picture as PNG and the opacity as CSS, without asking again.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.imaging.rendering.colormaps import DEFAULT_MAP, colour_table

BAND_PIXELS = 1_000_000
DEFAULT_OPACITY = 0.7
"""Of a heatmap over its picture, wherever nobody chose another."""
ALPHA_EXPONENT = 1.0
"""Alpha equals heat: where there is none the picture stays as it is, and it fades in without an
edge."""
TOP_OF_BYTE = 255


def resize_heat(heat: NDArray[np.float32], size: tuple[int, int]) -> NDArray[np.float32]:
    """Scale a heatmap to the size of its picture, bilinearly and without rounding to bytes.

    Args:
        heat: float (h, w), finite, any range.
        size: (width, height) of the result, pixels, both above zero.

    Returns:
        float32 (height, width), never below the least or above the greatest input.

    Raises:
        ValueError: for another shape, values that are not finite or an empty size.
    """
    heat = np.asarray(heat)
    _check_finite_map(heat)
    if min(size) < 1:
        raise ValueError(f"size must be above zero, found {size}")
    image = Image.fromarray(np.ascontiguousarray(heat, dtype=np.float32))
    resized = image.resize(size, Image.Resampling.BILINEAR)
    scaled = np.empty((size[1], size[0]), np.float32)
    step = max(1, BAND_PIXELS // size[0])
    for start in range(0, size[1], step):
        rows = slice(start, min(start + step, size[1]))
        scaled[rows] = np.asarray(resized.crop((0, rows.start, size[0], rows.stop)))
    return scaled.clip(np.float32(heat.min()), np.float32(heat.max()), out=scaled)


def colour(heat: NDArray[np.float32], colour_map: str = DEFAULT_MAP) -> NDArray[np.uint8]:
    """Colour of every value of a heatmap.

    Args:
        heat: float (H, W) in [0, 1]; 0 is the dark end of the map.
        colour_map: one of ``colormaps.COLOUR_MAPS``.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        ValueError: for another shape, values outside of [0, 1], NaN or an unknown map.
    """
    heat = np.asarray(heat)
    _check_heat(heat)
    return colour_table(colour_map)[_to_bytes(heat)]


def heat_rgba(heat: NDArray[np.float32], colour_map: str = DEFAULT_MAP) -> NDArray[np.uint8]:
    """The heatmap as a picture to lay above another one; more heat is never more transparent.

    Args:
        heat: float (H, W) in [0, 1].
        colour_map: one of ``colormaps.COLOUR_MAPS``.

    Returns:
        uint8 (H, W, 4), RGBA, not premultiplied; alpha is ``heat ** ALPHA_EXPONENT``.

    Raises:
        ValueError: as :func:`colour`.
    """
    coloured = colour(heat, colour_map)
    alpha = _to_bytes(np.asarray(heat, dtype=np.float64) ** ALPHA_EXPONENT)
    return np.dstack([coloured, alpha])


def overlay(
    pixels: NDArray[np.uint8],
    heat: NDArray[np.float32],
    opacity: float = 0.5,
    colour_map: str = DEFAULT_MAP,
) -> NDArray[np.uint8]:
    """Lay a heatmap over its picture: ``heat_rgba`` composited at the given opacity.

    Args:
        pixels: uint8 (H, W, 3), RGB.
        heat: float (H, W) in [0, 1], of the same size.
        opacity: [0, 1]; 0 shows the picture alone, 1 covers it where heat is 1.
        colour_map: one of ``colormaps.COLOUR_MAPS``.

    Returns:
        uint8 (H, W, 3), RGB.

    Raises:
        ValueError: for other shapes or types, values outside of their range, NaN, unknown map.
    """
    heat = np.asarray(heat)
    if pixels.dtype != np.uint8 or pixels.shape != (*heat.shape, 3):
        raise ValueError(
            f"pixels must be uint8 {(*heat.shape, 3)} as heat is {heat.shape}, "
            f"found {pixels.dtype} {pixels.shape}"
        )
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity must lie in [0, 1], found {opacity}")
    blended = np.empty_like(pixels)
    step = max(1, BAND_PIXELS // heat.shape[1])
    for start in range(0, heat.shape[0], step):  # the fractions of all of it would fill the memory
        rows = slice(start, start + step)
        blended[rows] = _blended(pixels[rows], heat_rgba(heat[rows], colour_map), opacity)
    return blended


def _blended(
    pixels: NDArray[np.uint8], above: NDArray[np.uint8], opacity: float
) -> NDArray[np.uint8]:
    layer = above.astype(np.float32)
    share = layer[..., 3:] * np.float32(opacity / TOP_OF_BYTE)  # (H, W, 1) in [0, 1]
    return _rounded(pixels * (1 - share) + layer[..., :3] * share)


def _to_bytes(fractions: NDArray[np.floating]) -> NDArray[np.uint8]:
    return _rounded(fractions * TOP_OF_BYTE)


def _rounded(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    nearest: NDArray[np.floating] = np.rint(values).clip(0, TOP_OF_BYTE)
    return nearest.astype(np.uint8)


def _check_finite_map(heat: NDArray[np.floating]) -> None:
    if heat.ndim != 2 or heat.size == 0 or heat.dtype.kind != "f":  # noqa: PLR2004 (height, width)
        raise ValueError(f"heat must be floats (H, W), found {heat.dtype} {heat.shape}")
    if not np.isfinite(heat).all():
        raise ValueError("heat must be finite, found NaN or infinity")


def _check_heat(heat: NDArray[np.floating]) -> None:
    _check_finite_map(heat)
    if heat.min() < 0 or heat.max() > 1:
        raise ValueError(f"heat must lie in [0, 1], found {heat.min()} to {heat.max()}")
