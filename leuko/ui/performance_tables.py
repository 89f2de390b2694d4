"""Tables of the Performance page: every figure with its interval, as text."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.definitions import DEFINITIONS
from leuko.evaluation.metrics import Summary
from leuko.labels import class_title

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.elements.lib.column_types import ColumnConfig

NOTHING = "–"
OVERVIEW_METRICS = {
    "Accuracy": "accuracy",
    "Sensitivity": "sensitivity",
    "Specificity": "specificity",
    "Precision": "precision",
    "F1": "f1",
    "AUROC": "auroc",
}
PROBABILITY_METRICS = {
    "Average precision": "average_precision",
    "Brier score": "brier",
    "Calibration error (ECE)": "ece",
}
CLASS_METRICS = {
    "Sensitivity": "sensitivity",
    "Specificity": "specificity",
    "Precision": "precision",
    "F1": "f1",
    "AUROC": "auroc",
}


def right_aligned(names: Iterable[str]) -> dict[str, "ColumnConfig"]:
    """Text columns that hold numbers."""
    return {name: st.column_config.TextColumn(alignment="right") for name in names}


def class_table(summary: Summary) -> "pd.DataFrame":
    """One row a class, against all others."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "Class": class_title(one.name),
                "Side": "malignant" if one.name in summary.classes.malignant else "benign",
                "Images": one.n,
                "Groups": one.n_groups,
                **_texts(one, CLASS_METRICS, summary.digits),
            }
            for one in summary.per_class
        ]
    )


def figure_table(summary: Summary) -> "pd.DataFrame":
    """One row a figure: value, counts behind it, and how its interval was computed."""
    import pandas as pd

    binary = OVERVIEW_METRICS | PROBABILITY_METRICS
    named = {
        **{name: getattr(summary.binary, field) for name, field in binary.items()},
        f"Accuracy ({len(summary.classes.names)} classes)": summary.overall.accuracy,
        "Balanced accuracy": summary.overall.balanced_accuracy,
        "Macro precision": summary.overall.macro_precision,
        "Macro F1": summary.overall.macro_f1,
    }
    return pd.DataFrame(
        [
            {
                "Figure": name,
                "Value": estimate.text(summary.digits),
                "Images": f"{estimate.hits} of {estimate.trials}" if estimate.trials else NOTHING,
                "95 % interval by": estimate.method or NOTHING,
            }
            for name, estimate in named.items()
        ]
    )


def definition_table() -> "pd.DataFrame":
    """Name, formula, meaning and source of every figure."""
    import pandas as pd

    return pd.DataFrame(
        {
            "Figure": [each.name for each in DEFINITIONS],
            "Formula": [each.formula for each in DEFINITIONS],
            "Meaning": [each.meaning for each in DEFINITIONS],
            "Source": [each.source for each in DEFINITIONS],
        }
    )


def _texts(metrics: object, names: dict[str, str], digits: int) -> dict[str, str]:
    return {name: getattr(metrics, field).text(digits) for name, field in names.items()}
