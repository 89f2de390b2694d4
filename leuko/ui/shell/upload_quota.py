"""How many bytes of files are on their way to pages, of one session and of all, and when to refuse.

Streamlit receives files without asking anybody, and holds each in memory from its last byte until a
page has taken it. So bytes are counted while they come in, together with what is held by then.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from leuko.errors import LeukoError
from leuko.settings import BYTES_IN_MEGABYTE, Limits, load_limits
from leuko.ui.shell.held_uploads import HeldUploads, StreamlitUploads
from leuko.workbench.arrivals import MOST_FILES, Bound, Refusal

_LOGGER: Final = logging.getLogger(__name__)


class OverQuotaError(LeukoError):
    """A file that is not taken, for too many bytes are on their way.

    Attributes:
        refusal: why.
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


@dataclass(eq=False)
class Incoming:
    """One request that brings a file.

    Attributes:
        session_id: that it is for.
        declared_bytes: of its body, as it said; None where it did not.
        received_bytes: of its body, so far.
    """

    session_id: str
    declared_bytes: int | None
    received_bytes: int = 0

    @property
    def reserved_bytes(self) -> int:
        """What it takes of its own session's quota: whatever it said or sent, if that is more."""
        return max(self.declared_bytes or 0, self.received_bytes)


class UploadQuota:
    """Counts what is on its way; the one counted with is :data:`UPLOADS`.

    A session is held to what its requests announce, so that it is refused before it has sent
    anything. All sessions together are held to what was received, so that nobody keeps others out
    by announcing what never comes.

    Args:
        uploads: what was received and is still held.
        load: gives the limits; asked once, when the first file comes.
    """

    def __init__(self, uploads: HeldUploads, load: Callable[[], Limits] = load_limits) -> None:
        self._uploads = uploads
        self._load = load
        self._incoming: list[Incoming] = []
        self._held: Mapping[str, int] | None = None
        self._refusals: dict[str, list[Refusal]] = {}
        self._lock = threading.Lock()

    @cached_property
    def limits(self) -> Limits:
        """The limits in force.

        Raises:
            LeukoError: when the settings cannot be read.
        """
        return self._load()

    @property
    def incoming_bytes(self) -> int:
        """Bytes received so far by all requests that are still going on."""
        return sum(each.received_bytes for each in self._incoming)

    @contextmanager
    def receive(
        self, session_id: str, file_id: str, declared_bytes: int | None
    ) -> Iterator[Incoming]:
        """Count a request for as long as the context lasts.

        Args:
            session_id: that it brings a file to.
            file_id: of that file.
            declared_bytes: of its body, as it says; None where it does not.

        Yields:
            The request, for :meth:`count`.

        Raises:
            OverQuotaError: when what it says is too much.
        """
        incoming = Incoming(session_id, declared_bytes)
        self._check(incoming, coming=declared_bytes or 0)
        self._incoming.append(incoming)
        try:
            yield incoming
        finally:
            self._incoming.remove(incoming)
            self._held = None  # the file may be held now
            if not self._uploads.is_here(session_id):
                # Its session may have ended meanwhile: nobody else would ever let go of it.
                self._uploads.drop(session_id, file_id)

    def count(self, incoming: Incoming, more_bytes: int) -> None:
        """Count a part of a body.

        Args:
            incoming: the request.
            more_bytes: that have just come.

        Raises:
            OverQuotaError: when that is too much.
        """
        incoming.received_bytes += more_bytes
        self._check(incoming)

    def refusals(self, session_id: str) -> tuple[Refusal, ...]:
        """Files of a session that were refused since this was asked last, oldest first."""
        with self._lock:
            return tuple(self._refusals.pop(session_id, ()))

    def _check(self, incoming: Incoming, coming: int = 0) -> None:
        bound = self._exceeded(incoming, coming)
        if bound is not None:  # by what was held a while ago; pages have let go of files since
            self._held = None
            bound = self._exceeded(incoming, coming)
        if bound is not None:
            self._refuse(incoming, bound)

    def _exceeded(self, incoming: Incoming, coming: int) -> Bound | None:
        """Which limit is exceeded, with a request that has not begun yet or one that has."""
        if self._held is None:
            self._held = self._uploads.held_bytes()
        mine = sum(
            each.reserved_bytes for each in self._incoming if each.session_id == incoming.session_id
        )
        held = self._held.get(incoming.session_id, 0)
        if held + mine + coming > self.limits.max_session_uploading_bytes:
            return Bound.SESSION
        everything = sum(self._held.values()) + self.incoming_bytes
        if everything + coming > self.limits.max_uploading_bytes:
            return Bound.SERVER
        return None

    def _refuse(self, incoming: Incoming, bound: Bound) -> None:
        limit_bytes = (
            self.limits.max_session_uploading_bytes
            if bound is Bound.SESSION
            else self.limits.max_uploading_bytes
        )
        refusal = Refusal(incoming.declared_bytes, bound, limit_bytes)
        if self._uploads.is_here(incoming.session_id):
            self._note(incoming.session_id, refusal)
        _LOGGER.warning(
            "A file was refused: more than %.4g megabytes of %s were on their way.",
            limit_bytes / BYTES_IN_MEGABYTE,
            "one session" if bound is Bound.SESSION else "all sessions",
        )
        raise OverQuotaError(refusal)

    def _note(self, session_id: str, refusal: Refusal) -> None:
        """Keep it for the page to tell; of sessions that have ended nothing is kept."""
        with self._lock:
            for gone in [each for each in self._refusals if not self._uploads.is_here(each)]:
                del self._refusals[gone]
            noted = self._refusals.setdefault(session_id, [])
            noted.append(refusal)
            del noted[:-MOST_FILES]


UPLOADS: Final = UploadQuota(StreamlitUploads())
"""The one of this process."""
