"""Published figures beside ours, on the Performance page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.reproduction import FIGURES, Comparison, Measured, compare
from leuko.ui.performance_results import ModelResults

if TYPE_CHECKING:
    import pandas as pd

NOT_TRAINED = "not trained"
WORDS = {
    "accuracy": "Accuracy",
    "sensitivity": "Sensitivity",
    "specificity": "Specificity",
    "auroc": "AUROC",
}


def show(results: Sequence[ModelResults]) -> None:
    """The rows of the published studies, each with our figure under both split policies."""
    measured = [Measured(r.model.card, r.summary, r.problem) for r in results]
    compared = compare(measured)
    trained = sum(one.paper is not None or one.grouped is not None for one in compared)
    st.subheader(f"Published figures beside ours ({trained} of {len(compared)} rows trained)")
    st.caption(
        "Five published studies split their pictures at random, so that pictures of one "
        "patient or session stand in training and test. 'Random' repeats that; 'grouped' "
        "keeps them apart, which is what a new patient would meet. A row that was not trained "
        "here can be trained from its recipe with the command below."
    )
    st.dataframe(reproduction_table(compared), hide_index=True, key="performance_reproduction")
    st.code("python -m leuko train recipes/RECIPE.toml --data FOLDER", language="bash")


def reproduction_table(compared: Sequence[Comparison]) -> "pd.DataFrame":
    """One line a figure that a study printed or that we measured."""
    import pandas as pd

    lines = [
        {
            "Row": one.published.row,
            "Network": one.published.network,
            "Data": one.published.dataset,
            "Figure": WORDS[name],
            "Published": f"{printed} %" if printed else "–",
            "Ours, random split": _text(one.paper, name),
            "Ours, grouped split": _text(one.grouped, name),
        }
        for one in compared
        for name in FIGURES
        if (printed := getattr(one.published, name)) or one.paper or one.grouped
    ]
    return pd.DataFrame(lines)


def _text(one: Measured | None, name: str) -> str:
    if one is None:
        return NOT_TRAINED
    estimate = one.figure(name)
    if estimate is None or one.summary is None:
        return "no held-out results"
    return estimate.text(one.summary.digits)
