"""One model on a laboratory's own pictures: matrix, curve, wrong images and predictions."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from leuko.decision.verdict import USED_ANYWAY
from leuko.evaluation.external.domain_shift import OwnEvaluation
from leuko.reporting.charts.confusion import confusion_figure
from leuko.reporting.charts.curves import roc_figure
from leuko.ui.performance.external.answers import (
    Answers,
    for_download,
    predictions_csv,
    wrong_table,
)
from leuko.ui.performance.external.refusal_wording import images
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults
from leuko.ui.widgets import tables
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads, file_stem

WRONG_ROWS_SHOWN = 8
ROW_PX, HEADER_PX = 44, 38


@dataclass(frozen=True)
class Evaluated:
    """A model that has answered.

    Attributes:
        results: the model.
        answers: what it said.
        evaluation: figures of the answers that count.
    """

    results: ModelResults
    answers: Answers
    evaluation: OwnEvaluation


def show_model(one: Evaluated, downloads: Downloads) -> None:
    """Matrix, curve, classes and wrong images of one model."""
    results, evaluation, share = one.results, one.evaluation, one.answers.share
    card, summary = results.model.card, evaluation.summary
    title = card.title
    st.markdown(f"#### {plain(title)} {share.heading}")
    left, right = st.columns(2)
    with left:
        st.markdown("**Confusion matrix**: images, and share of the true class")
        draw(
            confusion_figure(summary),
            f"performance_own_confusion_{results.model.id}",
            f"Confusion matrix of {title} {share.title}",
            downloads,
        )
    with right:
        st.markdown("**ROC curve**: malignant against benign")
        if evaluation.curve is None:
            st.info(
                f"No ROC curve: all {share.whose} are on one side. Add images of the other side."
            )
        else:
            draw(
                roc_figure(evaluation.curve, results.style),
                f"performance_own_roc_{results.model.id}",
                f"ROC curve of {title} {share.title}",
                downloads,
            )
    if not evaluation.own.sides_only:
        st.markdown("**Each class against all others**, decided by the suggested class")
        classes = tables.class_table(summary)
        st.dataframe(
            classes,
            key=f"performance_own_classes_{results.model.id}",
            width="stretch",
            height="content",
            hide_index=True,
            column_config=tables.right_aligned(tables.CLASS_METRICS),
        )
        downloads.table(f"Classes of {title} {share.title}", classes)
    _show_wrong(results, one.answers, downloads)


def _show_wrong(results: ModelResults, answers: Answers, downloads: Downloads) -> None:
    wrong = wrong_table(answers.counted, results.model.card)
    share = answers.share
    if wrong.empty:
        st.markdown(f"**Wrong images**: none of {share.counted}")
        return
    st.markdown(f"**Wrong images**: {len(wrong)} of {share.counted}, missed malignant ones first")
    st.dataframe(
        wrong,
        key=f"performance_own_wrong_{results.model.id}",
        hide_index=True,
        row_height=ROW_PX,
        height=min(len(wrong), WRONG_ROWS_SHOWN) * ROW_PX + HEADER_PX,
        column_config={
            "Image": st.column_config.ImageColumn("", width=60),
            "P(malignant)": st.column_config.ProgressColumn(
                "P(malignant)", min_value=0.0, max_value=1.0, format="%.2f"
            ),
        },
    )
    downloads.table(
        f"Wrong images of {results.model.card.title} {share.title}", for_download(wrong)
    )


def offer_predictions(evaluated: Sequence[Evaluated]) -> None:
    """One CSV a model: the rows are the images in its figures, neither more nor fewer."""
    st.markdown(
        "**Predictions**, one row an image that stands in the figures, in the form of "
        "test_predictions.csv"
    )
    left_out = [
        f"{images(one.answers.share.left_out)} of {one.results.model.card.title}"
        for one in evaluated
        if one.answers.left_out
    ]
    if left_out:
        st.caption(plain(f"Not in it: {', '.join(left_out)}, listed with the reason above."))
    with st.container(horizontal=True):
        for one in evaluated:
            card = one.results.model.card
            marked = USED_ANYWAY if one.answers.used_anyway else ""
            st.download_button(
                f"CSV of {plain(card.title)}",
                data=partial(predictions_csv, one.answers.counted, one.evaluation.own, card),
                file_name=f"{file_stem('my-images', card.id)}{marked}.csv",
                mime="text/csv",
                key=f"performance_own_predictions_{card.id}",
                on_click="ignore",
            )
