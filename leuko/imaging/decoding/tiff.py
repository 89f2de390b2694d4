"""Read the first page of a TIFF with tifffile.

tifffile rather than Pillow for every TIFF: it reads 16-bit and floating-point colour, and it says
which bytes of the file hold the picture, so that a file that was cut off is told from a whole one.
"""

import io
import logging
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray
from PIL import Image

from leuko.imaging.decoding.jpeg_damage import refuse_damaged_jpeg
from leuko.imaging.decoding.lzw import LZW, undo_lzw
from leuko.imaging.decoding.metadata import BROKEN, CUT_OFF, jpeg_picture
from leuko.imaging.decoding.to_rgb8 import (
    CMYK_NOTE,
    TOP_OF_BYTE,
    Raster,
    UnreadableError,
    check_size,
    deep_to_bytes,
    fractions_to_bytes,
    on_white,
)
from leuko.settings import Limits

EXPORT = "Export the picture as PNG or as an uncompressed 8-bit RGB TIFF."
EXTRA_NOTE = "An extra channel without meaning for the colours was ignored."

WHITE_IS_ZERO, BLACK_IS_ZERO, RGB, PALETTE, CMYK, YCBCR = 0, 1, 2, 3, 5, 6
COLOURS = {WHITE_IS_ZERO: 1, BLACK_IS_ZERO: 1, RGB: 3, PALETTE: 1, CMYK: 4, YCBCR: 3}
UNCOMPRESSED, JPEG = 1, 7
COMPRESSIONS = {UNCOMPRESSED, 2, 3, 4, 5, JPEG, 8, 32773, 32946, 50000}
"""None, CCITT fax, LZW, JPEG, Deflate, PackBits, Deflate (old number), Zstandard."""
ASSOCIATED_ALPHA, UNASSOCIATED_ALPHA = 1, 2
ORIENTATION_TAG, SUBFILE_TAG, DNG_TAG = 274, 254, 50706
BYTE_BITS, WORD_BITS, MOST_BITS = 8, 16, 64

# tifffile reports oddities of a file through its logger; without a handler Python prints them.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def read_tiff(data: bytes, limits: Limits) -> Raster:
    """Read the first page of a TIFF or BigTIFF.

    Args:
        data: the whole file.
        limits: largest picture and shortest side, checked before anything is decoded.

    Returns:
        RGB, with notes on further pages, depth, transparency and colour conversion.

    Raises:
        UnreadableError: when the page is of a kind that is not read, or is cut off.
        Exception: whatever tifffile and its codecs answer damaged data with.
    """
    stream = io.BytesIO(data)
    with tifffile.TiffFile(stream) as file:
        pages = len(file.pages)
        page = file.pages.first
        _check_page(page, len(data), limits)
        if page.compression == JPEG:
            _check_jpeg_parts(page, data)
        if page.compression == LZW:
            undo_lzw(page, stream)
        samples = page.asarray(maxworkers=1)
        pixels, notes = _to_rgb(_last_axis_samples(page, samples), page)
        orientation = int(page.tags.valueof(ORIENTATION_TAG, default=1))
    if pages > 1:
        notes = (f"Multi-page TIFF: page 1 of {pages} was read.", *notes)
    return Raster(pixels, notes, orientation)


def _check_page(page: Any, file_bytes: int, limits: Limits) -> None:  # noqa: ANN401 (tifffile page)
    check_size(page.imagewidth, page.imagelength, limits)
    if page.tags.get(DNG_TAG) is not None:
        raise UnreadableError(f"Camera raw files (DNG) are not read. {EXPORT}")
    if int(page.tags.valueof(SUBFILE_TAG, default=0)) & 1:
        raise UnreadableError(f"The first page of this TIFF is only a preview. {EXPORT}")
    if page.photometric not in COLOURS or (page.photometric == YCBCR and page.compression != JPEG):
        raise UnreadableError(f"The colour model of this TIFF is not read. {EXPORT}")
    if page.compression not in COMPRESSIONS:
        raise UnreadableError(f"The compression of this TIFF is not read. {EXPORT}")
    extra = page.samplesperpixel - COLOURS[page.photometric]
    if extra not in (0, 1) or page.imagedepth != 1:
        raise UnreadableError(
            f"This TIFF has {page.samplesperpixel} channels in {page.imagedepth} layers; expected "
            f"grey, RGB or CMYK with at most one more channel in one layer. {EXPORT}"
        )
    tile_pixels = page.tilewidth * page.tilelength if page.is_tiled else 0
    if tile_pixels > 4 * limits.max_image_pixels or np.max(page.bitspersample) > MOST_BITS:
        raise UnreadableError(BROKEN)
    parts = list(zip(page.dataoffsets, page.databytecounts, strict=True))
    expected = int(np.prod(page.chunked))
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


def _last_axis_samples(page: Any, samples: NDArray[Any]) -> NDArray[Any]:  # noqa: ANN401
    """Samples as (H, W, channels), whichever way they are stored."""
    if page.axes == "SYX":
        samples = np.moveaxis(samples, 0, -1)
    elif page.axes not in ("YX", "YXS"):
        raise UnreadableError(f"The layout of this TIFF is not read. {EXPORT}")
    return samples.reshape(page.imagelength, page.imagewidth, page.samplesperpixel)


def _to_rgb(samples: NDArray[Any], page: Any) -> tuple[NDArray[np.uint8], tuple[str, ...]]:  # noqa: ANN401
    colours = COLOURS[page.photometric]
    colour, extra = samples[..., :colours], samples[..., colours:]
    if page.photometric == PALETTE:
        return _look_up(colour[..., 0], page.colormap), ()
    pixels, note = _to_bytes(colour, page.bitspersample)
    notes = [note]
    if page.photometric == WHITE_IS_ZERO:
        pixels = TOP_OF_BYTE - pixels
    if page.photometric == CMYK:
        pixels = np.asarray(Image.fromarray(pixels, mode="CMYK").convert("RGB"))
        notes.append(CMYK_NOTE)
    if colours == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    if extra.shape[2]:
        meaning = page.extrasamples[0] if page.extrasamples else None
        if meaning in (ASSOCIATED_ALPHA, UNASSOCIATED_ALPHA):
            alpha = _alpha(extra[..., 0], page.bitspersample)
            premultiplied = meaning == ASSOCIATED_ALPHA
            pixels, note = on_white(pixels, alpha, premultiplied=premultiplied)
        else:
            note = EXTRA_NOTE
        notes.append(note)
    return np.ascontiguousarray(pixels), tuple(filter(None, notes))


def _look_up(indices: NDArray[Any], colour_map: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Colours of a palette picture; the map is (3, entries), by the standard of 16 bits."""
    table = colour_map if int(colour_map.max()) <= TOP_OF_BYTE else colour_map >> BYTE_BITS
    return np.ascontiguousarray(table.T.astype(np.uint8)[indices.astype(np.intp)])


def _to_bytes(samples: NDArray[Any], bits: int) -> tuple[NDArray[np.uint8], str]:
    if samples.dtype.kind == "f":
        return fractions_to_bytes(samples)
    if samples.dtype.kind == "b":
        samples = samples.astype(np.uint8)
    if samples.dtype == np.uint8 and bits == BYTE_BITS:
        return samples, ""
    lowest, highest = int(samples.min(initial=0)), int(samples.max(initial=0))
    if lowest < 0 or highest >= 1 << WORD_BITS:
        raise UnreadableError(
            f"The values of this TIFF run from {lowest} to {highest}; expected 0 to 65535. {EXPORT}"
        )
    known_bits = bits if bits < WORD_BITS and samples.dtype.kind in "bu" else None
    return deep_to_bytes(samples, known_bits)


def _alpha(samples: NDArray[Any], bits: int) -> NDArray[np.uint8]:
    if samples.dtype.kind == "f":
        return fractions_to_bytes(samples)[0]
    if samples.dtype == np.uint8:
        return samples
    return deep_to_bytes(samples, bits)[0]
