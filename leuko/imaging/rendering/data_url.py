"""Pictures as data URLs, for a page or a report."""

import base64
import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

MAX_PREVIEW_PX = 1600


def data_url(pixels: NDArray[np.uint8], *, lossless: bool, quality: int = 90) -> str:
    """A picture as a data URL, PNG when lossless (or with alpha), else JPEG.

    Args:
        pixels: uint8 (H, W, 3) or (H, W, 4).
        lossless: keep every value.
        quality: of the JPEG, 1 to 95.
    """
    stream = io.BytesIO()
    if lossless:
        Image.fromarray(pixels).save(stream, "PNG")
        kind = "png"
    else:
        Image.fromarray(pixels).save(stream, "JPEG", quality=quality, subsampling=0)
        kind = "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(stream.getvalue()).decode('ascii')}"


def thumbnail(pixels: NDArray[np.uint8], side_px: int = 72) -> str:
    """A small JPEG of a picture as a data URL.

    Args:
        pixels: uint8 (H, W, 3).
        side_px: longest side, pixels.
    """
    image = Image.fromarray(pixels)
    image.thumbnail((side_px, side_px), Image.Resampling.BILINEAR, reducing_gap=2.0)
    return data_url(np.asarray(image), lossless=False, quality=80)


def preview(pixels: NDArray[np.uint8], longest_px: int = MAX_PREVIEW_PX) -> str:
    """A picture for the screen as a data URL; small ones lossless, large ones scaled down.

    Args:
        pixels: uint8 (H, W, 3).
        longest_px: longest side shown, pixels.
    """
    image = Image.fromarray(pixels)
    small = max(image.size) <= longest_px // 2
    image.thumbnail((longest_px, longest_px), Image.Resampling.LANCZOS)
    return data_url(np.asarray(image), lossless=small)
