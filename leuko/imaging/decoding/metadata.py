"""Walk the chunks of PNG, JPEG and WebP files and leave out what is no picture data.

Pillow's parsers of metadata (EXIF, XMP, ICC, text, animation) answer a damaged chunk with a Python
warning or an exception, although the picture beside it is sound, and warnings can be held back only
for all threads at once. So the metadata never reaches them: the orientation is read here and the
decoder sees the picture alone.
"""

import struct
import zlib
from dataclasses import dataclass

from leuko.imaging.decoding.colour_profile import png_colour_note, profile_note
from leuko.imaging.decoding.orientation import EXIF_HEADER, orientation_of
from leuko.imaging.decoding.to_rgb8 import UnreadableError

CUT_OFF = "The file is cut off before its end. Copy or export the picture again."
BROKEN = "The file is damaged and cannot be decoded. Copy or export the picture again."
MAX_UNPACKED_BYTES = 4 * 1024 * 1024
"""As much of compressed metadata as is unpacked; profiles of cameras and screens have kilobytes."""

_PNG_SIGNATURE_BYTES = 8
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
_PNG_TOLD = (b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cICP", b"sBIT", b"eXIf")
_PNG_XMP, _PNG_EXIF_TEXT = b"XML:com.adobe.xmp", b"Raw profile type exif"
_XMP_HEADER, _ICC_HEADER = b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
_JPEG_APP1, _JPEG_APP2, _JPEG_SCAN, _JPEG_COMMENT = 0xE1, 0xE2, 0xDA, 0xFE
# Application data but for JFIF (E0) and Adobe (EE), which say what the colours mean.
_JPEG_DROPPED = {*range(0xE1, 0xEE), 0xEF, _JPEG_COMMENT}
# F7 is the frame of JPEG-LS, which is no JPEG that libjpeg knows.
_JPEG_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
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
        stated_bits: bits of them that hold values, where the file says so.
        frame: marker of a JPEG's frame, which says how it was compressed; 0 elsewhere.
        channels: channels of a JPEG; 0 elsewhere.
        notes: sentences for the user on what the file asks for and does not get.
    """

    data: bytes
    width_px: int
    height_px: int
    orientation: int = 1
    animated: bool = False
    bits: int = 8
    stated_bits: int | None = None
    frame: int = 0
    channels: int = 0
    notes: tuple[str, ...] = ()


def png_picture(data: bytes) -> PictureData:
    """The still picture of a PNG; of an animated PNG, the one that old viewers show.

    Raises:
        UnreadableError: when the file is cut off or has no header.
    """
    kept, animated, position = [data[:_PNG_SIGNATURE_BYTES]], False, 8
    told: dict[bytes, bytes] = {}
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
        elif kind in _PNG_TOLD:
            told[kind] = data[position + 8 : end - 4]
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            told.update(_png_text(kind, data[position + 8 : end - 4]))
        elif kind == b"acTL" and length >= 4:  # noqa: PLR2004 (number of frames)
            animated = struct.unpack_from(">I", data, position + 8)[0] > 1
        if kind == b"IEND":
            break
        position = end
    exif = told.get(b"eXIf", told.get(_PNG_EXIF_TEXT))
    orientation = orientation_of(exif, told.get(_PNG_XMP))
    note = _png_note(told)
    stated = max(told.get(b"sBIT", b""), default=0) or None
    return PictureData(
        b"".join(kept),
        width,
        height,
        orientation,
        animated,
        bits,
        stated,
        notes=(note,) if note else (),
    )


def _png_text(kind: bytes, body: bytes) -> dict[bytes, bytes]:
    """The two texts that may hold an orientation: XMP, and EXIF as ImageMagick writes it."""
    keyword, _, rest = body.partition(b"\0")
    if keyword == _PNG_XMP and kind == b"iTXt":
        packed, text = rest[:1] == b"\1", rest[2:].split(b"\0", 2)[-1]
        return {keyword: _inflate(text) if packed else text}
    if keyword == _PNG_EXIF_TEXT and kind != b"iTXt":
        text = _inflate(rest[1:]) if kind == b"zTXt" else rest
        try:
            return {keyword: bytes.fromhex("".join(text.decode("ascii").split("\n")[3:]))}
        except ValueError:
            return {}
    return {}


def _png_note(told: dict[bytes, bytes]) -> str:
    coding_points = told.get(b"cICP")
    if coding_points is None and b"iCCP" in told:
        return profile_note(_inflate(told[b"iCCP"].partition(b"\0")[2][1:]) or b"damaged")
    if coding_points is None and b"sRGB" in told:
        return ""
    gamma = told.get(b"gAMA", b"")
    number = struct.unpack(">I", gamma)[0] if len(gamma) == 4 else None  # noqa: PLR2004 (bytes)
    return png_colour_note(number, told.get(b"cHRM"), coding_points)


def _inflate(packed: bytes) -> bytes:
    """Unpack metadata up to a bound; empty when it is damaged."""
    try:
        return zlib.decompressobj().decompress(packed, MAX_UNPACKED_BYTES)
    except zlib.error:
        return b""


def jpeg_picture(data: bytes) -> PictureData:
    """The first picture of a JPEG, without its metadata.

    Raises:
        UnreadableError: when the file is cut off or has no header.
    """
    kept, position, frame = [data[:2]], 2, (0, 8, 0, 0, 0)
    told: dict[bytes, bytes] = {}
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
            break
        (length,) = struct.unpack_from(">H", data, position + 2)
        end = position + 2 + length
        if end > len(data):
            raise UnreadableError(CUT_OFF)
        segment = data[position + 4 : end]
        if marker in _JPEG_FRAMES and len(segment) >= 6:  # noqa: PLR2004 (bits to channels)
            frame = (marker, *struct.unpack_from(">BHHB", segment))
        elif marker in (_JPEG_APP1, _JPEG_APP2):
            _keep_jpeg_block(segment, told)
        if marker not in _JPEG_DROPPED:
            kept.append(data[position:end])
        position = end
    marker, bits, height, width, channels = frame
    parts = sorted(key for key in told if key.startswith(_ICC_HEADER))
    note = profile_note(b"".join(told[key] for key in parts))
    orientation = orientation_of(told.get(EXIF_HEADER), told.get(_XMP_HEADER))
    return PictureData(
        b"".join(kept),
        width,
        height,
        orientation,
        bits=bits,
        frame=marker,
        channels=channels,
        notes=(note,) if note else (),
    )


def _keep_jpeg_block(segment: bytes, told: dict[bytes, bytes]) -> None:
    """Keep a segment of application data that says something about the picture, by its header."""
    if segment.startswith(EXIF_HEADER):
        told.setdefault(EXIF_HEADER, segment)  # further parts go on where the first ended
    elif segment.startswith(_XMP_HEADER):
        told[_XMP_HEADER] = segment
    elif segment.startswith(_ICC_HEADER):
        told[segment[:13]] = segment[14:]  # the header, its number, the count of parts


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
    frames, position = 0, 12
    told: dict[bytes, bytes] = {}
    while position + 8 <= length + 8:
        kind = data[position : position + 4]
        (chunk_bytes,) = struct.unpack_from("<I", data, position + 4)
        if kind in (b"EXIF", b"XMP ", b"ICCP"):
            told[kind] = data[position + 8 : position + 8 + chunk_bytes]
        frames += kind == b"ANMF"
        position += 8 + chunk_bytes + chunk_bytes % 2
    note = profile_note(told.get(b"ICCP"))
    orientation = orientation_of(told.get(b"EXIF"), told.get(b"XMP "))
    return PictureData(
        data, width, height, orientation, animated=frames > 1, notes=(note,) if note else ()
    )


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
