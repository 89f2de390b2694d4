"""Read the picture of a TIFF with tifffile.

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

from leuko.imaging.decoding.colour_profile import profile_note
from leuko.imaging.decoding.depth import to_bytes
from leuko.imaging.decoding.metadata import BROKEN
from leuko.imaging.decoding.orientation import ORIENTATION_TAG, UPRIGHT, xmp_orientation
from leuko.imaging.decoding.tiff.directories import check_directories
from leuko.imaging.decoding.tiff.layout import (
    BYTE_BITS,
    CMYK,
    EXPORT,
    PALETTE,
    RGB,
    RGB_CHANNELS,
    WHITE_IS_ZERO,
    Layout,
    mend_tags,
    sample_layout,
    stated_depth,
)
from leuko.imaging.decoding.tiff.pages import page_samples, separate_planes
from leuko.imaging.decoding.tiff.planes import Planes, colour_order, find_planes
from leuko.imaging.decoding.to_rgb8 import (
    CMYK_NOTE,
    TOP_OF_BYTE,
    Raster,
    UnreadableError,
    check_size,
    on_white,
)
from leuko.settings import Limits

EXTRA_NOTE = "An extra channel without meaning for the colours was ignored."

SUBFILE_TAG, XMP_TAG, PROFILE_TAG = 254, 700, 34675

# tifffile reports oddities of a file through its logger; without a handler Python prints them.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def read_tiff(data: bytes, limits: Limits) -> Raster:
    """Read the first picture of a TIFF or BigTIFF.

    Args:
        data: the whole file.
        limits: largest picture and shortest side, checked before anything is decoded.

    Returns:
        RGB, with notes on further pages, depth, transparency, colour conversion and profile.

    Raises:
        UnreadableError: when the picture is of a kind that is not read, or is cut off.
        Exception: whatever tifffile and its codecs answer damaged data with.
    """
    check_directories(data)
    # The bytes are closed too: tifffile's pages and file know each other, and would hold them until
    # Python happens to collect garbage.
    with io.BytesIO(data) as stream, tifffile.TiffFile(stream) as file:
        planes = find_planes(file.pages, _main_page(file.pages))
        page: Any = file.pages[min(planes.numbers[0], len(file.pages) - 1)]
        check_size(page.imagewidth, page.imagelength, limits)
        mend_tags(page)
        bits = planes.stated_bits or stated_depth(page)
        if len(planes.numbers) > 1:
            samples, layout = separate_planes(file.pages, planes.numbers, stream, data, limits)
        else:
            order = colour_order(planes.channels) if planes.channels else None
            layout = sample_layout(page) if order is None else Layout(RGB, RGB_CHANNELS)
            samples = page_samples(page, stream, data, limits)
            samples = samples if order in (None, (0, 1, 2)) else samples[..., order]
        pixels, notes = _to_rgb(samples, layout, page, bits)
        orientation = _orientation(page)
        profile_words = profile_note(_bytes_of(page, PROFILE_TAG))
    told = (_page_note(planes), layout.note, *notes, profile_words)
    return Raster(pixels, tuple(filter(None, told)), orientation)


def _main_page(pages: Any) -> int:  # noqa: ANN401 (tifffile pages)
    """Number of the first page that is not marked as a preview of another."""
    if not len(pages):
        raise UnreadableError(BROKEN)
    for number in range(len(pages)):
        if not int(pages[number].tags.valueof(SUBFILE_TAG, default=0)) & 1:
            return number
    raise UnreadableError(f"This TIFF holds nothing but a preview. {EXPORT}")


def _page_note(planes: Planes) -> str:
    numbers = [number + 1 for number in planes.numbers]
    if len(numbers) > 1:
        red, green, blue = numbers
        return (
            f"Multi-page TIFF: pages {red}, {green} and {blue} of {planes.together} were read as "
            "red, green and blue."
        )
    if planes.together > 1:
        return f"Multi-page TIFF: page {numbers[0]} of {planes.together} was read."
    return ""


def _orientation(page: Any) -> int:  # noqa: ANN401 (tifffile page)
    stated = page.tags.valueof(ORIENTATION_TAG)
    stated = stated[0] if isinstance(stated, (tuple, bytes)) and stated else stated
    if stated is None:
        stated = xmp_orientation(_bytes_of(page, XMP_TAG))
    return int(stated) if isinstance(stated, int) else UPRIGHT


def _bytes_of(page: Any, tag: int) -> bytes:  # noqa: ANN401 (tifffile page)
    value = page.tags.valueof(tag)
    if isinstance(value, str):
        return value.encode("utf-8", "replace")
    return bytes(value) if isinstance(value, (bytes, bytearray)) else b""


def _to_rgb(
    samples: NDArray[Any],
    layout: Layout,
    page: Any,  # noqa: ANN401 (tifffile page)
    stated_bits: int | None,
) -> tuple[NDArray[np.uint8], list[str]]:
    colours = layout.colours
    if layout.model == PALETTE:
        return _look_up(samples[..., 0], page.colormap), []
    alpha_at = layout.alpha if layout.unclear is None else layout.unclear
    kept: Any = slice(colours + (alpha_at == colours))  # a view; a list would copy the picture
    if alpha_at is not None and alpha_at > colours:
        kept = [*range(colours), alpha_at]
    scaled, note = _scaled(samples[..., kept], colours, page.bitspersample, stated_bits)
    pixels, notes = scaled[..., :colours], [note]
    if layout.model == WHITE_IS_ZERO:
        pixels = TOP_OF_BYTE - pixels
    if layout.model == CMYK:
        pixels = np.asarray(Image.fromarray(pixels, mode="CMYK").convert("RGB"))
        notes.append(CMYK_NOTE)
    if colours == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    if layout.unclear is not None and int(scaled[..., -1].min()) < TOP_OF_BYTE:
        raise UnreadableError(
            f"This TIFF has {page.samplesperpixel} channels and does not say which are colours; "
            f"expected grey, or red, green and blue, as of a stained smear. {EXPORT}"
        )
    if layout.alpha is not None:
        pixels, note = on_white(
            np.ascontiguousarray(pixels), scaled[..., -1], premultiplied=layout.premultiplied
        )
        notes.append(note)
    elif layout.ignored and layout.unclear is None:
        notes.append(EXTRA_NOTE)
    return np.ascontiguousarray(pixels), notes


def _scaled(
    samples: NDArray[Any], colours: int, bits: int, stated_bits: int | None
) -> tuple[NDArray[np.uint8], str]:
    """Integers by one scale with their alpha; floats each by its own, which their range tells."""
    if samples.dtype.kind != "f" or samples.shape[2] == colours:
        return to_bytes(samples, bits, stated_bits)
    colour, note = to_bytes(samples[..., :colours], bits)
    alpha, _ = to_bytes(samples[..., colours:], bits)
    return np.concatenate([colour, alpha], axis=2), note


def _look_up(indices: NDArray[Any], colour_map: NDArray[np.uint16]) -> NDArray[np.uint8]:
    """Colours of a palette picture; the map is (3, entries), by the standard of 16 bits."""
    table = colour_map if int(colour_map.max()) <= TOP_OF_BYTE else colour_map >> BYTE_BITS
    return np.ascontiguousarray(table.T.astype(np.uint8)[indices.astype(np.intp)])
