"""What a cell model is worth in laboratories that it never saw: the first thing told of it."""

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.cells.figures import CellFigures
from leuko.evaluation.cells.left_out import LeftOutFigures
from leuko.reporting.charts.cells.laboratories import (
    label_confusion_figure,
    laboratories_figure,
)
from leuko.reporting.tables.cells import (
    LABORATORY_NUMBERS,
    SHARE_NUMBERS,
    confusion_records,
    label_rows,
    laboratory_records,
    laboratory_rows,
)
from leuko.reporting.text.cells import (
    MEANING,
    UNMEASURED,
    WHY,
    laboratory_title,
    left_out_facts,
    left_out_headline,
)
from leuko.ui.shell.escape import plain
from leuko.ui.state.cell_results import load_left_out
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import right_aligned

TITLE = "Laboratories it never saw"
TAKEN_FOR = "What cells were taken for in laboratories left out"
NAME_WIDTH_PX = 170


def show_left_out(results: ModelResults, downloads: Downloads) -> None:
    """The left-out-laboratory table, or why there is none."""
    st.subheader(TITLE)
    try:
        found = load_left_out(results.model)
    except PredictionsError as problem:
        st.warning(plain(f"{problem} {UNMEASURED}"))
        return
    headline = left_out_headline(found)
    st.markdown(f"**{plain(headline[0].upper() + headline[1:])}.**")
    st.markdown(plain(f"{MEANING} {WHY}"))
    _show_table(results, found, downloads)
    figure = laboratories_figure(found.laboratories)
    draw(figure, f"performance_left_out_{results.model.id}", TITLE, downloads)
    st.caption(plain(" ".join(left_out_facts(found))))
    _show_laboratory(results, found, downloads)


def _show_table(results: ModelResults, found: LeftOutFigures, downloads: Downloads) -> None:
    import pandas as pd

    st.dataframe(
        pd.DataFrame(laboratory_rows(found.laboratories)),
        key=f"performance_left_out_table_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=right_aligned(LABORATORY_NUMBERS),
    )
    downloads.table(TITLE, pd.DataFrame(laboratory_records(found.laboratories)))


def _show_laboratory(results: ModelResults, found: LeftOutFigures, downloads: Downloads) -> None:
    """One laboratory, label by label."""
    import pandas as pd

    by_name = {one.laboratory: one for one in found.laboratories}
    chosen = st.segmented_control(
        "Laboratory",
        list(by_name),
        default=next(iter(by_name)),
        required=True,
        format_func=laboratory_title,
        key=f"performance_left_out_laboratory_{results.model.id}",
    )
    one = by_name[chosen or next(iter(by_name))]
    st.markdown("**Its labels**, and the share of cells given a class that fits")
    show_labels(one, found, f"performance_left_out_labels_{results.model.id}")
    st.markdown("**What its cells were taken for**, number of cells")
    figure = label_confusion_figure(one, found.classes)
    draw(figure, f"performance_left_out_confusion_{results.model.id}", TAKEN_FOR, downloads)
    records = [
        record for each in found.laboratories for record in confusion_records(each, found.classes)
    ]
    downloads.table(TAKEN_FOR, pd.DataFrame(records))


def show_labels(one: CellFigures, found: LeftOutFigures, key: str) -> None:
    """One row a label: share right, and what the others were taken for."""
    import pandas as pd

    st.dataframe(
        pd.DataFrame(label_rows(one, found.classes)),
        key=key,
        width="stretch",
        height="content",
        hide_index=True,
        column_config=right_aligned(SHARE_NUMBERS)
        | {"Label": st.column_config.TextColumn(width=NAME_WIDTH_PX)},
    )
