"""Which model may I trust, for what, how far?"""

import streamlit as st

from leuko.models.store import list_models
from leuko.ui.performance import page as parts
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.layout import stand_in_frame
from leuko.ui.state.results import load_results

stand_in_frame(__file__)
st.title("Performance")
with guarded():
    parts.show_question()
    inventory = list_models()
    parts.show_broken_cards(inventory)
    if inventory.models:
        parts.show_views(load_results(inventory))
    else:
        parts.show_no_model()
