"""The pictures of one session: held in memory, in the user's order, until cleared."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from leuko.errors import ImageError
from leuko.imaging.intake import Upload, display_name, expand_uploads
from leuko.imaging.limits import Limits


@dataclass
class TrayItem:
    """One uploaded file, or one member of an uploaded archive.

    Attributes:
        number: place in the order of upload, from 0; the item's identity in the session.
        name: as it is shown.
        data: the file's bytes; empty when it could not be unpacked.
        sha256: of the bytes.
        error: why it cannot be read, one sentence, or None.
        notes: sentences about how it was read.
        thumbnail: data URL of a small JPEG, made when the picture is first read.
        size_px: (width, height), known once read.
    """

    number: int
    name: str
    data: bytes
    sha256: str
    error: str | None = None
    notes: tuple[str, ...] = ()
    thumbnail: str | None = None
    size_px: tuple[int, int] | None = None


@dataclass
class Tray:
    """All files of a session.

    Attributes:
        items: in the order of upload.
    """

    items: list[TrayItem] = field(default_factory=list)

    def add(self, uploads: Iterable[Upload], limits: Limits) -> int:
        """Add files, archives unpacked; an unreadable member is kept with its sentence.

        Returns:
            How many items were added.
        """
        before = len(self.items)
        for entry in expand_uploads(uploads, limits):
            number = len(self.items)
            if isinstance(entry, ImageError):
                name = display_name(entry.file_name)
                self.items.append(TrayItem(number, name, b"", "", entry.reason))
            else:
                digest = hashlib.sha256(entry.data).hexdigest()
                self.items.append(TrayItem(number, display_name(entry.name), entry.data, digest))
        return len(self.items) - before

    def readable(self) -> list[TrayItem]:
        """Items that are, so far, not known to be unreadable."""
        return [item for item in self.items if item.error is None]
