"""The orientation of a picture out of its EXIF or XMP block.

Pillow has a parser, but it answers a damaged block with a Python warning, and warnings can be held
back only for all threads at once. What it says of a sound block is what is said here.
"""

import re
import struct

ORIENTATION_TAG = 0x0112
EXIF_HEADER = b"Exif\0\0"
UPRIGHT = 1

_XMP_ORIENTATION = re.compile(rb'tiff:Orientation(?:="|>)([0-9])')
_INTEGER_TYPES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I"}
"""BYTE, SHORT, LONG, their signed kin and IFD. The standard wants SHORT; cameras and phones also
write LONG and BYTE."""
_INLINE_BYTES = 4


def exif_orientation(exif: bytes) -> int | None:
    """Orientation from a block of EXIF data.

    Args:
        exif: a TIFF structure, with or without the leading "Exif" marker.

    Returns:
        The value as stored; None when it is missing or the block is damaged.
    """
    block = exif.removeprefix(EXIF_HEADER).removeprefix(EXIF_HEADER)
    order = {b"II": "<", b"MM": ">"}.get(block[:2])
    if order is None:
        return None
    found = None
    try:
        (start,) = struct.unpack_from(f"{order}I", block, 4)
        (entries,) = struct.unpack_from(f"{order}H", block, start)
        for place in range(start + 2, start + 2 + 12 * entries, 12):
            tag, kind, count = struct.unpack_from(f"{order}HHI", block, place)
            if tag == ORIENTATION_TAG and kind in _INTEGER_TYPES and count:
                letter, value_place = _INTEGER_TYPES[kind], place + 8
                if count * struct.calcsize(f"{order}{letter}") > _INLINE_BYTES:
                    (value_place,) = struct.unpack_from(f"{order}I", block, value_place)
                (found,) = struct.unpack_from(f"{order}{letter}", block, value_place)
    except struct.error:
        return found
    return found


def xmp_orientation(xmp: bytes) -> int | None:
    """Orientation from a block of XMP; None when it gives none."""
    match = _XMP_ORIENTATION.search(xmp)
    return int(match[1]) if match else None


def orientation_of(exif: bytes | None, xmp: bytes | None) -> int:
    """Orientation of a picture with these blocks; EXIF goes before XMP, as in Pillow.

    Args:
        exif: the EXIF block, None without one.
        xmp: the XMP block, None without one.

    Returns:
        The value as stored, 1 to 8 in a sound file; 1 when neither block gives any.
    """
    found = exif_orientation(exif) if exif is not None else None
    if found is None and xmp is not None:
        found = xmp_orientation(xmp)
    return UPRIGHT if found is None else found
