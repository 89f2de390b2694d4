"""Unpack ZIP archives in memory, member by member; nothing is ever written to disk."""

import re
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from leuko.errors import ImageError
from leuko.imaging.decoding.file_types import (
    HEAD_BYTES,
    PICTURE_KINDS,
    READABLE,
    FileKind,
    file_kind,
)
from leuko.imaging.decoding.to_rgb8 import UnreadableError
from leuko.imaging.filenames import display_name, name_key
from leuko.imaging.intake.archive_names import CENTRAL_ENTRY, member_paths, open_archive
from leuko.imaging.intake.litter import is_apple_double, is_litter
from leuko.imaging.intake.spreadsheets import OFFICE_MEMBER, spreadsheet_kind
from leuko.settings import BYTES_IN_MEGABYTE, Limits

MAX_RATIO = 200
"""Most bytes that one packed byte may unpack to; deflated photographs stay far below."""
RATIO_APPLIES_ABOVE = BYTES_IN_MEGABYTE
"""Unpacked bytes; small files of one colour may pack better than ``MAX_RATIO``."""
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""zipfile unpacks these two in bounded steps; a few bytes of the others may fill the memory."""

ENTRIES_PARSED_AT_MOST = 10
LOCAL_HEADER_BYTES = 30
ENCRYPTED_FLAG = 0x1
TABLE_ENDINGS = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".xls", ".ods", ".numbers")
"""What a table of labels is called; Excel's own are known by their content besides."""
CHUNK_BYTES = BYTES_IN_MEGABYTE

DAMAGED = "The archive is damaged or cut off. Copy it again or pack the pictures anew."
DAMAGED_MEMBER = "This file is damaged inside its archive. Pack it anew."
SPREADSHEET = (
    "This is a spreadsheet, not a picture. Add it where labels are read: page Performance, My "
    "images."
)
OVERLAPPING = "This file overlaps another one inside its archive, which no honest archive does."


@dataclass(frozen=True)
class Upload:
    """A file as the user gave it.

    Attributes:
        name: name as the user gave it, or "archive.zip/folder/member.png".
        data: the bytes of the file.
    """

    name: str
    data: bytes


@dataclass(frozen=True)
class _Member:
    """A file of an archive and its path there, folders parted by "/"."""

    info: zipfile.ZipInfo
    path: str


def is_table_name(name: str) -> bool:
    """Whether a file is called as a table of labels is; a CSV file has no other mark."""
    return name_key(name).endswith(TABLE_ENDINGS)


def is_archive(data: bytes) -> bool:
    """Whether a file is a ZIP archive by its content."""
    return file_kind(data[:HEAD_BYTES]) is FileKind.ZIP


def expand_archive(
    upload: Upload, limits: Limits, *, tables: bool = False
) -> Iterator[Upload | ImageError]:
    """Unpack an archive in the order of its members' names, one member at a time.

    Folders and what systems leave behind are skipped. Members with the same name are all kept.

    Args:
        upload: the archive.
        limits: most members, most bytes a member and most bytes in all.
        tables: whether tables of labels are wanted as well as pictures, spreadsheets among them.

    Yields:
        Each member, or an error in its place; one error alone for an archive that is damaged, too
        large, empty or without any picture.
    """
    try:
        with open_archive(_bounded(upload.data, limits)) as archive:
            members = _members(archive, limits, tables=tables)
            overlapping = _overlapping([member.info for member in members])
            for member in sorted(members, key=lambda member: member.path):
                name = f"{upload.name}/{member.path}"
                try:
                    if member.info.header_offset in overlapping:
                        raise UnreadableError(OVERLAPPING)  # noqa: TRY301 (one exit for a member)
                    data = _read_member(archive, member, limits, tables=tables)
                except UnreadableError as error:
                    yield ImageError(display_name(name), str(error))
                    continue
                if not is_apple_double(data):
                    yield Upload(name, data)
    except UnreadableError as error:
        yield ImageError(display_name(upload.name), str(error))
    except Exception:  # noqa: BLE001
        # zipfile answers a damaged directory with struct.error, ValueError, BadZipFile ...
        yield ImageError(display_name(upload.name), DAMAGED)


def _bounded(data: bytes, limits: Limits) -> bytes:
    """Refuse an archive whose directory alone would fill the memory, before it is parsed."""
    if len(data) > limits.max_file_bytes:
        raise UnreadableError(
            f"The archive has {len(data) / BYTES_IN_MEGABYTE:.4g} megabytes; at most "
            f"{limits.max_file_bytes / BYTES_IN_MEGABYTE:.4g} are read. Split it."
        )
    entries = data.count(CENTRAL_ENTRY)
    if entries > ENTRIES_PARSED_AT_MOST * limits.max_archive_files:
        raise UnreadableError(_too_many(entries, limits))
    return data


def _too_many(files: int, limits: Limits) -> str:
    return (
        f"The archive holds {files} files; at most {limits.max_archive_files} are read. "
        "Split it into smaller archives."
    )


def _members(archive: zipfile.ZipFile, limits: Limits, *, tables: bool) -> list[_Member]:
    """The files of an archive that are worth reading.

    Raises:
        UnreadableError: when the archive as a whole is refused.
    """
    infos = archive.infolist()
    found = (_Member(*pair) for pair in zip(infos, member_paths(infos), strict=True))
    members = [member for member in found if not _is_skipped(member)]
    if len(members) > limits.max_archive_files:
        raise UnreadableError(_too_many(len(members), limits))
    if not members:
        raise UnreadableError("The archive is empty. Pack the pictures into it.")
    unpacked = sum(member.info.file_size for member in members)
    if unpacked > limits.max_archive_bytes:
        raise UnreadableError(
            f"The archive unpacks to {unpacked / BYTES_IN_MEGABYTE:.4g} megabytes; at most "
            f"{limits.max_archive_bytes / BYTES_IN_MEGABYTE:.4g} are read. Split it."
        )
    if any(member.path == OFFICE_MEMBER for member in members):
        if any(member.path.startswith("xl/") for member in members):
            raise UnreadableError(SPREADSHEET)
        raise UnreadableError("This is an Office document. Export the pictures in it as PNG.")
    if not any(
        (tables and is_table_name(member.path)) or _may_be_picture(archive, member)
        for member in members
    ):
        raise UnreadableError(f"The archive holds no picture. Pack {READABLE} files into it.")
    return members


def _is_skipped(member: _Member) -> bool:
    parts = [part for part in member.path.split("/") if part]
    return member.path.endswith("/") or not parts or is_litter(parts)


def _may_be_picture(archive: zipfile.ZipFile, member: _Member) -> bool:
    """Whether a member deserves a word of its own: a picture, an archive or one unread so far."""
    if _refusal(member) is not None:
        return True
    try:
        with archive.open(member.info) as file:
            kind = file_kind(file.read(HEAD_BYTES))
    except Exception:  # noqa: BLE001 (as in expand_archive)
        return True
    return kind in PICTURE_KINDS or kind in (FileKind.ZIP, FileKind.OTHER_ARCHIVE)


def _refusal(member: _Member) -> str | None:
    """Why a member is not even opened."""
    info, name = member.info, member.path
    if name.startswith("/") or re.match(r"[A-Za-z]:", name) or ".." in name.split("/"):
        return "Unsafe path in archive: it points outside. Pack the file under a plain name."
    if info.flag_bits & ENCRYPTED_FLAG:
        return "This file is encrypted inside its archive. Pack it without a password."
    if stat.S_ISLNK(info.external_attr >> 16):
        return "This is a link inside its archive, not a picture. Pack the picture itself."
    if info.compress_type not in METHODS:
        return "The packing method of this file is not read. Pack it as an ordinary ZIP."
    return None


def _overlapping(members: list[zipfile.ZipInfo]) -> set[int]:
    """Header offsets of members whose packed bytes run into another member's.

    The members of some archive bombs share one body of packed bytes.
    """
    found: set[int] = set()
    owner, owner_end = -1, -1
    for info in sorted(members, key=lambda info: info.header_offset):
        # The name follows the fixed part of the header, and at least the packed bytes after it.
        end = info.header_offset + LOCAL_HEADER_BYTES + info.compress_size
        if info.header_offset < owner_end:
            found |= {owner, info.header_offset}
        if end > owner_end:
            owner, owner_end = info.header_offset, end
    return found


def _read_member(
    archive: zipfile.ZipFile, member: _Member, limits: Limits, *, tables: bool
) -> bytes:
    """Unpack one member; never more than it declares, and that only within the limits.

    Raises:
        UnreadableError: when the member is refused or damaged.
    """
    info = member.info
    refusal = _refusal(member)
    if refusal is not None:
        raise UnreadableError(refusal)
    if info.file_size > limits.max_file_bytes:
        raise UnreadableError(
            f"This file unpacks to {info.file_size / BYTES_IN_MEGABYTE:.4g} megabytes; at most "
            f"{limits.max_file_bytes / BYTES_IN_MEGABYTE:.4g} are read. Export it smaller."
        )
    if info.file_size > max(RATIO_APPLIES_ABOVE, MAX_RATIO * info.compress_size):
        raise UnreadableError(
            f"This file unpacks to more than {MAX_RATIO} times its packed size, as archive bombs "
            "do. Add the picture itself."
        )
    pieces = []
    try:
        # zipfile stops at the declared size and then compares the checksum.
        with archive.open(info) as file:
            while piece := file.read(CHUNK_BYTES):
                pieces.append(piece)
    except Exception as error:
        # zipfile and zlib answer a damaged member with BadZipFile, zlib.error, EOFError ...
        raise UnreadableError(DAMAGED_MEMBER) from error
    data = b"".join(pieces)
    if len(data) != info.file_size:
        raise UnreadableError(DAMAGED_MEMBER)
    if is_archive(data):
        sheet = spreadsheet_kind(data)
        if sheet is None:
            raise UnreadableError("This is an archive within an archive. Unpack it first.")
        if not tables:
            raise UnreadableError(SPREADSHEET)
    return data
