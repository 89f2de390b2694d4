"""Entry of the web application: pages and nothing else."""

import streamlit as st

from leuko.ui.shell.gc_pauses import settler
from leuko.ui.shell.layout import go_where_wanted, show_footer, show_frame
from leuko.ui.state.session import follow_tab

show_frame()
follow_tab()
page = st.navigation(
    [
        st.Page("pages/diagnose.py", title="Diagnose", default=True),
        st.Page("pages/compare.py", title="Compare"),
        st.Page("pages/performance.py", title="Performance"),
        st.Page("pages/about.py", title="About"),
    ],
    position="top",
)
go_where_wanted()
page.run()
show_footer()
settler().settle()
