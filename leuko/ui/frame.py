"""What surrounds every page."""

import streamlit as st

_STYLE = """
<style>
.stMainBlockContainer { padding: 4.25rem 2.5rem 2rem; max-width: 1800px; }
.stMainBlockContainer h1 { font-size: 1.6rem; padding: 0 0 .25rem; }
.stMainBlockContainer h2, .stMainBlockContainer h3 { font-size: 1.15rem; padding: .5rem 0 .25rem; }
/* Streamlit's small print is too faint for 4.5 to 1 on a light ground. */
[data-testid="stCaptionContainer"], .stApp button kbd { color: inherit; opacity: .8; }
[data-testid="stSidebarHeader"] { min-height: 2.5rem; height: 2.5rem; }
</style>
"""


def show_frame() -> None:
    """Page configuration; the first call of every run."""
    st.set_page_config(page_title="Leuko", layout="wide", initial_sidebar_state="expanded")
    st.html(_STYLE)


def show_footer() -> None:
    """The one disclaimer."""
    st.caption("Research use. Not a medical device.")
