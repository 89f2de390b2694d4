"""Keep Python's garbage collection from walking through all that stays.

Streamlit collects after every run of a page. With PyTorch and a model loaded, that walks through
half a million objects: a quarter of a second after every click in which no other thread of the
server can do anything. What has been there for long is therefore set aside (``gc.freeze``). Garbage
may be among it, such as a session that has ended since; so, every few minutes, all is looked
through once and set aside anew.
"""

import atexit
import gc
import threading
import time
from typing import Final

import streamlit as st

MANY_OBJECTS: Final = 50_000
"""Walking through so many takes about as long as a picture on a screen stands still, 20 ms."""
SECONDS: Final = 120.0
"""As long as Streamlit keeps a session whose browser has gone."""
OLDEST_GENERATION: Final = 2


class Settler:
    """Sets aside what stays; one for the whole server."""

    def __init__(self) -> None:
        self._settled_at = -SECONDS
        self._lock = threading.Lock()
        atexit.register(gc.unfreeze)  # or what is set aside is never ended in order

    def settle(self, *, at_once: bool = False) -> bool:
        """Collect what is garbage and set the rest aside, where it is worth the time.

        Args:
            at_once: worth it in any case, for a session has ended.

        Returns:
            Whether it was: many objects are new, or the last time was long ago.
        """
        if not self._lock.acquire(blocking=False):
            return False  # another session does it
        try:
            long_ago = at_once or time.monotonic() - self._settled_at >= SECONDS
            if not long_ago and len(gc.get_objects(OLDEST_GENERATION)) < MANY_OBJECTS:
                return False
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._settled_at = time.monotonic()
            return True
        finally:
            self._lock.release()


@st.cache_resource(show_spinner=False)
def settler() -> Settler:
    """The one of this server."""
    return Settler()
