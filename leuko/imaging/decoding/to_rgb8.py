"""Bring decoded 8-bit colours, with or without transparency, to upright RGB."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from leuko.settings import PIXELS_IN_MEGAPIXEL, Limits

TOP_OF_BYTE = 255

EMPTY_ALPHA_NOTE = "The transparency channel is empty throughout and was ignored."
ALPHA_NOTE = "Transparent areas were put on white."
CMYK_NOTE = "CMYK colours were converted to RGB."
UPRIGHT_NOTE = "The picture was turned upright as its EXIF orientation says."


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
