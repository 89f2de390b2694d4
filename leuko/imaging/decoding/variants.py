"""Variants of JPEG and BMP that no decoder here reads, told apart from damage.

Source: ITU-T T.81, table B.1 (frames of JPEG); T.87 (JPEG-LS); Microsoft's BITMAPINFOHEADER.
"""

import struct

from leuko.imaging.decoding.colour_profile import profile_note
from leuko.imaging.decoding.metadata import BROKEN, PictureData
from leuko.imaging.decoding.to_rgb8 import UnreadableError

EXPORT_PNG = "Export the picture as PNG, or as a usual 8-bit JPEG."
UNKNOWN_VARIANT = (
    "The file is of a variant of its format that is not read, or damaged. "
    "Export the picture as PNG."
)
JPEG_BITS = 8
LOSSLESS, HIERARCHICAL = {0xC3, 0xCB}, {0xC5, 0xC6, 0xC7, 0xCD, 0xCE, 0xCF}
JPEG_LS = 0xF7
JPEG_CHANNELS = {1, 3, 4}

_OS2_HEADER_BYTES, _V5_HEADER_BYTES = 12, 124
_BMP_JPEG, _BMP_PNG = 4, 5
_BMP_COMPRESSION_AT, _BMP_SPACE_AT, _BMP_PROFILE_AT = 30, 70, 126
_EMBEDDED_PROFILE = b"DEBM"  # "MBED" as a little-endian number
_COMPLAINTS = ("unsupported", "not supported", "cannot handle", "unknown", "unrecognized")


def check_jpeg(picture: PictureData) -> None:
    """Refuse a JPEG that libjpeg does not decode, by what its frame says.

    Raises:
        UnreadableError: with the name of the variant and what to export.
    """
    if picture.frame == 0:
        raise UnreadableError(BROKEN)
    if picture.frame in LOSSLESS:
        raise UnreadableError(f"Lossless JPEG is not read. {EXPORT_PNG}")
    if picture.frame == JPEG_LS:
        raise UnreadableError(f"JPEG-LS is not read. {EXPORT_PNG}")
    if picture.frame in HIERARCHICAL:
        raise UnreadableError(f"Hierarchical JPEG is not read. {EXPORT_PNG}")
    if picture.bits != JPEG_BITS:
        raise UnreadableError(
            f"This JPEG stores {picture.bits} bits a channel; JPEG is read with {JPEG_BITS}. "
            "Export the picture as PNG or TIFF with 16 bits, or as a usual 8-bit JPEG."
        )
    if picture.channels not in JPEG_CHANNELS:
        raise UnreadableError(
            f"This JPEG has {picture.channels} channels; expected grey, colour or CMYK. "
            f"{EXPORT_PNG}"
        )
    if picture.height_px == 0:
        raise UnreadableError(
            f"This JPEG gives its height only behind its data, which is not read. {EXPORT_PNG}"
        )


def bmp_picture(data: bytes) -> PictureData:
    """Size of a BMP, its bytes as they are, and a note on its colour profile.

    Raises:
        UnreadableError: for a BMP that is the wrapping of a JPEG or PNG.
    """
    (header_bytes,) = struct.unpack_from("<I", data, 14)
    short = header_bytes == _OS2_HEADER_BYTES  # OS/2 version 1 has 16-bit sizes
    width, height = struct.unpack_from("<HH" if short else "<ii", data, 18)
    note = ""
    if not short and len(data) >= _BMP_COMPRESSION_AT + 4:
        (compression,) = struct.unpack_from("<I", data, _BMP_COMPRESSION_AT)
        if compression in (_BMP_JPEG, _BMP_PNG):
            raise UnreadableError(
                "This BMP is the wrapping of a JPEG or PNG, which is not read. "
                "Export the picture as PNG."
            )
    if header_bytes == _V5_HEADER_BYTES and data[_BMP_SPACE_AT : _BMP_SPACE_AT + 4] == (
        _EMBEDDED_PROFILE
    ):
        start, size = struct.unpack_from("<II", data, _BMP_PROFILE_AT)
        note = profile_note(data[14 + start : 14 + start + size] or b"damaged")
    return PictureData(data, abs(width), abs(height), notes=(note,) if note else ())


def is_unknown_variant(error: Exception) -> bool:
    """Whether a decoder complained that it does not know a variant, rather than of the data."""
    words = str(error).lower()
    return isinstance(error, (OSError, NotImplementedError)) and any(
        complaint in words for complaint in _COMPLAINTS
    )
