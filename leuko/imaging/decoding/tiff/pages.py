"""Decode pages of a TIFF to samples, after a look at whether the file holds what they promise."""

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leuko.imaging.decoding.jpeg_damage import refuse_damaged_jpeg
from leuko.imaging.decoding.metadata import BROKEN, CUT_OFF, jpeg_picture
from leuko.imaging.decoding.tiff.layout import (
    BYTE_BITS,
    EXPORT,
    JPEG,
    PHOTOMETRIC_TAG,
    RGB,
    RGB_CHANNELS,
    UNCOMPRESSED,
    WHITE_IS_ZERO,
    Layout,
    mend_tags,
)
from leuko.imaging.decoding.tiff.lzw import LZW, undo_lzw
from leuko.imaging.decoding.to_rgb8 import UnreadableError
from leuko.settings import Limits

COMPRESSIONS = {UNCOMPRESSED, 2, 3, 4, 5, JPEG, 8, 32773, 32946, 50000}
"""None, CCITT fax, LZW, JPEG, Deflate, PackBits, Deflate (old number), Zstandard."""
DNG_TAG = 50706


def page_samples(page: Any, stream: io.BytesIO, data: bytes, limits: Limits) -> NDArray[Any]:  # noqa: ANN401
    """Decode a page to (H, W, channels)."""
    _check_page(page, len(data), limits)
    if page.compression == JPEG:
        _check_jpeg_parts(page, data)
    if page.compression == LZW:
        undo_lzw(page, stream, data)
    samples = page.asarray(maxworkers=1)
    if page.axes == "SYX":
        samples = np.moveaxis(samples, 0, -1)
    elif page.axes not in ("YX", "YXS"):
        raise UnreadableError(f"The layout of this TIFF is not read. {EXPORT}")
    return np.reshape(samples, (page.imagelength, page.imagewidth, page.samplesperpixel))


def separate_planes(
    pages: Any,  # noqa: ANN401 (tifffile pages)
    numbers: tuple[int, ...],
    stream: io.BytesIO,
    data: bytes,
    limits: Limits,
) -> tuple[NDArray[Any], Layout]:
    """Decode three grey pages, or three planes that lie behind one page, to (H, W, 3)."""
    if max(numbers) < len(pages):
        first = pages[numbers[0]]
        shape = (first.imagelength, first.imagewidth, RGB_CHANNELS)
        together = np.empty(shape, first.dtype)
        for place, number in enumerate(numbers):
            page = pages[number]
            mend_tags(page)
            traits = [
                (one.imagewidth, one.imagelength, one.samplesperpixel, one.dtype, one.bitspersample)
                for one in (page, first)
            ]
            if traits[0] != traits[1] or page.samplesperpixel != 1:
                raise UnreadableError(
                    f"The red, green and blue pages of this TIFF differ in size or depth. {EXPORT}"
                )
            together[..., place] = page_samples(page, stream, data, limits)[..., 0]
    else:
        first = pages[0]
        together = _planes_behind(pages, numbers, data, limits)
    # A palette is there to show a plane in its colour; its values are what was measured.
    model = (
        WHITE_IS_ZERO
        if first.photometric == WHITE_IS_ZERO and PHOTOMETRIC_TAG in first.tags
        else RGB
    )
    return together, Layout(model, RGB_CHANNELS)


def _planes_behind(
    pages: Any,  # noqa: ANN401 (tifffile pages)
    numbers: tuple[int, ...],
    data: bytes,
    limits: Limits,
) -> NDArray[Any]:
    """Planes that follow each other uncompressed behind the only page that has a directory."""
    page = pages[0]
    if page.compression != UNCOMPRESSED or len(pages) > 1 or page.dtype is None:
        raise UnreadableError(
            f"The description of this TIFF names more pages than the file holds. {EXPORT}"
        )
    _check_page(page, len(data), limits)
    stored = np.dtype(page.dtype).newbyteorder(page.parent.byteorder)
    shape = (page.imagelength, page.imagewidth)
    values = page.imagelength * page.imagewidth
    start = page.dataoffsets[0]
    if start + (max(numbers) + 1) * values * stored.itemsize > len(data) or page.is_tiled:
        raise UnreadableError(CUT_OFF)
    together = np.empty((*shape, RGB_CHANNELS), page.dtype)
    for place, number in enumerate(numbers):
        plane = np.frombuffer(data, stored, values, start + number * values * stored.itemsize)
        together[..., place] = plane.reshape(shape)
    return together


def _check_page(page: Any, file_bytes: int, limits: Limits) -> None:  # noqa: ANN401 (tifffile page)
    if page.tags.get(DNG_TAG) is not None:
        raise UnreadableError(f"Camera raw files (DNG) are not read. {EXPORT}")
    if page.compression not in COMPRESSIONS:
        named = getattr(page.compression, "name", f"number {int(page.compression)}")
        raise UnreadableError(f"The compression of this TIFF ({named}) is not read. {EXPORT}")
    tile_pixels = page.tilewidth * page.tilelength if page.is_tiled else 0
    if tile_pixels > 4 * limits.max_image_pixels:
        raise UnreadableError(BROKEN)
    parts = list(zip(page.dataoffsets, page.databytecounts, strict=True))
    expected = int(np.prod(page.chunked))
    if any(size == 0 for _, size in parts[:expected]):
        raise UnreadableError(f"Parts of this TIFF hold no data. {EXPORT}")
    if len(parts) < expected or any(
        size < 1 or offset + size > file_bytes for offset, size in parts[:expected]
    ):
        raise UnreadableError(CUT_OFF)
    if page.compression == UNCOMPRESSED:
        stored_bits = page.imagewidth * page.imagelength * page.samplesperpixel * page.bitspersample
        if sum(size for _, size in parts) * BYTE_BITS < stored_bits:
            raise UnreadableError(CUT_OFF)


def _check_jpeg_parts(page: Any, data: bytes) -> None:  # noqa: ANN401 (tifffile page)
    """Refuse a part whose own header claims more pixels than its place in the page has."""
    if page.is_tiled:
        width, height = page.tilewidth, page.tilelength
    else:
        width, height = page.imagewidth, min(page.rowsperstrip, page.imagelength)
    for offset, size in zip(page.dataoffsets, page.databytecounts, strict=True):
        part = jpeg_picture(data[offset : offset + size])
        if part.width_px > width or part.height_px > height:
            raise UnreadableError(BROKEN)
        refuse_damaged_jpeg(part.data, page.jpegtables or b"")
