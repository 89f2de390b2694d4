"""Bytes of uploaded files, kept in a file without a name instead of in memory.

The operating system deletes such a file when it is closed, also when the server is ended by
force; no other program can open it by a path, and no user's file name ever reaches the disk.
"""

import tempfile
import threading
import weakref
from dataclasses import dataclass
from typing import IO


class Spool:
    """Grows as files come in; closed, and so deleted, with its last reader."""

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._end = 0
        self._lock = threading.Lock()

    def keep(self, data: bytes) -> "Stored":
        """Write the bytes of a file."""
        if not data:
            return NOTHING
        with self._lock:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="leuko-")  # noqa: SIM115  closed below
                weakref.finalize(self, self._file.close)
            self._file.seek(self._end)
            self._file.write(data)
            stored = Stored(self, self._end, len(data))
            self._end += len(data)
        return stored

    def read(self, start: int, length: int) -> bytes:
        """Bytes written before."""
        if self._file is None:
            return b""
        with self._lock:
            self._file.seek(start)
            return self._file.read(length)


@dataclass(frozen=True)
class Stored:
    """Where the bytes of one file lie.

    Attributes:
        spool: what holds them; None for no bytes.
        start: of the first one.
        length: how many.
    """

    spool: Spool | None
    start: int
    length: int

    def read(self) -> bytes:
        """The bytes."""
        return self.spool.read(self.start, self.length) if self.spool else b""


NOTHING = Stored(None, 0, 0)
