"""Bytes of uploaded files, kept in a file without a name instead of in memory.

The operating system deletes such a file when it is closed, also when the server is ended by
force; no other program can open it by a path, and no user's file name ever reaches the disk.
"""

import tempfile
import threading
import weakref
from dataclasses import dataclass
from io import FileIO


class Spool:
    """Grows as files come in; closed, and so deleted, with its last reader or by hand."""

    def __init__(self) -> None:
        self._file: FileIO | None = None
        self._end = 0
        self._lock = threading.Lock()

    def keep(self, data: bytes) -> "Stored":
        """Write the bytes of a file.

        Raises:
            OSError: when they cannot be written, such as on a full disk; what was kept before
                stays readable.
            ValueError: when the spool was closed.
        """
        if not data:
            return NOTHING
        with self._lock:
            file = self._open()
            file.seek(self._end)
            waiting = memoryview(data)
            while waiting:  # a disk that is nearly full takes a part first
                waiting = waiting[file.write(waiting) :]
            stored = Stored(self, self._end, len(data))
            self._end += len(data)
        return stored

    def _open(self) -> FileIO:
        if self._file is None:
            # Without a buffer: a write that fails must fail now, not at some later picture.
            self._file = tempfile.TemporaryFile(buffering=0, prefix="leuko-")  # noqa: SIM115
            weakref.finalize(self, self._file.close)
        return self._file

    def read(self, start: int, length: int) -> bytes:
        """Bytes written before.

        Raises:
            OSError: when they cannot be read back.
            ValueError: when the spool was closed.
        """
        if self._file is None:
            return b""
        with self._lock:
            self._file.seek(start)
            parts: list[bytes] = []
            while length > 0 and (part := self._file.read(length)):
                parts.append(part)
                length -= len(part)
        if length:
            raise OSError("the temporary file is shorter than what was written to it")
        return b"".join(parts)

    def close(self) -> None:
        """Delete all that was kept, now; for a session that has ended."""
        with self._lock:
            self._open().close()


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
