"""What a user sees when something goes wrong: one sentence, never a traceback."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from leuko.errors import LeukoError

_LOGGER = logging.getLogger("leuko")
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~$:&])")
_INLINE_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~$:])")


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


def plain(text: str) -> str:
    """Escape a text so that Markdown shows it letter by letter, file names included.

    Args:
        text: anything, such as the name of an uploaded file.
    """
    return _MARKDOWN.sub(r"\\\1", text)


def plain_label(text: str) -> str:
    """As :func:`plain` for the label of a widget, where only Markdown inside a line counts.

    A screen reader spells the escapes of a label, so there are no more than needed.

    Args:
        text: anything, such as the title of a model.
    """
    return _INLINE_MARKDOWN.sub(r"\\\1", text)
