"""Find damage inside a JPEG that decoders report and then paint over.

libjpeg goes on after damaged data with whatever it makes of the rest, and Pillow and imagecodecs
throw its warnings away. simplejpeg raises them. It reads all compressed data here but draws the
picture at an eighth of its size only; the pixels that anything is computed from stay Pillow's.

Zeros in the place of lost data are often legal: with the usual tables they mean blocks of the
finest chequers, and decoders say nothing. No picture holds such blocks, so they are looked for.
Other damage that happens to be legal is found by no decoder.
"""

import re

from leuko.imaging.decoding.to_rgb8 import UnreadableError

DAMAGE_REPORTS = ("Corrupt JPEG data", "Premature end", "Inconsistent progression")
"""How libjpeg's warnings on picture data begin; those on headers are harmless."""
MARKER_BYTES = 2
HOLE = bytes(24)
"""As many zeros fill a whole block of luminance, wherever they begin, chrominance in between."""
BASELINE_FRAME = re.compile(rb"\xff[\xc0\xc1]")
SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
END_OF_BLOCK, SIXTEEN_ZEROS = 0x00, 0xF0
TABLE_COUNTS = 16
DAMAGED_JPEG = (
    "The picture data of this JPEG are damaged, so that parts of the picture would be missing or "
    "wrong. Copy or export the picture again."
)


def refuse_damaged_jpeg(data: bytes, tables: bytes = b"") -> None:
    """Read all compressed data of a JPEG and refuse it where they are damaged.

    Args:
        data: the file without metadata, see :func:`leuko.imaging.decoding.metadata.jpeg_picture`;
            its size checked.
        tables: the tables that it shares with other parts of a TIFF page, a stream without a
            picture; empty where it brings its own.

    Raises:
        UnreadableError: when the decoder reports damage, also data that end before the picture
            does or go on after it. Whatever else it does not read is left to the real decoder.
    """
    from simplejpeg import decode_jpeg

    if tables:
        data = tables[:-MARKER_BYTES] + data[MARKER_BYTES:]
    try:
        decode_jpeg(data, "GRAY", fastdct=True, fastupsample=True, min_factor=8, strict=True)
    except ValueError as report:
        if str(report).startswith(DAMAGE_REPORTS):
            raise UnreadableError(DAMAGED_JPEG) from report
    if _has_hole(data):
        raise UnreadableError(DAMAGED_JPEG)


def _has_hole(data: bytes) -> bool:
    """Whether the first scan of a baseline JPEG holds zeros that can mean no picture.

    Where the shortest code ends a block, zeros mean one flat block after another, as on a black
    ground; so many of them that the decoder notices when they do not belong there.

    Source: ITU-T T.81, sections B.2.3, B.2.4.2 and C.2.
    """
    first_symbols: dict[int, int] = {}
    baseline, position = False, MARKER_BYTES
    while position + 4 <= len(data):
        marker, length = data[position + 1], int.from_bytes(data[position + 2 : position + 4])
        segment = data[position + 4 : position + 2 + length]
        if BASELINE_FRAME.match(data, position):
            baseline = True
        elif marker == 0xC4:  # noqa: PLR2004 (tables of codes)
            first_symbols |= _first_symbols(segment)
        elif marker == 0xDA and segment[1:]:  # noqa: PLR2004 (the scan begins)
            shortest = first_symbols.get(0x10 | segment[2] & 0xF) if segment[2:] else None
            start = position + 2 + length
            end = SCAN_END.search(data, start)
            return (
                baseline
                and shortest not in (None, END_OF_BLOCK, SIXTEEN_ZEROS)
                and data.find(HOLE, start, end.start() if end else len(data)) >= 0
            )
        position += 2 + length
    return False


def _first_symbols(segment: bytes) -> dict[int, int]:
    """What the shortest code, all zeros, means in each table; by class (high bits) and number."""
    found, position = {}, 0
    while position + 1 + TABLE_COUNTS < len(segment):
        symbols = sum(segment[position + 1 : position + 1 + TABLE_COUNTS])
        found[segment[position]] = segment[position + 1 + TABLE_COUNTS]
        position += 1 + TABLE_COUNTS + symbols
    return found
