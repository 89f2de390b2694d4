"""The pictures of one session: held in the user's order, until cleared."""

import errno
import hashlib
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leuko.errors import ImageError
from leuko.imaging.budget import DECODING
from leuko.imaging.decoding.cost import NO_COST, Cost, decoding_cost, room_for
from leuko.imaging.decoding.decode import decode_image
from leuko.imaging.intake.uploads import Upload, display_name, expand_uploads
from leuko.imaging.picture import Picture
from leuko.imaging.rendering.data_url import thumbnail
from leuko.settings import BYTES_IN_MEGABYTE, Limits
from leuko.workbench.temp_store import NOTHING, Spool, Stored

if TYPE_CHECKING:
    from leuko.inspection.inspect import Survey

NOT_READ_BACK = "The server could not read its copy of this file again. Add the file once more."
FULL_DISK = (
    "The server's disk for temporary files is full, so this file was not kept. Remove images that "
    "are reviewed, or have room made on that disk, and add the file again."
)


def _not_kept(problem: OSError) -> str:
    """Why a file could not be written, and what to do."""
    if problem.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
        return FULL_DISK
    return (
        "The server could not write this file to its folder for temporary files "
        f"({problem.strerror or 'no reason given'}). Have that folder put in order (TMPDIR names "
        "another one) and add the file again."
    )


@dataclass
class TrayItem:
    """One uploaded file, or one member of an uploaded archive; its own methods alone change it.

    Attributes:
        number: place in the order of upload, from 0; the item's identity in the session.
        name: as it is shown.
        sha256: of the bytes.
        stored: where its bytes lie; nowhere when it cannot be read.
        error: why it cannot be read, one sentence, or None.
        notes: sentences about how it was read.
        thumbnail: data URL of a small JPEG, made when the picture is first read.
        size_px: (width, height), known once read.
        survey: what was seen in it without a network, once for all models.
    cost: memory that its picture takes.
    """

    number: int
    name: str
    sha256: str
    stored: Stored = NOTHING
    error: str | None = None
    notes: tuple[str, ...] = ()
    thumbnail: str | None = None
    size_px: tuple[int, int] | None = None
    survey: "Survey | None" = None
    cost: Cost = NO_COST

    @property
    def data(self) -> bytes:
        """The file's bytes, read anew each time; empty when it cannot be read."""
        return self.stored.read()

    def room(self, limits: Limits) -> AbstractContextManager[None]:
        """Memory for the picture, held while it is decoded and used; waits until there is some."""
        return DECODING.reserve(room_for([self.cost]), limits.max_decoding_bytes)

    def decode(self, limits: Limits) -> Picture:
        """The picture, decoded anew; the item stays as it is.

        Raises:
            ImageError: when it cannot be read now, for want of memory too.
        """
        if self.error is not None:
            raise ImageError(self.name, self.error)
        try:
            data = self.data
        except (OSError, ValueError) as problem:  # ValueError: the session has ended meanwhile
            raise ImageError(self.name, NOT_READ_BACK) from problem
        return decode_image(data, self.name, limits)

    def mark_read(self, picture: Picture) -> None:
        """Remember of a decoded picture what the tables show."""
        self.notes = picture.notes
        self.size_px = (picture.width_px, picture.height_px)
        if self.thumbnail is None:
            self.thumbnail = thumbnail(picture.pixels)

    def mark_unreadable(self, reason: str) -> None:
        """Keep why the file cannot be read, one sentence, and let go of its bytes."""
        self.error = reason
        self.drop_bytes()

    def drop_bytes(self) -> None:
        """Let go of the bytes, such as those of a copy of another item."""
        self.stored = NOTHING

    def keep_survey(self, survey: "Survey") -> None:
        """Remember what was seen in the picture without a network."""
        self.survey = survey


@dataclass
class Tray:
    """All files of a session.

    Attributes:
        items: in the order of upload.
    """

    items: list[TrayItem] = field(default_factory=list)
    _spool: Spool = field(default_factory=Spool, repr=False, compare=False)

    def add(self, uploads: Iterable[Upload], limits: Limits) -> int:
        """Add files, archives unpacked; an unreadable member is kept with its sentence.

        Returns:
            How many items were added.
        """
        before, held = len(self.items), self.held_bytes()
        for entry in expand_uploads(uploads, limits):
            if isinstance(entry, ImageError):
                self.refuse(entry.file_name, entry.reason)
            elif held + len(entry.data) > limits.max_session_bytes:
                self.refuse(entry.name, over_quota(limits))
            else:
                held += self.keep(entry.name, entry.data).stored.length
        return len(self.items) - before

    def keep(self, name: str, data: bytes) -> TrayItem:
        """Add one file as it is; one that the disk has no room for is added with its sentence."""
        digest = hashlib.sha256(data).hexdigest()
        try:
            stored = self._spool.keep(data)
        except OSError as problem:
            return self.refuse(name, _not_kept(problem))
        cost = decoding_cost(data)
        item = TrayItem(len(self.items), display_name(name), digest, stored, cost=cost)
        self.items.append(item)
        return item

    def refuse(self, name: str, reason: str) -> TrayItem:
        """Add a file that cannot be read, with its sentence."""
        item = TrayItem(len(self.items), display_name(name), "", error=reason)
        self.items.append(item)
        return item

    def close(self) -> None:
        """Delete all files, now; for a session that has ended."""
        self.items.clear()
        self._spool.close()

    def held_bytes(self) -> int:
        """Bytes of all files that are kept."""
        return sum(item.stored.length for item in self.items)

    def readable(self) -> list[TrayItem]:
        """Items that are, so far, not known to be unreadable."""
        return [item for item in self.items if item.error is None]


def over_quota(limits: Limits) -> str:
    """Why a file is not kept any more, one sentence."""
    return (
        "The pictures of this session have "
        f"{limits.max_session_bytes / BYTES_IN_MEGABYTE:.4g} megabytes, the most that one session "
        "may keep: download the results, clear the images and add this file again."
    )
