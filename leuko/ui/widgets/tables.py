"""Tables of the Performance page: every figure with its interval, as text."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.summary import Summary
from leuko.reporting.tables.metrics import CLASS_METRICS, class_rows, figure_rows
from leuko.reporting.text.definitions import Definition, definitions

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.elements.lib.column_types import ColumnConfig

__all__ = ["CLASS_METRICS", "class_table", "definition_table", "figure_table", "right_aligned"]


def right_aligned(names: Iterable[str]) -> dict[str, "ColumnConfig"]:
    """Text columns that hold numbers."""
    return {name: st.column_config.TextColumn(alignment="right") for name in names}


def class_table(summary: Summary) -> "pd.DataFrame":
    """One row a class, against all others."""
    import pandas as pd

    return pd.DataFrame(class_rows(summary))


def figure_table(summary: Summary) -> "pd.DataFrame":
    """One row a figure: value, counts behind it, and how its interval was computed."""
    import pandas as pd

    return pd.DataFrame(figure_rows(summary))


def definition_table(told: Sequence[Definition] | None = None) -> "pd.DataFrame":
    """Name, formula, meaning and source; of every figure unless told which."""
    import pandas as pd

    told = told if told is not None else definitions()
    return pd.DataFrame(
        {
            "Figure": [each.name for each in told],
            "Formula": [each.formula for each in told],
            "Meaning": [each.meaning for each in told],
            "Source": [each.source for each in told],
        }
    )
