"""Entry of the web application: pages and nothing else, and the server that they are shown by."""

import streamlit as st
from starlette.middleware import Middleware

from leuko.ui.shell.gc_pauses import settler
from leuko.ui.shell.layout import go_where_wanted, show_footer, show_frame
from leuko.ui.shell.request_guard import RequestGuard
from leuko.ui.state.session import follow_tab


def show_pages() -> None:
    """Navigation, the page that is asked for, footer."""
    show_frame()
    follow_tab()
    page = st.navigation(
        [
            st.Page("pages/diagnose.py", title="Diagnose", default=True),
            st.Page("pages/count.py", title="Count"),
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


if __name__ == "__main__":  # as Streamlit runs it for a visitor
    show_pages()
else:  # as ``streamlit run`` imports it, once, to start the server
    app = st.App(__file__, middleware=[Middleware(RequestGuard)])
