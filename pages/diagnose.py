"""What does the model see in my images?"""

import streamlit as st

from leuko.ui import diagnose as parts
from leuko.ui.batch import show_device
from leuko.ui.frame import stand_in_frame
from leuko.ui.guard import guarded
from leuko.ui.session import session

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
