"""Walk the chunks of PNG, JPEG and WebP files and leave out what is no picture data.

Pillow's parsers of metadata (EXIF, XMP, ICC, text, animation) answer a damaged chunk with a Python
warning or an exception, although the picture beside it is sound, and warnings can be held back only
for all threads at once. So the metadata never reaches them: the orientation is read here and the
decoder sees the picture alone.
"""

import struct
from dataclasses import dataclass

from leuko.imaging.decoding.to_rgb8 import UnreadableError

CUT_OFF = "The file is cut off before its end. Copy or export the picture again."
BROKEN = "The file is damaged and cannot be decoded. Copy or export the picture again."
ORIENTATION_TAG = 0x0112

_PNG_SIGNATURE_BYTES = 8
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_EXIF_HEADER = b"Exif\0\0"
_JPEG_APP1, _JPEG_SCAN, _JPEG_COMMENT = 0xE1, 0xDA, 0xFE
# Application data but for JFIF (E0) and Adobe (EE), which say what the colours mean.
_JPEG_DROPPED = {*range(0xE1, 0xEE), 0xEF, _JPEG_COMMENT}
_JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
_JPEG_BARE = {0x01, *range(0xD0, 0xD9)}


@dataclass(frozen=True)
class PictureData:
    """A file reduced to its picture.

    Attributes:
        data: the file without metadata.
        width_px: width as the header gives it, pixels, before it is turned upright.
        height_px: height, likewise.
        orientation: EXIF orientation, 1 when the file gives none.
        animated: whether there are more pictures in the file.
        bits: bits per sample where the header of the format says so, else 8.
    """

    data: bytes
    width_px: int
    height_px: int
    orientation: int = 1
    animated: bool = False
    bits: int = 8


def exif_orientation(exif: bytes) -> int:
    """Orientation from a block of EXIF data; 1 when it is missing or the block is damaged.

    Args:
        exif: a TIFF structure, with or without the leading "Exif" marker.
    """
    block = exif.removeprefix(_EXIF_HEADER)
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return 1
    try:
        (start,) = struct.unpack_from(f"{order}I", block, 4)
        (entries,) = struct.unpack_from(f"{order}H", block, start)
        for number in range(entries):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", block, start + 2 + 12 * number)
            if tag == ORIENTATION_TAG:
                return int(value)
    except struct.error:
        return 1
    return 1


def png_picture(data: bytes) -> PictureData:
    """The still picture of a PNG; of an animated PNG, the one that old viewers show.

    Raises:
        UnreadableError: when the file is cut off or has no header.
    """
    kept, orientation, animated, position = [data[:_PNG_SIGNATURE_BYTES]], 1, False, 8
    header = data[position + 8 : position + 21]
    if data[position + 4 : position + 8] != b"IHDR" or len(header) < 13:  # noqa: PLR2004 (IHDR)
        raise UnreadableError(BROKEN)
    width, height, bits = struct.unpack_from(">IIB", header)
    while True:
        if position + 12 > len(data):
            raise UnreadableError(CUT_OFF)
        (length,) = struct.unpack_from(">I", data, position)
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if end > len(data):
            raise UnreadableError(CUT_OFF)
        if kind in _PNG_KEPT:
            kept.append(data[position:end])
        elif kind == b"eXIf":
            orientation = exif_orientation(data[position + 8 : end - 4])
        elif kind == b"acTL" and length >= 4:  # noqa: PLR2004 (number of frames)
            animated = struct.unpack_from(">I", data, position + 8)[0] > 1
        if kind == b"IEND":
            return PictureData(b"".join(kept), width, height, orientation, animated, bits)
        position = end


def jpeg_picture(data: bytes) -> PictureData:
    """The first picture of a JPEG, without its metadata.

    Raises:
        UnreadableError: when the file is cut off or has no header.
    """
    kept, orientation, width, height, position = [data[:2]], 1, 0, 0, 2
    while True:
        if position + 4 > len(data):
            raise UnreadableError(CUT_OFF)
        if data[position] != 0xFF:  # noqa: PLR2004 (every marker starts with it)
            raise UnreadableError(BROKEN)
        marker = data[position + 1]
        if marker == 0xFF or marker in _JPEG_BARE:  # noqa: PLR2004 (fill byte)
            position += 1 if marker == 0xFF else 2  # noqa: PLR2004
            continue
        if marker == _JPEG_SCAN:
            kept.append(data[position:])
            return PictureData(b"".join(kept), width, height, orientation)
        (length,) = struct.unpack_from(">H", data, position + 2)
        end = position + 2 + length
        if end > len(data):
            raise UnreadableError(CUT_OFF)
        segment = data[position + 4 : end]
        if marker == _JPEG_APP1 and segment.startswith(_EXIF_HEADER):
            orientation = exif_orientation(segment)
        if marker in _JPEG_FRAMES and len(segment) >= 5:  # noqa: PLR2004 (bits, height, width)
            height, width = struct.unpack_from(">HH", segment, 1)
        if marker not in _JPEG_DROPPED:
            kept.append(data[position:end])
        position = end


def jpeg_frame(data: bytes) -> tuple[int, int]:
    """Which process a JPEG uses, by the second byte of its frame's marker, and its channels.

    Args:
        data: without metadata, as :func:`jpeg_picture` gives it.
    """
    position = 2
    while data[position + 1] not in _JPEG_FRAMES:
        position += 2 + int.from_bytes(data[position + 2 : position + 4])
    return data[position + 1], data[position + 9]


def webp_picture(data: bytes) -> PictureData:
    """Size, orientation and the bytes of a WebP; the bytes stay as they are.

    Raises:
        UnreadableError: when the file is cut off or has no header.
    """
    (length,) = struct.unpack_from("<I", data.ljust(8, b"\0"), 4)
    if length + 8 > len(data):
        raise UnreadableError(CUT_OFF)
    width, height = _webp_size(data)
    orientation, frames, position = 1, 0, 12
    while position + 8 <= length + 8:
        kind = data[position : position + 4]
        (chunk_bytes,) = struct.unpack_from("<I", data, position + 4)
        if kind == b"EXIF":
            orientation = exif_orientation(data[position + 8 : position + 8 + chunk_bytes])
        frames += kind == b"ANMF"
        position += 8 + chunk_bytes + chunk_bytes % 2
    return PictureData(data, width, height, orientation, animated=frames > 1)


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height of the canvas; Google's WebP container specification."""
    kind = data[12:16]
    if len(data) >= 30:  # noqa: PLR2004 (end of the longest header)
        if kind == b"VP8X":
            width, height = data[24:27] + b"\0", data[27:30] + b"\0"
            return struct.unpack("<I", width)[0] + 1, struct.unpack("<I", height)[0] + 1
        if kind == b"VP8 ":
            width_bits, height_bits = struct.unpack_from("<HH", data, 26)
            return width_bits & 0x3FFF, height_bits & 0x3FFF
    if kind == b"VP8L" and len(data) >= 25:  # noqa: PLR2004 (end of its header)
        (bits,) = struct.unpack_from("<I", data, 21)
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    raise UnreadableError(BROKEN)
