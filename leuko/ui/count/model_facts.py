"""How far a cell model may be trusted, in the sidebar."""

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.cells.stored import left_out_of
from leuko.labels import class_title
from leuko.models.store import InstalledModel
from leuko.ui.shell.escape import plain


def show_model_facts(model: InstalledModel) -> None:
    """What the model tells apart, and what it reached in laboratories that it never saw."""
    card = model.card
    with st.sidebar:
        st.markdown(
            f"Reads **leukocytes cut out of fields** and tells apart {len(card.classes)} classes: "
            + plain(", ".join(class_title(name) for name in card.classes))
            + "."
        )
        try:
            st.markdown(plain(left_out_words(model)))
        except PredictionsError as problem:
            st.warning(plain(str(problem)))
        st.markdown("Adapted to this laboratory: **no**")
        st.page_link("pages/performance.py", label="All figures of this model →")


def left_out_words(model: InstalledModel) -> str:
    """What twins of the model reached in laboratories that they never saw, in a sentence.

    Raises:
        PredictionsError: when nobody has measured it, or the table is not in order.
    """
    figures = left_out_of(model)
    many = len(figures.measured)
    where = "1 laboratory" if many == 1 else f"{many} laboratories"
    return (
        f"In {where} that it had never seen: balanced accuracy "
        f"{figures.balanced_accuracy.text(figures.digits)}."
    )
