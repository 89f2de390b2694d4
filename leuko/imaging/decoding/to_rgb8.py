"""Bring decoded samples of any depth, with or without transparency, to upright 8-bit RGB."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.settings import PIXELS_IN_MEGAPIXEL, Limits

TOP_OF_BYTE = 255
CONTAINER_DEPTHS = (8, 10, 12, 14, 16)
"""Bits that cameras really deliver inside 16-bit files."""

EMPTY_ALPHA_NOTE = "The transparency channel is empty throughout and was ignored."
ALPHA_NOTE = "Transparent areas were put on white."
CMYK_NOTE = "CMYK colours were converted to RGB."
UPRIGHT_NOTE = "The picture was turned upright as its EXIF orientation says."
FLOAT_NOTE = "Fractions between 0 and 1 were scaled to 8 bit."


class UnreadableError(Exception):
    """Why a file cannot be read, in one or two sentences that leave out its name."""


@dataclass(frozen=True)
class Raster:
    """A decoded picture before it is turned upright.

    Attributes:
        pixels: uint8 (H, W, 3), RGB.
        notes: sentences for the user.
        orientation: EXIF orientation, 1 to 8.
    """

    pixels: NDArray[np.uint8]
    notes: tuple[str, ...] = ()
    orientation: int = 1


def check_size(width_px: int, height_px: int, limits: Limits) -> None:
    """Refuse a picture by the size that its header gives, before anything is decoded.

    Raises:
        UnreadableError: when a side is too short or the picture has too many pixels.
    """
    if min(width_px, height_px) < limits.min_side_px:
        raise UnreadableError(
            f"The picture is {width_px} × {height_px} pixels; both sides must have at least "
            f"{limits.min_side_px}. Add the picture in its original size."
        )
    if width_px * height_px > limits.max_image_pixels:
        found = width_px * height_px / PIXELS_IN_MEGAPIXEL
        allowed = limits.max_image_pixels / PIXELS_IN_MEGAPIXEL
        raise UnreadableError(
            f"The picture is {width_px} × {height_px} pixels ({found:.4g} megapixels); at most "
            f"{allowed:.4g} megapixels are read. Crop it or export it smaller."
        )


def deep_to_bytes(samples: NDArray[Any], bits: int | None = None) -> tuple[NDArray[np.uint8], str]:
    """Scale integer samples of more or fewer than 8 bits so that their full range becomes 0-255.

    Args:
        samples: unsigned integers below 65,536, any shape.
        bits: depth that the file states; for None it is the smallest usual camera depth that
            holds the largest value, as cameras store 12 bits in 16-bit files.

    Returns:
        uint8 of the same shape, ``round(value * 255 / top)``, and a sentence for the user, empty
        when the depth is 8 bits or fewer.
    """
    largest = int(samples.max(initial=0))
    if bits is None:
        bits = next(depth for depth in CONTAINER_DEPTHS if largest < 1 << depth)
        note = "16-bit values were scaled to 8 bit."
        if bits < CONTAINER_DEPTHS[-1]:
            note = f"The file stores {bits}-bit values in 16 bits; they were scaled to 8 bit."
    else:
        note = f"{bits}-bit values were scaled to 8 bit." if bits > CONTAINER_DEPTHS[0] else ""
    top = (1 << bits) - 1
    values = np.arange(top + 1, dtype=np.uint32)
    table = ((values * TOP_OF_BYTE + top // 2) // top).astype(np.uint8)
    return table[samples], note


def fractions_to_bytes(samples: NDArray[Any]) -> tuple[NDArray[np.uint8], str]:
    """Scale floating-point samples to 0-255.

    Args:
        samples: floats, any shape; all in [0, 1], or all in [0, 255].

    Returns:
        uint8 of the same shape and a sentence for the user.

    Raises:
        UnreadableError: for NaN, infinity or values outside of both ranges.
    """
    if not np.isfinite(samples).all():
        raise UnreadableError(
            "Some values are not numbers (NaN or infinity). Export the picture with 8 or 16 bits."
        )
    lowest, highest = float(samples.min(initial=0)), float(samples.max(initial=0))
    if lowest < 0 or highest > TOP_OF_BYTE:
        raise UnreadableError(
            f"The floating-point values run from {lowest:.4g} to {highest:.4g}; expected 0 to 1 "
            "or 0 to 255. Export the picture with 8 or 16 bits."
        )
    if highest > 1:
        return np.rint(samples).astype(np.uint8), "Floating-point values were rounded to 8 bit."
    return np.rint(samples.astype(np.float64) * TOP_OF_BYTE).astype(np.uint8), FLOAT_NOTE


def on_white(
    colour: NDArray[np.uint8], alpha: NDArray[np.uint8], *, premultiplied: bool = False
) -> tuple[NDArray[np.uint8], str]:
    """Put a picture with transparency on white.

    Args:
        colour: uint8 (H, W, 3).
        alpha: uint8 (H, W), 255 is opaque.
        premultiplied: whether the colours were already multiplied by alpha.

    Returns:
        uint8 (H, W, 3) and a sentence, empty when everything was opaque. Alpha that is zero
        everywhere was never meant as transparency and is ignored.
    """
    if int(alpha.min()) == TOP_OF_BYTE:
        return colour, ""
    if int(alpha.max()) == 0:
        return colour, EMPTY_ALPHA_NOTE
    if premultiplied:
        missing = TOP_OF_BYTE - alpha
        return colour + np.minimum(missing[..., None], TOP_OF_BYTE - colour), ALPHA_NOTE
    height, width = alpha.shape
    white = Image.new("RGB", (width, height), "white")
    composed = Image.composite(Image.fromarray(colour), white, Image.fromarray(alpha))
    return np.asarray(composed), ALPHA_NOTE


def upright(pixels: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """Undo an EXIF orientation.

    Args:
        pixels: uint8 (H, W, 3) as stored.
        orientation: 1 to 8; every other value means 1, as it is, upright.

    Returns:
        uint8, a view; (W, H, 3) for orientations 5 to 8.

    Source: Exif 2.32, tag 0x0112.
    """
    turned = {
        2: lambda: pixels[:, ::-1],
        3: lambda: pixels[::-1, ::-1],
        4: lambda: pixels[::-1],
        5: lambda: pixels.swapaxes(0, 1),
        6: lambda: np.rot90(pixels, -1),
        7: lambda: np.rot90(pixels, 2).swapaxes(0, 1),
        8: lambda: np.rot90(pixels),
    }.get(orientation)
    return pixels if turned is None else turned()
