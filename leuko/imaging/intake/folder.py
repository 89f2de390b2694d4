"""The files of a folder that somebody may have meant, whatever they are called."""

import os
from collections.abc import Container
from dataclasses import dataclass, field
from pathlib import Path

from leuko.imaging.decoding.file_types import HEAD_BYTES, PICTURE_KINDS, FileKind, file_kind
from leuko.imaging.intake.litter import is_apple_double, is_litter

SUFFIXES = frozenset({".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff"})


@dataclass(frozen=True)
class Listing:
    """What a folder holds.

    Attributes:
        files: below the folder, sorted, links to folders followed once; nothing that systems and
            programs leave behind.
        unread: what could not be followed or opened, below the folder, each with the reason.
    """

    files: tuple[Path, ...]
    unread: tuple[tuple[str, str], ...]


@dataclass
class _Walk:
    root: Path
    files: list[Path] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    linked: list[Path] = field(default_factory=list)
    seen: set[tuple[int, int]] = field(default_factory=set)

    def refuse(self, path: Path, reason: str) -> None:
        self.unread.append((path.relative_to(self.root).as_posix(), reason))

    def enter(self, folder: Path) -> None:
        """Take a folder and what is below it; links to folders wait until those are done."""
        waiting = [folder]
        while waiting:
            here = waiting.pop()
            try:
                found = here.stat()
                if (found.st_dev, found.st_ino) in self.seen:
                    self.refuse(here, "a link to a folder that is read already")
                    continue
                self.seen.add((found.st_dev, found.st_ino))
                entries = sorted(os.scandir(here), key=lambda entry: entry.name)
            except OSError as problem:
                self.refuse(here, problem.strerror or "it cannot be opened")
                continue
            waiting += [Path(entry.path) for entry in reversed(entries) if self._take(entry)]

    def _take(self, entry: os.DirEntry[str]) -> bool:
        """Keep a file; True for a folder to be entered."""
        path = Path(entry.path)
        if is_litter(entry.name):
            return False
        try:
            is_folder, is_file = entry.is_dir(), entry.is_file()
        except OSError:  # a link to itself
            is_folder = is_file = False
        if is_folder:
            if entry.is_symlink():
                self.linked.append(path)
                return False
            return True
        if is_file:
            self.files.append(path)
        elif entry.is_symlink():
            self.refuse(path, "a link to what is not there")
        else:
            self.refuse(path, "no ordinary file")
        return False


def list_folder(folder: Path) -> Listing:
    """Every file below a folder.

    A link to a folder is followed once, after all folders that are really there; one that leads
    back or to a folder that was read is named.

    Args:
        folder: must be there.
    """
    walk = _Walk(folder)
    walk.enter(folder)
    while walk.linked:
        walk.enter(walk.linked.pop(0))
    return Listing(tuple(sorted(walk.files)), tuple(sorted(walk.unread)))


def is_meant_as_picture(path: Path, kinds: Container[FileKind] = PICTURE_KINDS) -> bool:
    """Whether a file is a picture by its content, or is called one and has to be named as bad.

    Args:
        path: the file.
        kinds: what counts as a picture.
    """
    called = path.suffix.casefold() in SUFFIXES
    try:
        kind = kind_on_disk(path)
    except OSError:
        return called
    return kind in kinds or (called and kind is not None)


def kind_on_disk(path: Path) -> FileKind | None:
    """Kind of a file by its content; None for what macOS writes beside a file.

    Raises:
        OSError: when it cannot be opened.
    """
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    return None if is_apple_double(head) else file_kind(head)
