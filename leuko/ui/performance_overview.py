"""All models beside each other."""

from collections.abc import Iterable, Sequence

import streamlit as st

from leuko.evaluation.figures import Bars, bars_figure
from leuko.ui import performance_tables as tables
from leuko.ui.performance_charts import draw
from leuko.ui.performance_results import ModelResults

BARS_AT_FIRST = 6
BARS = "performance_bars_chosen"  # outlives a visit to another page, as widgets do not


def show(results: Sequence[ModelResults]) -> None:
    """Table and charts over all models."""
    show_overview(results)
    show_bars(results)
    show_definitions()


def show_overview(results: Sequence[ModelResults]) -> None:
    """One sortable table over all models."""
    st.subheader("All models")
    st.dataframe(
        tables.overview_table(results),
        key="performance_overview",
        width="stretch",
        hide_index=True,
        placeholder=tables.NOTHING,
        column_config=tables.overview_columns(),
    )
    st.caption(
        "Accuracy to AUROC: malignant against benign, at each model's own threshold. Figures of "
        "different test sets or splits cannot be ranked against each other."
    )


def show_bars(results: Sequence[ModelResults]) -> None:
    """Grouped bars over the models that the user picks."""
    measured = {each.model.id: each for each in results if each.summary is not None}
    if not measured:
        return
    st.subheader("Side by side")
    chosen = st.multiselect(
        "Models in the chart",
        list(measured),
        default=_still_there(st.session_state.get(BARS), measured),
        format_func=lambda model_id: measured[model_id].model.card.title,
        key="performance_bars",
    )
    st.session_state[BARS] = chosen
    if not chosen:
        st.info("No model is picked. Pick one above to draw its bars.")
        return
    bars = [
        Bars(each.model.card.title, each.summary.binary, each.style)
        for each in (measured[model_id] for model_id in chosen)
        if each.summary is not None
    ]
    draw(bars_figure(bars), "performance_bars_chart", "Models side by side")


def show_definitions() -> None:
    """What every figure means, one click away."""
    with st.expander("Definitions and sources"):
        st.table(tables.definition_table().set_index("Figure"))


def _still_there(before: Sequence[str] | None, measured: Iterable[str]) -> list[str]:
    """The models picked before that still have results; at the first visit the first few."""
    known = list(measured)
    return known[:BARS_AT_FIRST] if before is None else [each for each in before if each in known]
