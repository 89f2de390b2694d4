"""What a user sees when something goes wrong: one sentence, never a traceback."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from leuko.errors import LeukoError
from leuko.ui.shell.escape import plain

_LOGGER = logging.getLogger("leuko")


@contextmanager
def guarded() -> Iterator[None]:
    """Turn an error inside into one sentence on the page.

    A ``LeukoError`` is shown as it is. Anything else is a bug: its traceback goes to the log, a
    plain sentence to the page. What Streamlit raises to stop or rerun a script is no
    ``Exception`` and passes through.
    """
    try:
        yield
    except LeukoError as error:
        st.error(plain(str(error)))
    except Exception:  # the last line of defence of every page
        _LOGGER.exception("error on a page")
        st.error(
            "This page could not be completed. Reload it; if that does not help, send the log of "
            "the application to whoever looks after it."
        )
