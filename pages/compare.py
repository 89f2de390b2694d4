"""Do the models agree on this image?"""

import streamlit as st

from leuko.ui.compare import page as parts
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.layout import stand_in_frame
from leuko.ui.state.session import session
from leuko.ui.widgets.batch import show_device, take_files

stand_in_frame(__file__)
st.title("Compare")
with guarded():
    kind = parts.choose_kind()
    if kind is not None:
        chosen = parts.choose_models(kind)
        take_files(kind)
        if not session().tray.items:
            parts.show_how_to_start(chosen)
        elif len(chosen) >= parts.LEAST_MODELS:
            unfinished = parts.classify_some(chosen)
            parts.show_progress(chosen)
            parts.show_results(chosen)
            show_device()
            if unfinished:
                st.rerun()
