"""Delete what a session held, soon after its browser has gone, on an idle server too.

Streamlit keeps a session for a while, so that a short loss of the network costs nothing, and
afterwards lets go of it only when some other session begins or ends. On a server that nobody uses,
uploaded pictures and prepared downloads would stay for ever. So a thread looks every few seconds.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol
from weakref import ref

import streamlit as st
from streamlit import runtime
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from leuko.settings import load_settings
from leuko.ui.shell.gc_pauses import settler

LOOKS_IN_TIME: Final = 8
"""So often a session is looked for before it is given up."""
_LOGGER = logging.getLogger(__name__)


class Closeable(Protocol):
    """What deletes all that it holds."""

    def close(self) -> None:
        """Delete it."""


@dataclass
class _Watched:
    seen_at: float
    held: list[ref[Closeable]] = field(default_factory=list)


class Sweeper:
    """Closes what sessions hold when their browser has been gone for long enough.

    Args:
        seconds: how long a browser may be gone before its session is given up.
        is_here: whether the browser of a session is connected.
        end: lets the server give up a session; must not raise.
    """

    def __init__(
        self, seconds: float, is_here: Callable[[str], bool], end: Callable[[str], None]
    ) -> None:
        self._seconds = seconds
        self._is_here = is_here
        self._end = end
        self._watched: dict[str, _Watched] = {}
        self._lock = threading.Lock()

    def start(self) -> None:
        """Look again and again, until the server ends."""
        threading.Thread(target=self._go_on, name="leuko-sweep", daemon=True).start()

    def watch(self, held: Closeable) -> None:
        """Close this once the browser of the session that runs this script has gone."""
        context = get_script_run_ctx()
        if context is not None:
            self.add(context.session_id, held)

    def add(self, session_id: str, held: Closeable) -> None:
        """Close this once the browser of that session has gone."""
        with self._lock:
            watched = self._watched.setdefault(session_id, _Watched(time.monotonic()))
            watched.held.append(ref(held))

    def look(self, now: float) -> int:
        """Close what sessions hold whose browser is gone for long enough.

        Args:
            now: of the monotonic clock, seconds.

        Returns:
            How many sessions were closed.
        """
        gone: list[tuple[str, _Watched]] = []
        with self._lock:
            for session_id, watched in list(self._watched.items()):
                if self._is_here(session_id):
                    watched.seen_at = now
                elif now - watched.seen_at >= self._seconds:
                    gone.append((session_id, self._watched.pop(session_id)))
        for session_id, watched in gone:
            self._end(session_id)  # first: from now on no run of a page can hold it
            for held in filter(None, [each() for each in watched.held]):
                held.close()
        return len(gone)

    def _go_on(self) -> None:
        closed = 0
        while True:
            time.sleep(self._seconds / LOOKS_IN_TIME)
            try:
                if closed:
                    _withdraw_downloads()
                    settler().settle(at_once=True)
                closed = self.look(time.monotonic())
            except Exception:  # the thread must outlive whatever one session does
                _LOGGER.exception("sessions that have ended could not all be closed")


def _server() -> Runtime | None:
    """The running server; None where a page runs without one, as in tests of pages."""
    found = runtime.get_instance() if runtime.exists() else None
    return found if isinstance(found, Runtime) else None


def _is_connected(session_id: str) -> bool:
    server = _server()
    return server is not None and server.is_active_session(session_id)


def _end_session(session_id: str) -> None:
    """Let Streamlit give up a session that has no browser: its uploads, downloads and state."""
    server = _server()
    if server is not None:
        server.clear_user_info_for_session(session_id)


def _withdraw_downloads() -> None:
    """Delete prepared downloads that no session offers any more.

    When a session ends Streamlit only marks them, and deletes what is marked the next time it
    looks, which on an idle server is never.
    """
    server = _server()
    if server is not None:
        server.media_file_mgr.remove_orphaned_files()


@st.cache_resource(show_spinner=False)
def sweeper() -> Sweeper:
    """The one of this server."""
    made = Sweeper(load_settings().forget_after_seconds, _is_connected, _end_session)
    if _server() is not None:
        made.start()
    return made
