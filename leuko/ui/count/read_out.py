"""What is read out of a count: the list of files, the differential and the cells as CSV."""

import streamlit as st

from leuko.ui.count.counted import Shown
from leuko.workbench.exports.counts import cells_csv, counts_csv, labels_of
from leuko.workbench.uploads import TrayItem

ROW_PX, HEADER_PX, ROWS_SHOWN = 35, 38, 8


def show_fields(shown: Shown) -> None:
    """Every file of the session: how many cells, or why none."""
    import pandas as pd

    items = shown.state.tray.items
    if not items:
        return
    frame = pd.DataFrame(
        {
            "file": [item.name for item in items],
            "cells": [_cells(item, shown) for item in items],
            "notes": [_notes(item, shown) for item in items],
        }
    )
    st.dataframe(
        frame,
        hide_index=True,
        row_height=ROW_PX,
        height=min(len(items), ROWS_SHOWN) * ROW_PX + HEADER_PX,
        key="leuko_count_fields",
        column_config={
            "file": st.column_config.TextColumn("File", width="medium"),
            "cells": st.column_config.TextColumn("Leukocytes", width="small", alignment="right"),
            "notes": st.column_config.TextColumn("Remarks", width="large"),
        },
    )


def _cells(item: TrayItem, shown: Shown) -> str:
    if item.error is not None:
        return "not readable"
    kept = shown.kept.get(item.sha256)
    if kept is None:
        return "waiting"
    return str(len(kept.field.cells)) if _is_first(item, shown) else "copy"


def _notes(item: TrayItem, shown: Shown) -> str:
    if item.error is not None:
        return item.error
    kept = shown.kept.get(item.sha256)
    if kept is None:
        return ""
    if not _is_first(item, shown):
        first = shown.items[item.sha256].name
        return f"The same file as {first}: its cells are counted once."
    return " ".join(filter(None, [kept.field.error or "", *kept.field.notes]))


def _is_first(item: TrayItem, shown: Shown) -> bool:
    return shown.items[item.sha256].number == item.number


def offer_downloads(shown: Shown) -> None:
    """The differential and the cells as CSV, and a way to begin anew."""
    counting, card = shown.counting, shown.model.card
    fields, threshold, target = shown.fields, shown.threshold, counting.target
    count_place, cell_place, _, clear_place = st.columns([2.4, 2.4, 2, 2])
    count_place.download_button(
        "Download differential (CSV)",
        lambda: counts_csv(
            [labels_of(field, counting.review) for field in fields],
            card,
            threshold,
            target,
        ),
        file_name=f"leuko_{card.id}_differential.csv",
        mime="text/csv",
        on_click="ignore",
        disabled=not shown.with_cells,
        width="stretch",
        key="leuko_count_differential_csv",
    )
    cell_place.download_button(
        "Download cells (CSV)",
        lambda: cells_csv(fields, card, threshold, counting.review),
        file_name=f"leuko_{card.id}_cells.csv",
        mime="text/csv",
        on_click="ignore",
        width="stretch",
        key="leuko_count_cells_csv",
    )
    if clear_place.button("Remove all images", width="stretch", key="leuko_count_clear"):
        shown.state.clear()
        st.rerun()
