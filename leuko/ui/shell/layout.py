"""What surrounds every page."""

from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

FRAMED = "leuko_framed"
WANTED = "leuko_wanted_page"

_STYLE = """
<style>
.stMainBlockContainer { padding: 4.25rem 2.5rem 2rem; max-width: 1800px; }
.stMainBlockContainer h1 { font-size: 1.6rem; padding: 0 0 .25rem; }
.stMainBlockContainer h2, .stMainBlockContainer h3 { font-size: 1.15rem; padding: .5rem 0 .25rem; }
/* Streamlit's small print is too faint for 4.5 to 1 on a light ground. */
[data-testid="stCaptionContainer"], .stApp button kbd { color: inherit; opacity: .8; }
/* The accent is too faint for text on a dark ground; line and border still carry it. */
.stApp [data-testid="stTab"]:is([data-selected], [data-hovered], [data-focus-visible]),
.stApp button:is([data-variant="segmented_control"], [data-variant="pills"])[data-selected]:not(
  [data-disabled]) { color: inherit; }
.stPlotlyChart :is([class$="tick"], [class*="g-x"], [class*="g-y"], .legend) text {
  fill: currentColor !important; }
.st-key-leuko_tab_holder, .st-key-leuko_count_cells, .st-key-leuko_count_picture { display: none; }
[data-testid="stSidebarHeader"] { min-height: 2.5rem; height: 2.5rem; }
</style>
"""


def show_frame() -> None:
    """Page configuration; the first call of every run."""
    st.set_page_config(page_title="Leuko", layout="wide", initial_sidebar_state="expanded")
    st.html(_STYLE)
    st.session_state[FRAMED] = True


def stand_in_frame(page: str) -> None:
    """Leave a page that runs without ``app.py`` around it, and come back through ``app.py``.

    Until ``app.py`` has run once, Streamlit takes the files of ``pages/`` for an application of
    its older kind: whoever opens the address of a page first on a fresh server would see it
    without its frame, navigation and disclaimer.

    Args:
        page: ``__file__`` of the page.
    """
    context = get_script_run_ctx()
    alone = context is None or Path(context.main_script_path).resolve() == Path(page).resolve()
    if not alone and FRAMED not in st.session_state:
        st.session_state[WANTED] = f"pages/{Path(page).name}"
        st.switch_page("app.py")


def go_where_wanted() -> None:
    """Second half of :func:`stand_in_frame`, once the navigation is known."""
    wanted = st.session_state.pop(WANTED, None)
    if wanted is not None:
        st.switch_page(wanted)


def show_footer() -> None:
    """The one disclaimer."""
    st.caption("Research use. Not a medical device.")
