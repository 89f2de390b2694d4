"""Files of a batch that cannot be read."""

from collections.abc import Sequence

import streamlit as st

from leuko.ui.shell.escape import plain
from leuko.workbench.rows import ReviewRow

UNREADABLE_SHOWN = 4


def show_unreadable(rows: Sequence[ReviewRow]) -> None:
    """One sentence for each file that cannot be read; the rest stands in the table."""
    bad = [row for row in rows if row.item.error is not None]
    if not bad:
        return
    lines = [f"**{plain(row.item.name)}**: {plain(row.item.error or '')}" for row in bad]
    if len(bad) > UNREADABLE_SHOWN:
        lines = lines[:UNREADABLE_SHOWN]
        lines.append(f"and {len(bad) - UNREADABLE_SHOWN} more; see the table.")
    st.warning("  \n".join(lines))
