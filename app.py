"""Entry of the web application: pages and nothing else."""

import streamlit as st

from leuko.ui.frame import show_footer, show_frame

show_frame()
page = st.navigation(
    [
        st.Page("pages/diagnose.py", title="Diagnose", default=True),
        st.Page("pages/performance.py", title="Performance"),
        st.Page("pages/about.py", title="About"),
    ],
    position="top",
)
page.run()
show_footer()
