"""A threshold that the user set, on the pages whose suggestions it changes."""

import streamlit as st

from leuko.models.store import InstalledModel
from leuko.ui.shell.escape import plain
from leuko.ui.state.thresholds import forget_threshold, is_set_by_user, threshold_words


def show_threshold(model: InstalledModel) -> None:
    """Say that the user set the threshold, with a way back; nothing at the model's own."""
    card = model.card
    if not is_set_by_user(card):
        return
    words = threshold_words(card)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(words[0].upper() + words[1:])}.**", width="content")
        st.button(
            "Back to the model's own threshold",
            key="leuko_threshold_own",
            on_click=forget_threshold,
            args=[card],
        )
