"""What only the browser can tell of its tab: pictures it held before, and files that were chosen.

A session of the server ends when the page is loaded anew, when the server starts again, or when
the browser was away for long; its pictures are gone then, and the user is told so. And Streamlit's
upload area says nothing to the server of a file that it could not send.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st

KEY = "leuko_tab"
_HOLDER = f"{KEY}_holder"  # hidden by the style sheet of layout.py
_ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class TabState:
    """What the browser is told of a session, to compare with what it knows.

    Attributes:
        session: identity of the session, told apart from those before it.
        images: how many pictures it holds.
        upload: how many uploads it has taken.
        arrived: how many files the last of them had.
        told: whether it knows what the tab held before.
    """

    session: str
    images: int
    upload: int
    arrived: int
    told: bool


def watch_tab(
    state: TabState,
    on_lost: Callable[[int], None],
    on_missing: Callable[[object, object], None],
    on_refused: Callable[[object, object], None],
) -> None:
    """Ask the browser; once in every run of a page.

    Args:
        state: of the session.
        on_lost: gets how many pictures this tab held in a session that has ended.
        on_missing: gets the number of an upload and the files that were chosen for it, as the
            browser said them, when they were more than arrived.
        on_refused: the same, when none arrived; the number is that of the upload before.

    All are called before the page is run again.
    """

    def lost() -> None:
        count = _said("lost")
        if isinstance(count, int) and count > 0:
            on_lost(count)

    def tell_files(what: str, listener: Callable[[object, object], None]) -> None:
        said = _said(what)
        if isinstance(said, Mapping):
            listener(said.get("upload"), said.get("files"))

    with st.container(key=_HOLDER):
        _component()(
            data=asdict(state),
            key=KEY,
            on_lost_change=lost,
            on_missing_change=lambda: tell_files("missing", on_missing),
            on_refused_change=lambda: tell_files("refused", on_refused),
            on_back_change=lambda: None,
        )


def _said(what: str) -> object:
    """A value of the browser; None in the first run of a session that is cut short by another."""
    return getattr(st.session_state.get(KEY), what, None)


@st.cache_resource(show_spinner=False)
def _component() -> Any:  # noqa: ANN401  Streamlit's own renderer protocol
    return st.components.v2.component(
        KEY,
        js=(_ASSETS / "tab.js").read_text(encoding="utf-8"),
    )
