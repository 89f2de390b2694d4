"""All models beside each other."""

from collections.abc import Iterable, Sequence

import streamlit as st

from leuko.reporting.charts.bars import Bars, bars_figure
from leuko.ui.performance.overview.filters import choose_filter
from leuko.ui.performance.overview.rows import overview_frame, overview_rows
from leuko.ui.performance.overview.slopes import show_slopes
from leuko.ui.performance.overview.speed import show_speed_button, speed_store
from leuko.ui.performance.overview.table import show_model_table
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets import tables
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads

BARS_AT_FIRST = 6
MOST_BARS = 10
"""Ten bars a figure can still be told apart at 1280 px."""
BARS = "performance_bars_chosen"  # outlives a visit to another page, as widgets do not
VIEW, ONE_MODEL, CHOSEN = "performance_view", "One model", "performance_chosen"


def show(results: Sequence[ModelResults]) -> None:
    """Table and charts over all models."""
    downloads = Downloads("overview")
    shown = show_filters(results)
    show_overview(shown, results, downloads)
    show_bars(results, downloads)
    show_slopes(shown, picked_models(results), downloads)
    show_definitions()
    downloads.offer()


def show_filters(results: Sequence[ModelResults]) -> list[ModelResults]:
    """Let the reader narrow the table; return what is left."""
    chosen = choose_filter(results)
    return [each for each in results if chosen.keeps(each)]


def show_overview(
    shown: Sequence[ModelResults], results: Sequence[ModelResults], downloads: Downloads
) -> None:
    """One table over the models shown."""
    models = [each.model for each in shown]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{len(shown)} of {len(results)} models**", width="stretch")
        show_speed_button(models)
    if not shown:
        st.info("No model fits the filters. Clear one of them.")
        return
    rows = overview_rows(shown, speed_store().found(models))
    show_model_table(rows, picked_models(results), "performance_overview", _pick, _open)
    st.caption(
        "Figures of different test sets or splits cannot be ranked against each other. “Malignant "
        "against benign” is decided at each model's own threshold, “all classes” by the suggested "
        "class. A name opens the model."
    )
    downloads.table("All models", overview_frame(rows))


def _pick(ids: list[str]) -> None:
    st.session_state[BARS] = ids


def _open(model_id: str) -> None:
    st.session_state[VIEW] = ONE_MODEL
    st.session_state[CHOSEN] = model_id


def picked_models(results: Sequence[ModelResults]) -> list[str]:
    """Ids of the picked models that have figures; at the first visit the first few."""
    return _still_there(
        st.session_state.get(BARS),
        [each.model.id for each in results if each.summary is not None],
    )


def show_bars(results: Sequence[ModelResults], downloads: Downloads) -> None:
    """Grouped bars over the models that are picked in the table."""
    by_id = {each.model.id: each for each in results}
    picked = picked_models(results)
    st.subheader("Side by side")
    if not picked:
        st.info("No model is picked. Tick one in the table above to draw its bars.")
        return
    if len(picked) > MOST_BARS:
        st.caption(
            f"{len(picked)} models are picked; the first {MOST_BARS} are drawn, because more bars "
            "cannot be told apart."
        )
    bars = [
        Bars(each.model.card.title, each.summary.binary, each.style, each.summary.digits)
        for each in (by_id[model_id] for model_id in picked[:MOST_BARS])
        if each.summary is not None
    ]
    draw(bars_figure(bars), "performance_bars_chart", "Models side by side", downloads)


def show_definitions() -> None:
    """What every figure means, one click away."""
    with st.expander("Definitions and sources"):
        st.table(tables.definition_table().set_index("Figure"))


def _still_there(before: Sequence[str] | None, measured: Iterable[str]) -> list[str]:
    """The models picked before that still have results; at the first visit the first few."""
    known = list(measured)
    return known[:BARS_AT_FIRST] if before is None else [each for each in before if each in known]
