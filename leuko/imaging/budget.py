"""Memory that pictures may take while they are decoded and looked at, shared by all threads.

Whoever decodes reserves first what the header of the file says it will take. What does not fit yet
waits its turn, so that many large pictures at once are read one after the other.
"""

import ctypes
import platform
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

GIVEN_BACK_ABOVE = 48 * 1024 * 1024
"""Bytes; less is quicker used again than returned."""


def give_back() -> bool:
    """Return to the system what this process has freed; takes some milliseconds.

    A server draws every page in a thread of its own, and each of glibc's heaps keeps what was freed
    in it: without this a long session grows although nothing is held.

    Returns:
        Whether there was something to give back; False where the C library is another one.
    """
    library = _glibc()
    return library is not None and bool(library.malloc_trim(0))


@cache
def _glibc() -> ctypes.CDLL | None:
    """The C library, asked for once, as each handle leaves garbage; None where it is another."""
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None


class MemoryBudget:
    """Bytes handed out in the order in which they were asked for, so that nobody starves.

    A thread that holds a reservation already counted everything in it: what it reserves further
    on is part of that and never waits, else two threads could wait for each other for ever.
    """

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._waiting: deque[object] = deque()
        self._reserved = 0
        self._own = threading.local()

    @property
    def reserved_bytes(self) -> int:
        """Bytes that are handed out now."""
        return self._reserved

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    @contextmanager
    def reserve(self, needed_bytes: int, capacity_bytes: int) -> Iterator[None]:
        """Hold memory for as long as the context lasts; waits until it is there.

        Args:
            needed_bytes: at the peak; more than there is at all waits until nothing else runs.
            capacity_bytes: all that may be handed out at once.
        """
        if getattr(self._own, "holds", False):
            yield
            return
        granted = min(needed_bytes, capacity_bytes)
        self._take(granted, capacity_bytes)
        self._own.holds = True
        try:
            yield
        finally:
            self._own.holds = False
            if granted >= GIVEN_BACK_ABOVE:
                give_back()  # before another thread is let in, whose heap is another one
            with self._condition:
                self._reserved -= granted
                self._condition.notify_all()

    def _take(self, granted: int, capacity_bytes: int) -> None:
        ticket = object()
        with self._condition:
            self._waiting.append(ticket)
            try:
                self._condition.wait_for(
                    lambda: (
                        self._waiting[0] is ticket and self._reserved + granted <= capacity_bytes
                    )
                )
                self._reserved += granted
            finally:
                self._waiting.remove(ticket)
                self._condition.notify_all()


DECODING = MemoryBudget()
"""The one of this process."""
