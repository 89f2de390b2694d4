"""Which cells are in these fields, and how many of each?"""

import streamlit as st

from leuko.ui.count import page as parts
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.layout import stand_in_frame
from leuko.ui.state.session import session
from leuko.ui.widgets.batch import show_device

stand_in_frame(__file__)
st.title("Count")
with guarded():
    model = parts.choose_model()
    if model is not None:
        parts.choose_target()
        parts.show_model_facts(model)
        parts.upload_fields()
        if session().tray.items:
            unfinished = parts.count_fields(model)
            parts.show_progress(model)
            parts.show_results(model)
            show_device()
            if unfinished:
                st.rerun()
        else:
            parts.show_how_to_start(model)
