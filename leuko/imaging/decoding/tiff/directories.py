"""Look at the raw directories of a TIFF before a parser multiplies what it finds in them.

Where a damaged file holds a list in place of a width, Python's ``list * height`` would repeat it
millions of times and fill the memory; tifffile and our own arithmetic do such products.

Source: TIFF 6.0, section 2; BigTIFF design, libtiff.
"""

import struct

from leuko.imaging.decoding.metadata import BROKEN
from leuko.imaging.decoding.to_rgb8 import UnreadableError

SINGLE_TAGS = frozenset({254, 256, 257, 259, 262, 266, 277, 284, 317, 322, 323, 32997, 32998})
"""Type of page, sides, compression, colour model, order of bits, samples, planes,
predictor, sides of a tile, depths: each is one number."""
BIG_VERSION = 43
MOST_DIRECTORIES = 100_000


def check_directories(data: bytes) -> None:
    """Refuse a file in which a tag that is one number is a list.

    Args:
        data: the whole file.

    Raises:
        UnreadableError: as said; damage of other kinds is left to the parser.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = struct.unpack_from(f"{order}H", data, 2)[0] == BIG_VERSION
    count_format, entry_format, entry_bytes, next_format = (
        ("Q", "HHQ", 20, "Q") if big else ("H", "HHI", 12, "I")
    )
    seen: set[int] = set()
    try:
        (place,) = struct.unpack_from(order + next_format, data, 8 if big else 4)
        while place and place not in seen and len(seen) < MOST_DIRECTORIES:
            seen.add(place)
            (entries,) = struct.unpack_from(order + count_format, data, place)
            place += struct.calcsize(order + count_format)
            for _ in range(entries):
                tag, _, count = struct.unpack_from(order + entry_format, data, place)
                if tag in SINGLE_TAGS and count > 1:
                    raise UnreadableError(BROKEN)
                place += entry_bytes
            (place,) = struct.unpack_from(order + next_format, data, place)
    except struct.error:
        return  # beyond the end of the file
