"""Read any supported file into a :class:`Picture`; one path for all parts of the program.

An embedded colour profile (ICC) is applied on no path, and a note says so: the published data sets
were trained without colour management, and a picture must mean the same to the network wherever it
is read.
"""

import hashlib
import io
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, Image, ImageFile, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

from leuko.errors import ImageError
from leuko.imaging.budget import DECODING
from leuko.imaging.decoding.bands import rgb_in_bands
from leuko.imaging.decoding.cost import RGB_BYTES, check_cost, decoding_cost
from leuko.imaging.decoding.depth import deep_to_bytes
from leuko.imaging.decoding.file_types import FileKind, readable_kind
from leuko.imaging.decoding.jpeg_damage import refuse_damaged_jpeg
from leuko.imaging.decoding.metadata import (
    BROKEN,
    PictureData,
    jpeg_picture,
    png_picture,
    webp_picture,
)
from leuko.imaging.decoding.tiff.read import read_tiff
from leuko.imaging.decoding.to_rgb8 import (
    CMYK_NOTE,
    UPRIGHT_NOTE,
    Raster,
    UnreadableError,
    check_size,
    on_white,
    upright,
)
from leuko.imaging.decoding.variants import (
    UNKNOWN_VARIANT,
    bmp_picture,
    check_jpeg,
    is_unknown_variant,
)
from leuko.imaging.filenames import display_name
from leuko.imaging.picture import Picture
from leuko.settings import BYTES_IN_MEGABYTE, Limits, load_limits

ANIMATION_NOTE = "The file is animated: only its first picture was read."
DEEP_PNG_BITS = 16
PNG_COLOUR_TYPE = 25
"""Place of that byte in a PNG, whose header comes first."""
PNG_CHANNELS = {0: [0], 2: [2, 1, 0], 4: [0, 3], 6: [2, 1, 0, 3]}
"""By colour type, where OpenCV puts the channels: blue first, grey with alpha as four."""
LAST_ORIENTATION = 8
TOO_LITTLE_MEMORY = "The memory does not suffice to decode this picture. Export it smaller."

_Opener = Callable[[io.BytesIO], ImageFile.ImageFile]


def decode_image(data: bytes, name: str, limits: Limits, *, shown_px: int | None = None) -> Picture:
    """Decode the bytes of a file.

    Args:
        data: the whole file; its content, not its name, says what it is.
        name: name as the user gave it, used in messages and kept in the result.
        limits: largest file and picture, shortest side.
        shown_px: for a copy on the screen only: a JPEG may be read at a half, a quarter or an
            eighth of its size as long as its longest side keeps so many pixels. What is read so
            must never reach a network.

    Returns:
        The first picture of the file, upright, 8-bit RGB, transparency put on white.

    Raises:
        ImageError: for everything that cannot be read, with a sentence on what to do.
    """
    try:
        with _room(data, limits):
            kind, raster = _read(data, limits, shown_px)
    except UnreadableError as error:
        raise ImageError(display_name(name), str(error)) from error.__cause__
    except MemoryError as error:
        raise ImageError(display_name(name), TOO_LITTLE_MEMORY) from error
    except Image.DecompressionBombError as error:
        reason = "The picture is larger than the decoder allows. Crop it or export it smaller."
        raise ImageError(display_name(name), reason) from error
    except Exception as error:
        # Decoders answer a damaged file with whatever their internals run into (struct.error,
        # ValueError, IndexError, zlib.error, SyntaxError ...); all of it means the same to a user.
        reason = UNKNOWN_VARIANT if is_unknown_variant(error) else BROKEN
        raise ImageError(display_name(name), reason) from error
    notes = raster.notes
    if raster.orientation in range(2, LAST_ORIENTATION + 1):
        notes = (*notes, UPRIGHT_NOTE)
    pixels = upright(raster.pixels, raster.orientation)
    return Picture(name, pixels, hashlib.sha256(data).hexdigest(), kind.value, notes)


def read_picture(path: str | Path, limits: Limits | None = None) -> Picture:
    """Read a picture from disk; see :func:`decode_image`.

    Args:
        path: the file: PNG, JPEG, BMP, TIFF or WebP.
        limits: without them, those of the configuration file.

    Returns:
        The picture; its ``pixels`` are uint8 (H, W, 3), RGB, upright, transparency put on white.

    Raises:
        ImageError: when the file is not there, may not be opened or cannot be read as a picture.
        LeukoError: when the configuration file is malformed.
    """
    limits = load_limits() if limits is None else limits
    return decode_image(read_file(Path(path), limits), str(path), limits)


def read_file(path: Path, limits: Limits) -> bytes:
    """All bytes of a file that is to be decoded.

    Raises:
        ImageError: when it is not there, may not be opened or is too large.
    """
    try:
        if path.stat().st_size > limits.max_file_bytes:
            # Refused before it fills the memory.
            raise ImageError(display_name(str(path)), _too_large(path.stat().st_size, limits))
        return path.read_bytes()
    except OSError as error:
        reason = f"The file cannot be opened ({error.strerror}). Check its name and permissions."
        raise ImageError(display_name(str(path)), reason) from error
    except ValueError as error:  # a null character in the path
        reason = "This is not a valid file name. Rename the file."
        raise ImageError(display_name(str(path)), reason) from error


def _too_large(file_bytes: int, limits: Limits) -> str:
    return (
        f"The file has {file_bytes / BYTES_IN_MEGABYTE:.4g} megabytes; at most "
        f"{limits.max_file_bytes / BYTES_IN_MEGABYTE:.4g} are read. "
        "Crop the picture or export it smaller."
    )


@contextmanager
def _room(data: bytes, limits: Limits) -> Iterator[None]:
    cost = decoding_cost(data)
    if cost.held_bytes <= RGB_BYTES * limits.max_image_pixels:  # more is refused by its size
        check_cost(cost, limits)
    with DECODING.reserve(cost.peak_bytes, limits.max_decoding_bytes):
        yield


def _read(data: bytes, limits: Limits, shown_px: int | None) -> tuple[FileKind, Raster]:
    if len(data) > limits.max_file_bytes:
        raise UnreadableError(_too_large(len(data), limits))
    kind = readable_kind(data)
    if kind is FileKind.TIFF:
        return kind, read_tiff(data, limits)
    if kind is FileKind.PNG:
        picture = png_picture(data)
        raster = _read_png(picture, limits)
    elif kind is FileKind.JPEG:
        picture = jpeg_picture(data)
        check_jpeg(picture)
        check_size(picture.width_px, picture.height_px, limits)
        refuse_damaged_jpeg(picture.data)
        raster = _read_with_pillow(picture, JpegImagePlugin.JpegImageFile, limits, shown_px)
    elif kind is FileKind.WEBP:
        picture = webp_picture(data)
        raster = _read_with_pillow(picture, WebPImagePlugin.WebPImageFile, limits)
    else:
        picture = bmp_picture(data)
        raster = _read_with_pillow(picture, BmpImagePlugin.BmpImageFile, limits)
    return kind, replace(raster, notes=(*raster.notes, *picture.notes))


def _read_png(picture: PictureData, limits: Limits) -> Raster:
    if picture.bits != DEEP_PNG_BITS:
        return _read_with_pillow(picture, PngImagePlugin.PngImageFile, limits)
    check_size(picture.width_px, picture.height_px, limits)
    samples = deep_samples(picture.data)
    scaled, note = deep_to_bytes(samples, picture.stated_bits)  # alpha by the same scale
    colours = samples.shape[2] - 1 + samples.shape[2] % 2  # grey 1, with alpha 2; RGB 3, with 4
    pixels = scaled[..., :colours]
    pixels = np.repeat(pixels, 3, axis=2) if colours == 1 else pixels
    alpha_note = ""
    if samples.shape[2] > colours:
        pixels, alpha_note = on_white(np.ascontiguousarray(pixels), scaled[..., -1])
    notes = (note, alpha_note, ANIMATION_NOTE if picture.animated else "")
    return Raster(pixels, tuple(filter(None, notes)), picture.orientation)


def deep_samples(data: bytes) -> NDArray[np.uint16]:
    """Decode a 16-bit PNG, all 16 bits of it; of colour Pillow gives the upper bytes alone.

    Args:
        data: the whole file, its size checked.

    Returns:
        uint16 (H, W, channels): grey 1, grey with alpha 2, RGB 3, RGB with alpha 4.

    Raises:
        UnreadableError: when the file is damaged, or promises 16 bits and a palette.
    """
    import cv2

    channels = PNG_CHANNELS.get(data[PNG_COLOUR_TYPE])
    found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if channels is None or found is None or found.dtype != np.uint16:
        raise UnreadableError(BROKEN)
    return np.asarray(found.reshape(*found.shape[:2], -1)[..., channels], np.uint16)


def _read_with_pillow(
    picture: PictureData, opener: _Opener, limits: Limits, shown_px: int | None = None
) -> Raster:
    """Decode with the one Pillow plugin that the signature calls for.

    ``Image.open`` is left out on purpose: it would issue a DecompressionBombWarning for pictures
    that these limits, checked before, allow; Pillow's own setting stays as it is.
    """
    check_size(picture.width_px, picture.height_px, limits)
    with opener(io.BytesIO(picture.data)) as image:
        if image.size != (picture.width_px, picture.height_px):
            raise UnreadableError(BROKEN)
        if shown_px is not None:
            share = min(1.0, shown_px / max(image.size))
            image.draft("RGB", (math.ceil(share * image.width), math.ceil(share * image.height)))
        image.load()
        pixels, note = _rgb(image)
    notes = (note, ANIMATION_NOTE if picture.animated else "")
    return Raster(pixels, tuple(filter(None, notes)), picture.orientation)


def _rgb(image: Image.Image) -> tuple[NDArray[np.uint8], str]:
    if not image.has_transparency_data and image.mode not in ("1", "L", "P", "RGB", "CMYK"):
        raise UnreadableError(BROKEN)
    pixels, note = rgb_in_bands(image)
    return pixels, CMYK_NOTE if image.mode == "CMYK" else note
