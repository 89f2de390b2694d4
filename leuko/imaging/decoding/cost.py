"""What a picture will take in memory, reckoned from the header of its file before it is decoded.

Upper bounds of what the decoders in use take at their peak, checked against measured peaks by the
tests. The bytes of the file itself come on top, as the walkers of the formats copy them.
"""

import io
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

import tifffile

from leuko.imaging.decoding.file_types import FileKind, file_kind
from leuko.imaging.decoding.metadata import jpeg_frame, jpeg_picture, png_picture, webp_picture
from leuko.imaging.decoding.tiff.directories import check_directories
from leuko.imaging.decoding.to_rgb8 import UnreadableError
from leuko.settings import BYTES_IN_MEGABYTE, Limits

RGB_BYTES, ALPHA_BYTES = 3, 1
"""A pixel of the result, and of the transparency beside it."""
TURNED_BYTES = 2 * RGB_BYTES
"""A pixel, while the result is copied upright; the decoder's own memory is free again by then."""
USE_BYTES = 9
"""A pixel while a picture is prepared for a network, looked at, made small or drawn with its
heatmap: Pillow's copy of it, 4, and what a step of the preparation or the heatmap makes of it."""
FILE_COPIES = 2
BASE_BYTES = 24 * BYTES_IN_MEGABYTE
"""Bands, tables and buffers, whatever the size."""

PILLOW_NARROW, PILLOW_WIDE = 1, 4
"""A pixel in Pillow's memory, of one channel and of several."""
COEFFICIENT_BYTES = 2
"""Of a progressive JPEG, a channel and pixel: all are held until the last scan."""
WEBP_BYTES = 20
"""A pixel of the canvas: Pillow reads every WebP as an animation, on two canvases of 4, and passes
a copy of 4 on to an image of 4; libwebp's own buffers for lossless pictures come on top."""
DEEP_PNG_BYTES = {0: 10, 2: 18, 4: 30, 6: 30}
"""A pixel by colour type: 16 bits as read and as sorted, the bytes made of them, alpha on white."""
ON_WHITE_BYTES = 12
"""A pixel while a TIFF with a channel more than its colours is put on white by Pillow."""
INDEX_BYTES = 8
"""A pixel of a palette TIFF, while its colours are looked up."""
LZW_BASE_BYTES = 80 * BYTES_IN_MEGABYTE
"""What is unpacked at a time, its differences added up."""
FLOAT_BYTES = 10
"""A channel and pixel: a copy in 64 bits, which is scaled and rounded in place, whether it is a
number, and the byte made of it."""
NARROW_PNG = (0, 3)
PNG_DEPTH_AND_COLOUR = slice(24, 26)
BASELINE_FRAMES, PROGRESSIVE_FRAME = (0xC0, 0xC1), 0xC2
BMP_PALETTE_BITS, TIFF_LZW, TIFF_PALETTE, PLANES_APART = 8, 5, 3, 2


@dataclass(frozen=True)
class Cost:
    """Memory that a picture takes.

    Attributes:
        peak_bytes: at most, while it is decoded; the result is part of it.
        held_bytes: of the result, for as long as it is kept.
    """

    peak_bytes: int = 0
    held_bytes: int = 0

    @property
    def use_bytes(self) -> int:
        """At most, while the result is classified and looked at, itself included."""
        return self.held_bytes * (RGB_BYTES + USE_BYTES) // RGB_BYTES


NO_COST = Cost()
"""Of what cannot be decoded."""


def decoding_cost(data: bytes) -> Cost:
    """What the picture in a file will take, by its header.

    Args:
        data: the whole file; nothing of it is decoded.

    Returns:
        An upper bound; nothing for a file whose header cannot be read, which is never decoded.
    """
    pixels, pixel_bytes = 0, 0.0
    with suppress(Exception):  # as in decode_image, which then says what is wrong with the file
        pixels, pixel_bytes = _READERS[file_kind(data)](data)
    if not pixels:
        return NO_COST
    peak = round(pixels * pixel_bytes) + FILE_COPIES * len(data) + BASE_BYTES
    return Cost(peak, pixels * RGB_BYTES)


def room_for(costs: Sequence[Cost]) -> int:
    """Bytes that pictures take at the peak when they are decoded, then held and used together."""
    held = sum(cost.held_bytes for cost in costs)
    above = max((max(c.peak_bytes, c.use_bytes) - c.held_bytes for c in costs), default=0)
    return held + above


def check_cost(cost: Cost, limits: Limits) -> None:
    """Refuse a picture that could never be decoded within the memory set aside for it.

    Raises:
        UnreadableError: with what it would take.
    """
    if cost.peak_bytes > limits.max_decoding_bytes:
        raise UnreadableError(
            f"To decode this picture takes up to {cost.peak_bytes / BYTES_IN_MEGABYTE:.0f} "
            f"megabytes of memory; {limits.max_decoding_bytes / BYTES_IN_MEGABYTE:.0f} are set "
            "aside for it. Crop it, or export it smaller or as an 8-bit PNG."
        )


def _png(data: bytes) -> tuple[int, float]:
    picture = png_picture(data)
    bits, colour = data[PNG_DEPTH_AND_COLOUR]
    if bits > 8:  # noqa: PLR2004
        return picture.width_px * picture.height_px, DEEP_PNG_BYTES[colour]
    storage = PILLOW_NARROW if colour in NARROW_PNG else PILLOW_WIDE
    pixel_bytes = max(storage + RGB_BYTES + ALPHA_BYTES, TURNED_BYTES)
    return picture.width_px * picture.height_px, pixel_bytes


def _jpeg(data: bytes) -> tuple[int, float]:
    picture = jpeg_picture(data)
    marker, channels = jpeg_frame(picture.data)
    coefficients = 0 if marker in BASELINE_FRAMES else COEFFICIENT_BYTES * channels
    storage = PILLOW_NARROW if channels == 1 else PILLOW_WIDE
    pixel_bytes = max(storage + max(RGB_BYTES, coefficients), TURNED_BYTES)
    return picture.width_px * picture.height_px, pixel_bytes


def _webp(data: bytes) -> tuple[int, float]:
    picture = webp_picture(data)
    return picture.width_px * picture.height_px, WEBP_BYTES


def _bmp(data: bytes) -> tuple[int, float]:
    short = int.from_bytes(data[14:18], "little") == 12  # noqa: PLR2004 (OS/2 version 1)
    step = 2 if short else 4
    sides = [data[at : at + step] for at in (18, 18 + step)]
    width, height = (abs(int.from_bytes(side, "little", signed=not short)) for side in sides)
    bits = int.from_bytes(data[24:26] if short else data[28:30], "little")
    storage = PILLOW_NARROW if bits <= BMP_PALETTE_BITS else PILLOW_WIDE
    # Run lengths are unpacked into one more plane of one channel.
    return width * height, storage + RGB_BYTES + 2 * ALPHA_BYTES


def _tiff(data: bytes) -> tuple[int, float]:
    check_directories(data)
    with io.BytesIO(data) as stream, tifffile.TiffFile(stream) as file:
        page = file.pages.first
        if page.dtype is None:
            return 0, 0.0
        samples, stored = page.samplesperpixel, page.dtype.itemsize
        if samples == 1 and (len(file.pages) > 1 or page.is_imagej or page.is_shaped):
            samples = RGB_BYTES  # its colours may lie on three pages, or behind one
        if page.is_tiled:
            part_pixels = page.tilewidth * page.tilelength
        else:
            part_pixels = page.imagewidth * min(page.rowsperstrip, page.imagelength)
        pixels = page.imagewidth * page.imagelength
        share = min(1.0, part_pixels / pixels)
        # All samples as stored, one part on its way there, and the result where that is another.
        pixel_bytes = samples * stored * (1 + share)
        if samples * stored != RGB_BYTES:
            pixel_bytes += RGB_BYTES
        if page.dtype.kind == "f":
            pixel_bytes += samples * FLOAT_BYTES
        elif page.bitspersample != 8 or page.planarconfig == PLANES_APART:  # noqa: PLR2004
            pixel_bytes += samples * (1 + stored)
        if page.compression == TIFF_LZW:
            pixel_bytes += samples * stored + LZW_BASE_BYTES / pixels
        if page.photometric == TIFF_PALETTE:
            pixel_bytes += INDEX_BYTES
        if samples > RGB_BYTES or page.extrasamples:
            pixel_bytes += ON_WHITE_BYTES
        return pixels, max(pixel_bytes, TURNED_BYTES)


_READERS = {
    FileKind.PNG: _png,
    FileKind.JPEG: _jpeg,
    FileKind.WEBP: _webp,
    FileKind.BMP: _bmp,
    FileKind.TIFF: _tiff,
}
