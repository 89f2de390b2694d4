"""Bring an image of Pillow's to an array band by band, without further copies of all of it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.imaging.decoding.to_rgb8 import ALPHA_NOTE, EMPTY_ALPHA_NOTE, TOP_OF_BYTE, on_white

BAND_PIXELS = 1_000_000


def rgb_in_bands(image: Image.Image) -> tuple[NDArray[np.uint8], str]:
    """An image of any mode as RGB, transparency put on white.

    Args:
        image: loaded.

    Returns:
        uint8 (H, W, 3), and a sentence on transparency, empty without; alpha that is zero
        everywhere is ignored, as in :func:`leuko.imaging.decoding.to_rgb8.on_white`.
    """
    width, height = image.size
    pixels = np.empty((height, width, 3), np.uint8)
    if not image.has_transparency_data:
        for rows in _bands(width, height):
            pixels[rows] = np.asarray(_band(image, rows).convert("RGB"))
        return pixels, ""
    alpha = np.empty((height, width), np.uint8)
    for rows in _bands(width, height):
        band = _band(image, rows).convert("RGBA")
        pixels[rows] = np.asarray(band.convert("RGB"))
        alpha[rows] = np.asarray(band.getchannel("A"))
    if int(alpha.min()) == TOP_OF_BYTE:
        return pixels, ""
    if int(alpha.max()) == 0:
        return pixels, EMPTY_ALPHA_NOTE
    for rows in _bands(width, height):
        if alpha[rows].any():
            pixels[rows] = on_white(pixels[rows], alpha[rows])[0]
        else:
            pixels[rows] = TOP_OF_BYTE
    return pixels, ALPHA_NOTE


def _bands(width: int, height: int) -> Iterator[slice]:
    step = max(1, BAND_PIXELS // width)
    return (slice(start, min(start + step, height)) for start in range(0, height, step))


def _band(image: Image.Image, rows: slice) -> Image.Image:
    return image.crop((0, rows.start, image.width, rows.stop))
