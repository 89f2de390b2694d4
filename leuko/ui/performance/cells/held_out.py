"""What a cell model is worth on held-out cells of the laboratories that it knows."""

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.cells.pooled import PooledFigures
from leuko.reporting.charts.cells.laboratories import recall_figure
from leuko.reporting.tables.cells import (
    LABORATORY_NUMBERS,
    SHARE_NUMBERS,
    class_group_rows,
    laboratory_records,
    laboratory_rows,
)
from leuko.reporting.text.cells import pooled_facts
from leuko.ui.shell.escape import plain
from leuko.ui.state.cell_results import load_pooled
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import right_aligned

TITLE = "Held-out cells of laboratories it knows"


def show_held_out_cells(results: ModelResults, downloads: Downloads) -> None:
    """Share found of each class, classes joined into groups, laboratory by laboratory."""
    st.subheader(TITLE)
    try:
        found = load_pooled(results.model)
    except PredictionsError:
        return  # the figures below say why there are none
    st.markdown("\n".join(f"- {plain(fact)}" for fact in pooled_facts(found)))
    left, right = st.columns(2)
    with left:
        st.markdown("**Each class**: share of its cells found")
        figure = recall_figure(found.everyone.labels)
        draw(figure, f"performance_recall_{results.model.id}", "Share found by class", downloads)
    with right:
        st.markdown("**Groups of classes**, those that differ by degree joined")
        _show_groups(results, found, downloads)
    if found.laboratories:
        st.markdown("**Laboratory by laboratory**")
        _show_laboratories(results, found, downloads)


def _show_groups(results: ModelResults, found: PooledFigures, downloads: Downloads) -> None:
    import pandas as pd

    table = pd.DataFrame(class_group_rows(found.everyone))
    st.dataframe(
        table,
        key=f"performance_class_groups_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=right_aligned(SHARE_NUMBERS),
    )
    downloads.table("Groups of classes", table)


def _show_laboratories(results: ModelResults, found: PooledFigures, downloads: Downloads) -> None:
    import pandas as pd

    st.dataframe(
        pd.DataFrame(laboratory_rows(found.laboratories)),
        key=f"performance_known_laboratories_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=right_aligned(LABORATORY_NUMBERS),
    )
    records = laboratory_records([found.everyone, *found.laboratories])
    downloads.table("Held-out cells by laboratory", pd.DataFrame(records))
