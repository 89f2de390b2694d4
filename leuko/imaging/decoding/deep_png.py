"""Samples of a 16-bit PNG, all 16 bits of them.

Pillow gives 16-bit grey as it is, but of 16-bit colour only the upper bytes, which loses 12-bit
camera data. Its decoder can be told, though, which bytes of a sample to keep: so colour is decoded
twice. The PNG decoder of imagecodecs gives all bits too, but damages the interpreter's memory when
it meets damaged files.
"""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import PngImagePlugin

from leuko.imaging.decoding.metadata import BROKEN
from leuko.imaging.decoding.to_rgb8 import UnreadableError

_BYTE_BITS = np.uint16(8)


def deep_samples(data: bytes) -> NDArray[np.uint16]:
    """Decode a 16-bit PNG.

    Args:
        data: the whole file, its size checked.

    Returns:
        uint16 (H, W, channels): grey 1, grey with alpha 2, RGB 3, RGB with alpha 4.

    Raises:
        UnreadableError: when the header promises 16 bits and a palette, which cannot be.
        Exception: whatever Pillow answers damaged data with.
    """
    with PngImagePlugin.PngImageFile(io.BytesIO(data)) as image:
        stored = str(image.tile[0].args)
    if stored == "I;16B":
        return _decode(data, stored)[..., None]
    if stored == "LA;16B":
        four = _decode(data, "RGBA")  # high and low byte of grey, then of alpha
        return (four[..., ::2] << _BYTE_BITS) | four[..., 1::2]
    if stored in ("RGB;16B", "RGBA;16B"):
        # Read in the opposite byte order, the byte that is taken for the upper one is the lower.
        lower = _decode(data, stored.replace("16B", "16L"))
        return (_decode(data, stored) << _BYTE_BITS) | lower
    raise UnreadableError(BROKEN)


def _decode(data: bytes, raw_mode: str) -> NDArray[np.uint16]:
    with PngImagePlugin.PngImageFile(io.BytesIO(data)) as image:
        image.tile = [tile._replace(args=raw_mode) for tile in image.tile]
        image.load()
        return np.asarray(image).astype(np.uint16)
