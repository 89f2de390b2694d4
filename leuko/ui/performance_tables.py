"""Tables of the Performance page: every figure with its interval, as text that sorts.

Values lie in [0, 1] and start with "0." or "1.", so sorting "0.95 (0.92–0.97)" as text sorts the
numbers; "no results" and "not measurable" come after them.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.definitions import DEFINITIONS, Definition
from leuko.evaluation.metrics import Summary
from leuko.labels import class_title
from leuko.models.card import SplitPolicy
from leuko.ui.performance_results import ModelResults

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.elements.lib.column_types import ColumnConfig

NOTHING = "–"
POLICY_WORDS = {SplitPolicy.PAPER: "paper (random)", SplitPolicy.GROUPED: "grouped"}
OVERVIEW_METRICS = {
    "Accuracy": "accuracy",
    "Sensitivity": "sensitivity",
    "Specificity": "specificity",
    "Precision": "precision",
    "F1": "f1",
    "AUROC": "auroc",
}
CLASS_METRICS = {
    "Sensitivity": "sensitivity",
    "Specificity": "specificity",
    "Precision": "precision",
    "F1": "f1",
    "AUROC": "auroc",
}
ALL_CLASSES = "Accuracy, all classes"
NO_RESULTS = "no results"
MODEL_WIDTH_PX = 270
COUNT_WIDTH_PX = 64


def overview_table(results: Sequence[ModelResults]) -> "pd.DataFrame":
    """One row a model; metric columns read "0.95 (0.92–0.97)"."""
    import pandas as pd

    rows = []
    for each in results:
        card, summary = each.model.card, each.summary
        figures = dict.fromkeys((*OVERVIEW_METRICS, ALL_CLASSES), NO_RESULTS)
        if summary:
            figures = _texts(summary.binary, OVERVIEW_METRICS, summary.digits)
            figures[ALL_CLASSES] = summary.overall.accuracy.text(summary.digits)
        rows.append(
            {
                "Model": card.title,
                "Split": POLICY_WORDS[card.split.policy],
                "Images": summary.n if summary else None,
                "Groups": summary.n_groups if summary else None,
                **figures,
                "Data": card.dataset.title,
                "Reads": card.input.kind.plural,
                "Classes": ", ".join(card.classes),
                "Initialisation": card.training.initialisation,
                "Study row": card.study_row or NOTHING,
            }
        )
    return pd.DataFrame(rows).astype({"Images": "Int64", "Groups": "Int64"})


def overview_columns() -> dict[str, "ColumnConfig"]:
    """How the columns of the overview are drawn: the model stays in view, numbers to the right."""
    return right_aligned((*OVERVIEW_METRICS, ALL_CLASSES)) | {
        "Model": st.column_config.TextColumn(pinned=True, width=MODEL_WIDTH_PX),
        "Images": st.column_config.NumberColumn(help="Test images", width=COUNT_WIDTH_PX),
        "Groups": st.column_config.NumberColumn(
            help="Groups (subjects, blocks) that the test images belong to", width=COUNT_WIDTH_PX
        ),
        "Data": st.column_config.TextColumn(width="medium"),
        ALL_CLASSES: st.column_config.TextColumn(
            alignment="right", help="Decided by the suggested class"
        ),
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

    named = {
        **{name: getattr(summary.binary, field) for name, field in OVERVIEW_METRICS.items()},
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


def definition_table(definitions: Sequence[Definition] = DEFINITIONS) -> "pd.DataFrame":
    """Name, formula, meaning and source of every figure."""
    import pandas as pd

    return pd.DataFrame(
        {
            "Figure": [each.name for each in definitions],
            "Formula": [each.formula for each in definitions],
            "Meaning": [each.meaning for each in definitions],
            "Source": [each.source for each in definitions],
        }
    )


def _texts(metrics: object, names: dict[str, str], digits: int) -> dict[str, str]:
    return {name: getattr(metrics, field).text(digits) for name, field in names.items()}
