"""Undo the LZW compression of a TIFF page with libtiff, by way of Pillow.

The LZW decoder of imagecodecs, which tifffile would call, reads outside of its memory on some
damaged files and takes the whole program with it; libtiff's answers with an error.
"""

import io
import struct
from itertools import accumulate
from typing import Any

import numpy as np
from PIL import TiffImagePlugin

from leuko.imaging.decoding.to_rgb8 import UnreadableError
from leuko.settings import BYTES_IN_MEGABYTE

LZW, UNCOMPRESSED = 5, 1
BITS_PER_SAMPLE = 258
NO_PREDICTOR, DIFFERENCES = 1, 2
SAMPLES_TOGETHER, LOWEST_BIT_LAST = 1, 1
TIFF_HEADER_BYTES = 8
BYTES_TOGETHER = 16 * BYTES_IN_MEGABYTE
GREY, COLOURS, INKS = 1, 3, 4
"""Channels of the pictures that unpacked bytes may be passed off as."""
PHOTOMETRIC = {GREY: 1, COLOURS: 2, INKS: 5}


def undo_lzw(page: Any, file: io.BytesIO) -> None:  # noqa: ANN401 (tifffile page)
    """Append the unpacked parts of a page to its file and point the page at them.

    Args:
        page: a tifffile page that is compressed with LZW; it is changed.
        file: the file that the page was read from; it is changed.

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
    whole = file.getvalue()
    packed = [
        whole[offset : offset + size]
        for offset, size in zip(page.dataoffsets, page.databytecounts, strict=True)
    ]
    # A few parts at a time: Pillow refuses pictures of very many pixels, and it takes less memory.
    step = max(1, BYTES_TOGETHER // (part_rows * row_bytes))
    offsets, sizes = [], []
    end = file.seek(0, io.SEEK_END)
    for plane in range(0, len(packed), parts_together):
        in_plane = packed[plane : plane + parts_together]
        for first in range(0, len(in_plane), step):
            group = in_plane[first : first + step]
            group_rows = min(len(group) * part_rows, rows - first * part_rows)
            unpacked = _unpack(group, row_bytes, part_rows, group_rows)
            if differenced:
                stored = np.dtype(page.dtype).newbyteorder(page.parent.byteorder)
                differences = np.frombuffer(unpacked, stored).reshape(group_rows, width, samples)
                unpacked = differences.cumsum(axis=1, dtype=page.dtype).astype(stored).tobytes()
            file.write(unpacked)
            for number in range(first, first + len(group)):
                offsets.append(end)
                sizes.append(min(part_rows, rows - number * part_rows) * row_bytes)
                end += sizes[-1]
    page.dataoffsets, page.databytecounts = tuple(offsets), tuple(sizes)
    page.compression, page.predictor = UNCOMPRESSED, NO_PREDICTOR


def _unpack(parts: list[bytes], row_bytes: int, part_rows: int, rows: int) -> bytes:
    """Unpack parts as if they were one 8-bit picture whose rows have as many bytes."""
    channels = next((each for each in (INKS, COLOURS) if row_bytes % each == 0), GREY)
    body = b"".join(parts)
    sizes = [len(part) for part in parts]
    offsets = [start + TIFF_HEADER_BYTES for start in accumulate(sizes[:-1], initial=0)]
    lists_start = TIFF_HEADER_BYTES + len(body)
    single = len(parts) == 1
    lists = struct.pack(f"<{len(parts)}I", *offsets) + struct.pack(f"<{len(parts)}I", *sizes)
    depths_start = lists_start + len(lists)
    lists += struct.pack(f"<{channels}H", *[8] * channels)
    tags = (
        (256, row_bytes // channels),  # width
        (257, rows),  # length
        (BITS_PER_SAMPLE, 8 if channels == GREY else depths_start),  # bits per sample
        (259, LZW),
        (262, PHOTOMETRIC[channels]),
        (273, offsets[0] if single else lists_start),
        (277, channels),
        (278, part_rows),  # rows per strip
        (279, sizes[0] if single else lists_start + 4 * len(parts)),
    )
    directory = struct.pack("<H", len(tags))
    for tag, value in tags:
        count = len(parts) if tag in (273, 279) else channels if tag == BITS_PER_SAMPLE else 1
        directory += struct.pack("<HHII", tag, 3 if tag == BITS_PER_SAMPLE else 4, count, value)
    directory += bytes(4)
    header = struct.pack("<4sI", b"II*\0", lists_start + len(lists))
    whole = b"".join((header, body, lists, directory))
    with TiffImagePlugin.TiffImageFile(io.BytesIO(whole)) as image:
        return image.tobytes()
