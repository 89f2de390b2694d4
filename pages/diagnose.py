"""What does the model see in my images?"""

import streamlit as st

from leuko.ui.diagnose import page as parts
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.layout import stand_in_frame
from leuko.ui.state.session import session
from leuko.ui.widgets.batch import show_device

stand_in_frame(__file__)
st.title("Diagnose")
with guarded():
    model = parts.choose_model()
    if model is not None:
        facts = parts.show_model_facts(model)
        parts.show_threshold(model)
        parts.upload_images(model)
        if session().tray.items:
            unfinished = parts.classify_some(model)
            parts.show_progress(model)
            parts.show_results(model, facts)
            show_device()
            if unfinished:
                st.rerun()
        else:
            parts.show_how_to_start(model)
