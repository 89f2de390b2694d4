"""The charts of one model on its test images."""

import streamlit as st

from leuko.evaluation.confusion import CellText, confusion_figure
from leuko.evaluation.figures import roc_figure
from leuko.evaluation.metrics import Summary
from leuko.evaluation.shortcuts import baselines, baselines_figure, baselines_sentence
from leuko.ui.guard import plain
from leuko.ui.performance_charts import draw
from leuko.ui.performance_downloads import Downloads
from leuko.ui.performance_results import ModelResults, load_roc


def show_confusion(results: ModelResults, summary: Summary, downloads: Downloads) -> None:
    """Confusion matrix as counts, as shares of the true class, or both."""
    st.markdown("**Confusion matrix**")
    cells = st.segmented_control(
        "Cells say",
        list(CellText),
        default=CellText.BOTH,
        required=True,
        format_func=lambda cell: cell.value,
        key=f"performance_cells_{results.model.id}",
        label_visibility="collapsed",
    )
    draw(
        confusion_figure(summary, cells or CellText.BOTH),
        f"performance_confusion_{results.model.id}",
        "Confusion matrix",
        downloads,
    )


def show_roc(results: ModelResults, downloads: Downloads) -> None:
    """ROC curve with its operating point, or why there is none."""
    st.markdown("**ROC curve**: malignant against benign")
    curve = load_roc(results)
    if curve is None:
        st.info(
            "No ROC curve: all test images are on one side. Evaluate the model on images of "
            "both sides."
        )
        return
    draw(
        roc_figure(curve, results.style),
        f"performance_roc_{results.model.id}",
        "ROC curve",
        downloads,
    )


def show_shortcuts(results: ModelResults, summary: Summary, downloads: Downloads) -> None:
    """The model beside what its data set gives away without a look at the cells."""
    audit = results.model.card.audit
    st.markdown("**Beside the shortcuts of the data set**")
    if audit is None:
        st.caption(
            "This data set was not audited. `python -m leuko audit` measures how far the class can "
            "be guessed without a look at the cells."
        )
        return
    found = baselines(summary.overall.balanced_accuracy, audit, summary.digits)
    draw(
        baselines_figure(found, results.style),
        f"performance_shortcuts_{results.model.id}",
        "Shortcut baselines",
        downloads,
    )
    st.caption(plain(baselines_sentence(found)))
