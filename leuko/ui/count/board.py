"""Gallery, field, differential and keyboard as one part of the page.

Pictures of cells are sent once for each field. A change shows in the browser at once, comes here as
a command, and goes back as a list of labels; no picture is made or sent again for it. All text
reaches the page through ``textContent``, so that a file name stays a text.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

KEY = "leuko_count_board"
_CELLS_HOLDER, _PICTURE_HOLDER = "leuko_count_cells", "leuko_count_picture"
"""Hidden by the style sheet of layout.py."""
_ASSETS = Path(__file__).parent / "assets"
_ZOOM = Path(__file__).parents[1] / "picture" / "assets" / "zoom.js"
_SCRIPTS = ("count_store.js", "count_field.js", "count_gallery.js", "count_table.js",
            "count_board.js")  # fmt: skip


@st.cache_resource(show_spinner=False)
def _component() -> Any:  # noqa: ANN401  Streamlit's own renderer protocol
    scripts = [_ZOOM, *(_ASSETS / name for name in _SCRIPTS)]
    return st.components.v2.component(
        "leuko_count_board",
        html=(_ASSETS / "count.html").read_text(encoding="utf-8"),
        css=(_ASSETS / "count.css").read_text(encoding="utf-8"),
        js="\n".join(script.read_text(encoding="utf-8") for script in scripts),
    )


def send_cells(messages: Sequence[bytes]) -> None:
    """Tell the browser of fields and their cells; what it knows already is not sent again.

    Args:
        messages: of :func:`leuko.ui.count.messages.chunk_message`.
    """
    with st.container(key=_CELLS_HOLDER):
        for number, message in enumerate(messages):
            _component()(data=message, key=f"{KEY}_cells_{number}")


def send_picture(message: bytes) -> None:
    """Tell the browser the picture of the field that is shown, apart from what changes often.

    Args:
        message: of :func:`leuko.ui.count.messages.picture_message`.
    """
    with st.container(key=_PICTURE_HOLDER):
        _component()(data=message, key=f"{KEY}_picture")


def show_board(data: Mapping[str, object], on_commands: Callable[[object], None]) -> None:
    """Draw the board.

    Args:
        data: ``session``, ``names``, ``keys``, ``fields``, ``labels``, ``seen``, ``table``,
            ``shown`` (sha256 of the field), its ``field_note``, ``selected``,
            ``chosen`` (what is known of the selected cell), ``can_undo``, ``can_redo``,
            ``applied`` (by tab, the last command that was carried out).
        on_commands: gets what the browser asks for, before the page is run again.
    """

    def told() -> None:
        on_commands(getattr(st.session_state.get(KEY), "commands", None))

    _component()(data={"role": "board", **data}, key=KEY, on_commands_change=told)
