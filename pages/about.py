"""What is this, what is it not, where do the data come from?"""

import streamlit as st

from leuko.ui import about as parts
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.layout import stand_in_frame
from leuko.ui.state.resources import inventory

stand_in_frame(__file__)
st.title("About")
with guarded():
    parts.show_purpose()
    models = inventory()
    parts.show_data(models)
    parts.show_models(models.models)
    parts.show_versions()
