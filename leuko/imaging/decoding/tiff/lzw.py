"""Undo the LZW compression of a TIFF page with libtiff, by way of Pillow.

The LZW decoder of imagecodecs, which tifffile would call, reads outside of its memory on some
damaged files and takes the whole program with it; libtiff's answers with an error.
"""

import io
import struct
from itertools import accumulate
from typing import Any

import numpy as np
from PIL import ImageFile, TiffImagePlugin

from leuko.imaging.decoding.to_rgb8 import UnreadableError
from leuko.settings import BYTES_IN_MEGABYTE

LZW, UNCOMPRESSED = 5, 1
NO_PREDICTOR, DIFFERENCES = 1, 2
SAMPLES_TOGETHER, LOWEST_BIT_LAST = 1, 1
TIFF_HEADER_BYTES = 8
BYTES_TOGETHER = 16 * BYTES_IN_MEGABYTE
"""Parts are unpacked in groups of about this size: a large picture is not held four times."""


def undo_lzw(page: Any, file: io.BytesIO, data: bytes) -> None:  # noqa: ANN401 (tifffile page)
    """Append the unpacked parts of a page to its file and point the page at them.

    Args:
        page: a tifffile page that is compressed with LZW; it is changed.
        file: the file that the page was read from; it is changed.
        data: the file as it was at first.

    Raises:
        UnreadableError: for a rare order of bits or predictor.
        Exception: whatever Pillow answers damaged data with.
    """
    differenced = page.predictor == DIFFERENCES
    if page.fillorder != LOWEST_BIT_LAST or page.predictor not in (NO_PREDICTOR, DIFFERENCES):
        raise UnreadableError("This variant of LZW is not read. Export the picture as PNG.")
    samples = page.samplesperpixel if page.planarconfig == SAMPLES_TOGETHER else 1
    width = page.tilewidth if page.is_tiled else page.imagewidth
    row_bytes = (width * samples * page.bitspersample + 7) // 8
    if page.is_tiled:
        part_rows, rows = page.tilelength, page.tilelength * len(page.dataoffsets)
    else:
        part_rows, rows = min(page.rowsperstrip, page.imagelength), page.imagelength
    parts_together = -(-rows // part_rows)  # rounded up; the last strip of a plane may be short
    packed = [
        data[offset : offset + size]
        for offset, size in zip(page.dataoffsets, page.databytecounts, strict=True)
    ]
    at_once = max(1, BYTES_TOGETHER // (part_rows * row_bytes))
    offsets, sizes = [], []
    end = file.seek(0, io.SEEK_END)
    for first in range(0, len(packed), parts_together):
        for start in range(first, min(first + parts_together, len(packed)), at_once):
            group = packed[start : min(start + at_once, first + parts_together)]
            rows_left = rows - (start - first) * part_rows
            group_rows = min(len(group) * part_rows, rows_left)
            unpacked = _unpack(group, row_bytes, part_rows, group_rows)
            if differenced:
                stored = np.dtype(page.dtype).newbyteorder(page.parent.byteorder)
                differences = np.frombuffer(unpacked, stored).reshape(group_rows, width, samples)
                unpacked = differences.cumsum(axis=1, dtype=page.dtype).astype(stored).tobytes()
            file.write(unpacked)
            for number in range(len(group)):
                offsets.append(end)
                sizes.append(min(part_rows, group_rows - number * part_rows) * row_bytes)
                end += sizes[-1]
    page.dataoffsets, page.databytecounts = tuple(offsets), tuple(sizes)
    page.compression, page.predictor = UNCOMPRESSED, NO_PREDICTOR


def _unpack(parts: list[bytes], row_bytes: int, part_rows: int, rows: int) -> bytes:
    """Unpack parts as if they were one grey 8-bit picture as wide as a row has bytes."""
    body = b"".join(parts)
    sizes = [len(part) for part in parts]
    offsets = [start + TIFF_HEADER_BYTES for start in accumulate(sizes[:-1], initial=0)]
    lists = struct.pack(f"<{len(parts)}I", *offsets) + struct.pack(f"<{len(parts)}I", *sizes)
    lists_start = TIFF_HEADER_BYTES + len(body)
    single = len(parts) == 1
    tags = (
        (256, row_bytes),  # width
        (257, rows),  # length
        (258, 8),  # bits per sample
        (259, LZW),
        (262, 1),  # black is zero
        (273, offsets[0] if single else lists_start),
        (277, 1),  # samples per pixel
        (278, part_rows),  # rows per strip
        (279, sizes[0] if single else lists_start + 4 * len(parts)),
    )
    directory = struct.pack("<H", len(tags))
    for tag, value in tags:
        count = len(parts) if tag in (273, 279) else 1
        directory += struct.pack("<HHII", tag, 4, count, value)
    directory += bytes(4)
    header = struct.pack("<4sI", b"II*\0", lists_start + len(lists))
    grey = b"".join((header, body, lists, directory))
    with _Bytes(io.BytesIO(grey)) as image:
        return image.tobytes()


class _Bytes(TiffImagePlugin.TiffImageFile):
    """Packed bytes in the guise of a grey picture.

    Pillow's bound on pixels would count three bytes of colour as three pixels; the pixels of the
    real picture were checked before.
    """

    def load_prepare(self) -> None:
        ImageFile.ImageFile.load_prepare(self)
