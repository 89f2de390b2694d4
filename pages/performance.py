"""Which model may I trust, for what, how far?"""

import streamlit as st

from leuko.models.store import list_models
from leuko.ui import performance as parts
from leuko.ui.guard import guarded
from leuko.ui.performance_reproduction import show_reproduction
from leuko.ui.performance_results import load_results

st.title("Performance")
with guarded():
    parts.show_question()
    inventory = list_models()
    parts.show_broken_cards(inventory)
    if inventory.models:
        results = load_results(inventory)
        parts.show_overview(results)
        parts.show_bars(results)
        parts.show_model(parts.choose_model(results))
        show_reproduction(results)
        parts.show_definitions()
    else:
        parts.show_no_model()
