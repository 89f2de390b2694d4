"""How far a cell model may be trusted, in the sidebar."""

import streamlit as st

from leuko.labels import class_title
from leuko.models.store import InstalledModel
from leuko.ui.shell.escape import plain


def show_model_facts(model: InstalledModel) -> None:
    """What the model tells apart, what it reached in laboratories that it never saw."""
    card = model.card
    with st.sidebar:
        st.markdown(
            f"Reads **leukocytes cut out of fields** and tells apart {len(card.classes)} classes: "
            + plain(", ".join(class_title(name) for name in card.classes))
            + "."
        )
        st.markdown("Adapted to this laboratory: **no**")
        st.page_link("pages/performance.py", label="All figures of this model →")
