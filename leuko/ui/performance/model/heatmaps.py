"""How far the heatmaps of a model can be trusted, from the report in its folder."""

import streamlit as st

from leuko.errors import ExplainReportError
from leuko.models.commands import explain_command
from leuko.models.heatmap_report import ExplainReport
from leuko.reporting.charts.heatmaps import cells_figure, removal_figure
from leuko.reporting.html.heatmap_sections import NOT_MEASURED, RESULTS_ONLY
from leuko.reporting.tables.heatmaps import figure_rows, method_sentences, sample_sentence
from leuko.reporting.text.heatmaps import HeatmapFinding, verdicts
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import right_aligned

TITLE = "How far can its heatmaps be trusted?"


def show_heatmaps(results: ModelResults, downloads: Downloads) -> None:
    """Verdicts, charts and figures; or why there are none and the command that makes them."""
    model = results.model
    st.markdown(f"**{TITLE}**")
    if not model.has_weights:
        st.caption(RESULTS_ONLY)
        return
    try:
        report = model.explain_report()
    except ExplainReportError as problem:
        st.warning(plain(str(problem)))
        return
    if report is None:
        st.caption(NOT_MEASURED)
        st.code(explain_command(model.card), language="bash")
        return
    show_report(report, results, downloads)


def show_report(report: ExplainReport, results: ModelResults, downloads: Downloads) -> None:
    """A report that is in order."""
    import pandas as pd

    st.markdown("\n".join(_line(verdict) for verdict in verdicts(report)))
    st.caption(plain(sample_sentence(report)))
    left, right = st.columns(2)
    with left:
        if report.removal is not None:
            st.markdown("**The score** while pixels are removed, and while they come back")
            figure = removal_figure(report.removal, results.style)
            key = f"performance_removal_{results.model.id}"
            draw(figure, key, "Removal and return of pixels", downloads)
    with right:
        spread = cells_figure(report.cells, results.style)
        if spread is not None:
            st.markdown("**The evidence** on leukocytes and beside them")
            key = f"performance_on_cells_{results.model.id}"
            draw(spread, key, "Evidence on cells", downloads)
    table = pd.DataFrame(figure_rows(report))
    with st.expander("All figures of the heatmaps, and how they were measured"):
        st.dataframe(
            table,
            key=f"performance_heatmaps_{results.model.id}",
            width="stretch",
            height="content",
            hide_index=True,
            column_config=right_aligned(("Value", "Images")),
        )
        st.caption(plain(" ".join(method_sentences(report))))
    downloads.table("Heatmaps", table)


def _line(verdict: HeatmapFinding) -> str:
    return f"- **{plain(verdict.question)}** {plain(verdict.sentence)}"
