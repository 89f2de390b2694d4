"""The button that makes a printable report of a model."""

from datetime import UTC, datetime

import streamlit as st

from leuko.ui.state.results import ModelResults


def show_report_button(results: ModelResults) -> None:
    """Offer the report as one HTML file; it is made when it is asked for."""
    st.download_button(
        "Printable report",
        data=lambda: _report(results),
        file_name=f"leuko-{results.model.id}.html",
        mime="text/html",
        key=f"performance_report_{results.model.id}",
        help="One HTML file with all figures and charts of this model; it needs no network.",
        on_click="ignore",
        width="stretch",
    )


def _report(results: ModelResults) -> bytes:
    from leuko.reporting.html.content import report_content
    from leuko.reporting.html.model_report import model_report

    content = report_content(results.model, results.style, results.summary)
    return model_report(content, datetime.now(UTC).date().isoformat()).encode()
