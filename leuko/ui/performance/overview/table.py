"""The table over all models: sorts, explains itself on hover and focus, lets models be picked.

Sorting, views and explanations live in the browser; the server hears of picks and of a model that
is to be opened. All text reaches the page through ``textContent``.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from leuko.ui.performance.overview.columns import VIEWS, columns_of
from leuko.ui.performance.overview.rows import Cell, OverviewRow

_ASSETS = Path(__file__).parent / "assets"


def table_data(rows: Sequence[OverviewRow], picked: Sequence[str]) -> dict[str, object]:
    """What the table is drawn from, as plain values.

    Args:
        rows: models in their order before any sorting.
        picked: ids of the picked models, also of those that are not among the rows.
    """
    columns = columns_of(reads_cells=any(row.reads_cells for row in rows))
    return {
        "views": list(VIEWS),
        "columns": [
            {
                "id": column.id,
                "label": column.label,
                "group": column.group,
                "hint": column.hint,
                "kind": column.kind,
                "views": list(column.views),
                "rising": column.rising,
            }
            for column in columns
        ],
        "rows": [
            {
                "id": row.id,
                "title": row.title,
                "colour": row.style.colour,
                "pattern": row.style.pattern,
                "measured": row.measured,
                "cells": {column.id: _cell(row.cells[column.id]) for column in columns},
            }
            for row in rows
        ],
        "picked": list(picked),
    }


def _cell(cell: Cell) -> dict[str, object]:
    return {
        "text": cell.text,
        "value": cell.value,
        "low": cell.low,
        "high": cell.high,
        "lines": list(cell.lines),
    }


@st.cache_resource(show_spinner=False)
def _component() -> Any:  # noqa: ANN401  Streamlit's own renderer protocol
    return st.components.v2.component(
        "leuko_models",
        html=(_ASSETS / "models.html").read_text(encoding="utf-8"),
        css=(_ASSETS / "models.css").read_text(encoding="utf-8"),
        js=(_ASSETS / "models.js").read_text(encoding="utf-8"),
    )


def show_model_table(
    rows: Sequence[OverviewRow],
    picked: Sequence[str],
    key: str,
    on_pick: Callable[[list[str]], None],
    on_open: Callable[[str], None],
) -> None:
    """Draw the table.

    Args:
        rows: models.
        picked: ids of the picked models.
        key: identity of the table on the page.
        on_pick: gets the ids of the picked models, before the page is run again.
        on_open: gets the id of the model whose name was clicked, before the page is run again.
    """

    def pick() -> None:
        on_pick([str(each) for each in st.session_state[key].picked or ()])

    def open_one() -> None:
        if (chosen := st.session_state[key].open) is not None:
            on_open(str(chosen))

    _component()(
        data=table_data(rows, picked), key=key, on_picked_change=pick, on_open_change=open_one
    )
