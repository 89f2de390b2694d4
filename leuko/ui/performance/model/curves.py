"""The charts of one model on its test images."""

from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.curves.all import ModelCurves, model_curves
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.summary import Summary
from leuko.reporting.charts.confusion import CellText, confusion_figure
from leuko.reporting.charts.curves import precision_recall_figure, roc_figure
from leuko.reporting.charts.groups import groups_figure
from leuko.reporting.charts.probabilities import reliability_figure, score_figure
from leuko.reporting.charts.shortcuts import baselines, baselines_figure, baselines_sentence
from leuko.reporting.tables.metrics import group_rows
from leuko.reporting.text import card as facts
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import KEPT_RESULTS, ModelResults, load_predictions
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads
from leuko.ui.widgets.tables import right_aligned

if TYPE_CHECKING:
    import plotly.graph_objects as go

ONE_SIDED = (
    "No {} curve: all test images are on one side. Evaluate the model on images of both sides."
)
GROUP_ROWS_SHOWN_PX = 340


def load_curves(results: ModelResults, summary: Summary) -> ModelCurves:
    """Curves of a model, computed once for each content of its table of predictions.

    Raises:
        PredictionsError: when that table is missing or broken.
    """
    predictions = load_predictions(results)
    return _curves(results.predictions_sha256, predictions.classes, summary.threshold, predictions)


@st.cache_data(max_entries=KEPT_RESULTS, show_spinner="Computing curves and bands …")
def _curves(
    sha256: str, classes: object, threshold: float, _predictions: Predictions
) -> ModelCurves:
    del sha256, classes  # part of the cache key only
    return model_curves(_predictions, threshold)


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
    figure = confusion_figure(summary, cells or CellText.BOTH)
    _draw(figure, results, "confusion", "Confusion matrix", downloads)


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
    figure = baselines_figure(found, results.style)
    _draw(figure, results, "shortcuts", "Shortcut baselines", downloads)
    st.caption(plain(baselines_sentence(found)))


def show_curves(results: ModelResults, curves: ModelCurves, downloads: Downloads) -> None:
    """ROC and precision-recall curve with their bands, or why there are none."""
    left, right = st.columns(2)
    with left:
        st.markdown("**ROC curve**: malignant against benign")
        if curves.roc is None:
            st.info(ONE_SIDED.format("ROC"))
        else:
            figure = roc_figure(curves.roc, results.style, curves.roc_band)
            _draw(figure, results, "roc", "ROC curve", downloads)
            st.caption(plain(" ".join(facts.band_facts(curves.roc_band))))
    with right:
        st.markdown("**Precision-recall curve**: malignant against benign")
        if curves.precision_recall is None:
            st.info(ONE_SIDED.format("precision-recall"))
        else:
            figure = precision_recall_figure(
                curves.precision_recall, results.style, curves.precision_recall_band
            )
            _draw(figure, results, "precision_recall", "Precision-recall curve", downloads)
            st.caption(plain(" ".join(facts.band_facts(curves.precision_recall_band))))


def show_probabilities(
    results: ModelResults, summary: Summary, curves: ModelCurves, downloads: Downloads
) -> None:
    """Is P(malignant) reliable, and how well does it part the classes?"""
    left, right = st.columns(2)
    with left:
        st.markdown("**Reliability**: does P(malignant) mean what it says?")
        figure = reliability_figure(curves.reliability, results.style)
        _draw(figure, results, "reliability", "Reliability diagram", downloads)
        st.caption(plain(" ".join(facts.reliability_facts(summary, curves.reliability))))
    with right:
        st.markdown("**Scores**: test images of each class by P(malignant)")
        figure = score_figure(curves.scores, summary.threshold)
        _draw(figure, results, "scores", "Scores by class", downloads)


def show_groups(
    results: ModelResults, summary: Summary, curves: ModelCurves, downloads: Downloads
) -> None:
    """What the model got right in each subject or block, the worst first."""
    import pandas as pd

    st.markdown("**Group by group**, the worst first")
    meaning = results.model.card.split.group_meaning
    st.caption(plain(" ".join(facts.group_facts(curves.groups, meaning))))
    if not curves.groups:
        return
    left, right = st.columns(2)
    with left:
        figure = groups_figure(curves.groups, results.style)
        _draw(figure, results, "groups", "Results by group", downloads)
    table = pd.DataFrame(group_rows(curves.groups, summary.classes))
    with right:
        st.dataframe(
            table,
            key=f"performance_groups_table_{results.model.id}",
            width="stretch",
            height=GROUP_ROWS_SHOWN_PX,
            hide_index=True,
            column_config=right_aligned(("Accuracy", "Malignant right", "Benign right")),
        )
    downloads.table("Results by group", table)


def _draw(
    figure: "go.Figure", results: ModelResults, name: str, title: str, downloads: Downloads
) -> None:
    draw(figure, f"performance_{name}_{results.model.id}", title, downloads)
