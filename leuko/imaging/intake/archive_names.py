"""What the members of a ZIP archive are called, whichever system packed it.

In this order: the Unicode Path field of Info-ZIP, where its checksum says that it belongs to the
name; UTF-8 where the bytes are valid UTF-8, flagged or not, for macOS and many programs do not flag
it; else the encoding that fits all remaining names together, see
:mod:`leuko.imaging.intake.legacy_text`. Only then are folders parted, by either slash: the second
byte of a Japanese or Chinese letter may be that of a backslash.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence

from leuko.imaging.intake.legacy_text import decode_text

UTF8_FLAG = 0x800
UNICODE_PATH = 0x7075
UNICODE_PATH_VERSION = 1
EXTRA_HEADER = struct.Struct("<HH")
UNICODE_PATH_HEADER = struct.Struct("<BL")
CENTRAL_ENTRY = b"PK\x01\x02"
CENTRAL_HEADER_BYTES = 46
END_RECORD = b"PK\x05\x06"
FLAGS_AT, NAME_LENGTHS_AT, LOCAL_OFFSET_AT = 8, 28, 42
LOCAL_FLAGS_AT, DIRECTORY_SIZE_AT = 6, 12


def open_archive(data: bytes) -> zipfile.ZipFile:
    """Open an archive; one that flags names as UTF-8 wrongly, or in one place alone, as well.

    Raises:
        Exception: whatever zipfile answers a damaged directory with.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except UnicodeDecodeError:
        return zipfile.ZipFile(io.BytesIO(_without_flags(data)))
    if any(_flags_differ(data, info) for info in archive.infolist()):
        archive.close()
        return zipfile.ZipFile(io.BytesIO(_without_flags(data)))
    return archive


def _flags_differ(data: bytes, info: zipfile.ZipInfo) -> bool:
    """Whether directory and member disagree about UTF-8; zipfile then calls the member damaged."""
    place = info.header_offset + LOCAL_FLAGS_AT
    return bool((int.from_bytes(data[place : place + 2], "little") ^ info.flag_bits) & UTF8_FLAG)


def member_paths(members: Sequence[zipfile.ZipInfo]) -> list[str]:
    """Path of each member, folders parted by "/"; a folder ends in one."""
    given = [_unicode_path(info) for info in members]
    decoded = iter(
        decode_text(
            [_raw_name(info) for info, name in zip(members, given, strict=True) if name is None]
        )
    )
    names = [name if name is not None else next(decoded) for name in given]
    return [name.partition("\0")[0].replace("\\", "/") for name in names]


def _raw_name(info: zipfile.ZipInfo) -> bytes:
    """The bytes that stand in the archive; code page 437 gives every byte a character."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & UTF8_FLAG else "cp437")


def _unicode_path(info: zipfile.ZipInfo) -> str | None:
    for kind, field in _extra_fields(info.extra):
        if kind != UNICODE_PATH or len(field) <= UNICODE_PATH_HEADER.size:
            continue
        version, checksum = UNICODE_PATH_HEADER.unpack_from(field)
        if version == UNICODE_PATH_VERSION and checksum == zlib.crc32(_raw_name(info)):
            try:
                return field[UNICODE_PATH_HEADER.size :].decode("utf-8")
            except UnicodeDecodeError:
                return None
    return None


def _extra_fields(extra: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place + EXTRA_HEADER.size <= len(extra):
        kind, length = EXTRA_HEADER.unpack_from(extra, place)
        place += EXTRA_HEADER.size
        yield kind, extra[place : place + length]
        place += length


def _without_flags(data: bytes) -> bytes:
    """The archive with no name flagged as UTF-8, neither in its directory nor at the members."""
    changed = bytearray(data)
    end = data.rfind(END_RECORD)
    size, start = struct.unpack_from("<II", data, end + DIRECTORY_SIZE_AT)
    place = max(end - size, 0)
    before = (
        place - start
    )  # bytes that stand in front of the archive, as in one that unpacks itself
    while changed.startswith(CENTRAL_ENTRY, place):
        (local,) = struct.unpack_from("<L", changed, place + LOCAL_OFFSET_AT)
        for flags_at in (place + FLAGS_AT, before + local + LOCAL_FLAGS_AT):
            (flags,) = struct.unpack_from("<H", changed, flags_at)
            struct.pack_into("<H", changed, flags_at, flags & ~UTF8_FLAG)
        place += CENTRAL_HEADER_BYTES + sum(
            struct.unpack_from("<HHH", changed, place + NAME_LENGTHS_AT)
        )
    return bytes(changed)
