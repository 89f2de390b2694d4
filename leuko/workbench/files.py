"""Pictures read from files on disk, one at a time."""

import glob
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from leuko.errors import ImageError
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.decoding.file_types import PICTURE_KINDS, FileKind
from leuko.imaging.intake.folder import kind_on_disk, list_folder
from leuko.imaging.intake.uploads import Upload, display_name, expand_uploads
from leuko.imaging.picture import Picture
from leuko.settings import BYTES_IN_MEGABYTE, Limits


@dataclass(frozen=True)
class Listing:
    """What was found in a folder.

    Attributes:
        folder: as it was named.
        files: pictures and archives in it and in the folders below.
        others: files that are left out, being neither.
    """

    folder: Path
    files: int
    others: int


def read_files(
    paths: Iterable[Path | ImageError], limits: Limits
) -> Iterator[Picture | ImageError]:
    """Decode files and the members of ZIP archives, one at a time.

    Args:
        paths: files, in order; an error stands for what names no file, and is handed on.
        limits: bounds; a file that is too large is not read into memory.
    """
    for path in paths:
        data = path if isinstance(path, ImageError) else _read_bytes(path, limits)
        if isinstance(data, ImageError):
            yield data
            continue
        name = str(path)
        for item in expand_uploads([Upload(name, data)], limits):
            if isinstance(item, ImageError) and item.file_name == display_name(name):
                item.file_name = name
            yield item if isinstance(item, ImageError) else _decode(item, limits)


def named_files(words: Iterable[Path]) -> Iterator[Path | ImageError | Listing]:
    """The files that words of a command line mean, in order.

    Args:
        words: files; folders, which stand for what lies in them; and patterns with ``*``, ``?``,
            ``[...]`` or ``**``, for not every shell replaces these by names. A file that has such
            a character in its own name is meant as it stands.

    Yields:
        Files that may be there or not; what was found in a folder, before its files; and an error
        in the place of a pattern or folder that stands for nothing.
    """
    for word in words:
        if not _is_pattern(word):
            yield from _inside(word) if _is_folder(word) else [word]
            continue
        # Path.glob knows no pattern that begins at the root.
        found = sorted(Path(name) for name in glob.iglob(str(word), recursive=True))  # noqa: PTH207
        files = [path for path in found if not _is_folder(path)]
        if files:
            yield from files
        elif found:
            for folder in found:
                yield from _inside(folder)
        else:
            yield ImageError(str(word), "No file has such a name: check the path and the pattern.")


def _is_pattern(word: Path) -> bool:
    return any(mark in str(word) for mark in "*?[") and not os.path.lexists(word)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):  # which reading it tells
        return False


def _inside(folder: Path) -> Iterator[Path | ImageError | Listing]:
    """Pictures and archives in a folder and below, known by their content."""
    found = list_folder(folder)
    files = [path for path in found.files if _looks_like_pictures(path)]
    if files:
        yield Listing(folder, len(files), len(found.files) - len(files))
        yield from files
    elif not found.unread:
        yield ImageError(
            str(folder), "This folder holds no picture and no ZIP archive: name another one."
        )
    for name, reason in found.unread:
        yield ImageError(
            str(folder / name), f"This cannot be read ({reason}): check the path and its rights."
        )


def _looks_like_pictures(path: Path) -> bool:
    """Whether a file deserves a word of its own; one that cannot be read does, and gets it."""
    try:
        kind = kind_on_disk(path)
    except OSError:
        return True
    return kind in PICTURE_KINDS or kind in (FileKind.ZIP, FileKind.OTHER_ARCHIVE)


def _decode(upload: Upload, limits: Limits) -> Picture | ImageError:
    try:
        return decode_image(upload.data, upload.name, limits)
    except ImageError as error:
        error.file_name = upload.name  # unabridged, so that a script finds it again
        return error


def _read_bytes(path: Path, limits: Limits) -> bytes | ImageError:
    most = limits.max_file_bytes
    try:
        if path.is_dir():
            return ImageError(str(path), "This is a folder: name the files in it.")
        with path.open("rb") as file:  # the size of a pipe or a device is not known beforehand
            size = os.fstat(file.fileno()).st_size
            data = b"" if size > most else file.read((size or most) + 1)
        if max(size, len(data)) > most:
            megabytes = most // BYTES_IN_MEGABYTE
            return ImageError(
                str(path), f"The file is larger than {megabytes} MB: raise max_upload_megabytes."
            )
    except OSError as problem:
        reason = problem.strerror or "it cannot be opened"
        return ImageError(str(path), f"The file cannot be read ({reason}): check the path.")
    except ValueError:  # a null character
        return ImageError(str(path), "This is not a valid file name: check the path.")
    return data
