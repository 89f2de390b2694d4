"""How the models do on the pictures of this laboratory."""

from collections.abc import Sequence

import streamlit as st

from leuko.ui.performance_results import ModelResults


def show(results: Sequence[ModelResults]) -> None:
    """Draw this part."""
    st.caption(f"{len(results)} models")
