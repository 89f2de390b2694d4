"""TIFFs for the tests: written by tifffile, or with a tag of the first page changed or left out."""

import io
import struct

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.picture import Picture
from leuko.settings import Limits
from tests.drawn import draw_crop

PIXELS = draw_crop(seed=5, malignant=True, side_px=64)[:, :48].copy()
PLANES = np.ascontiguousarray(np.moveaxis(PIXELS, -1, 0))
"""(3, 64, 48): red, green and blue."""


def decode(data: bytes) -> Picture:
    """The picture in a file."""
    return decode_image(data, "cell.tif", Limits())


def reason(data: bytes) -> str:
    """Why a file is refused."""
    with pytest.raises(ImageError) as caught:
        decode(data)
    return caught.value.reason


def tiff(samples: NDArray[np.generic], **options: object) -> bytes:
    """A TIFF by tifffile; without a description of tifffile's own unless asked for."""
    file = io.BytesIO()
    own = not (options.get("ome") or options.get("imagej"))
    tifffile.imwrite(file, samples, **({"metadata": None} if own else {}) | options)
    return file.getvalue()


def with_tag(data: bytes, tag: int, value: int) -> bytes:
    """The little-endian file with another first value of a tag of its first page."""
    changed, place = bytearray(data), _place(data, tag)
    (kind,) = struct.unpack_from("<H", data, place + 2)
    struct.pack_into("<H" if kind == 3 else "<I", changed, place + 8, value)
    return bytes(changed)


def without_tag(data: bytes, tag: int) -> bytes:
    """The little-endian file with a tag of its first page left out."""
    (start,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, start)
    place, end = _place(data, tag), start + 2 + 12 * entries + 4
    shorter = data[:place] + data[place + 12 : end] + bytes(12) + data[end:]
    return shorter[:start] + struct.pack("<H", entries - 1) + shorter[start + 2 :]


def one_directory(data: bytes) -> bytes:
    """The little-endian file with its first page alone; the bytes of the others stay."""
    (start,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, start)
    place = start + 2 + 12 * entries
    return data[:place] + bytes(4) + data[place + 4 :]


def _place(data: bytes, tag: int) -> int:
    (start,) = struct.unpack_from("<I", data, 4)
    (entries,) = struct.unpack_from("<H", data, start)
    places = [start + 2 + 12 * number for number in range(entries)]
    return next(at for at in places if struct.unpack_from("<H", data, at) == (tag,))
