"""Figures of models on a laboratory's own pictures, beside those on their own test sets."""

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.confusion import confusion_figure
from leuko.evaluation.domain_shift import OwnEvaluation, evaluate_own
from leuko.evaluation.figures import roc_figure
from leuko.evaluation.own_set import Answer, own_set
from leuko.inference.verdict import verdict_of
from leuko.ui import performance_own_words as words
from leuko.ui import performance_tables as tables
from leuko.ui.guard import plain
from leuko.ui.performance_charts import draw
from leuko.ui.performance_downloads import Downloads, file_stem
from leuko.ui.performance_own_answers import Answered, answers_of, predictions_csv, wrong_table
from leuko.ui.performance_own_run import Asked
from leuko.ui.performance_own_state import OwnImages
from leuko.ui.performance_results import ModelResults, load_predictions
from leuko.ui.review_export import no_formula
from leuko.ui.work import result_key

if TYPE_CHECKING:
    import pandas as pd

OWN, TEST, DROP = "On your images", "On its own test set", "Drop, points"
WRONG_ROWS_SHOWN = 8
ROW_PX, HEADER_PX = 44, 38


def show_own_results(
    state: OwnImages, chosen: Sequence[ModelResults], asked: Sequence[Asked]
) -> None:
    """Everything that is known of the models that have answered; nothing where none has."""
    downloads = Downloads("my-images")
    evaluated = []
    for results in chosen:
        answered = answers_of(state, results.model.card, asked)
        if answered:
            evaluated.append((results, answered, _evaluate(state, results, answered)))
    if not evaluated:
        return
    st.subheader("Your images against each model's own test set")
    for results, answered, evaluation in evaluated:
        _show_verdict(results, answered, evaluation)
    table = comparison_table([(r.model.card.title, e) for r, _, e in evaluated])
    st.dataframe(
        table,
        key="performance_own_table",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=tables.right_aligned((OWN, "Yours, counts", TEST, DROP)),
    )
    downloads.table("Own images against test set", table)
    for note in dict.fromkeys(words.method_sentence(e) for _, _, e in evaluated):
        st.caption(plain(note))
    for results, answered, evaluation in evaluated:
        _show_model(results, answered, evaluation, downloads)
    _offer_predictions(evaluated)
    downloads.offer()


def _evaluate(
    state: OwnImages, results: ModelResults, answered: Sequence[Answered]
) -> OwnEvaluation:
    """Computed once for the same pictures and labels, and kept in the session, never in a cache."""
    card = results.model.card
    key = (
        result_key(card, answered[0][0].item)[:2],
        results.predictions_sha256,
        tuple((a.item.sha256, a.meaning, a.labelled.group) for a, _ in answered),
    )
    if key not in state.evaluations:
        answers = [
            Answer(
                state.paths[a.labelled.number],
                a.labelled.group,
                a.meaning,
                tuple(result.probabilities[name] for name in card.classes),
            )
            for a, result in answered
        ]
        test = load_predictions(results) if results.summary is not None else None
        with st.spinner("Computing figures and intervals …"):
            state.evaluations[key] = evaluate_own(
                own_set(answers, card.class_set), card.decision_threshold, test, results.summary
            )
    return state.evaluations[key]


def _show_verdict(
    results: ModelResults, answered: Sequence[Answered], evaluation: OwnEvaluation
) -> None:
    card = results.model.card
    deferred = words.deferred_sentence([verdict_of(card, result) for _, result in answered])
    said = [words.verdict(evaluation), *words.cautions(evaluation, card), *filter(None, [deferred])]
    st.markdown(f"**{plain(card.title)}**  \n" + "  \n".join(plain(each) for each in said))


def comparison_table(evaluated: Sequence[tuple[str, OwnEvaluation]]) -> "pd.DataFrame":
    """One row a model and figure: here, on the test set, and the drop with its interval.

    Args:
        evaluated: title of each model and its evaluation.
    """
    import pandas as pd

    rows = []
    for title, evaluation in evaluated:
        test = evaluation.test
        for figure in evaluation.figures:
            own, drop = figure.own, figure.drop
            rows.append(
                {
                    "Model": title,
                    "Figure": figure.name,
                    OWN: own.text(evaluation.summary.digits),
                    "Yours, counts": f"{own.hits} of {own.trials}" if own.trials else "–",
                    TEST: figure.test.text(test.digits) if figure.test and test else "no results",
                    DROP: drop.text(evaluation.digits) if drop else "–",
                    "Interval of yours by": own.method or "–",
                    "Interval of the drop by": drop.method if drop and drop.method else "–",
                }
            )
    return pd.DataFrame(rows)


def _show_model(
    results: ModelResults,
    answered: Sequence[Answered],
    evaluation: OwnEvaluation,
    downloads: Downloads,
) -> None:
    card, summary = results.model.card, evaluation.summary
    title = card.title
    st.markdown(f"#### {plain(title)} on your images")
    left, right = st.columns(2)
    with left:
        st.markdown("**Confusion matrix**: images, and share of the true class")
        draw(
            confusion_figure(summary),
            f"performance_own_confusion_{results.model.id}",
            f"Confusion matrix of {title} on own images",
            downloads,
        )
    with right:
        st.markdown("**ROC curve**: malignant against benign")
        if evaluation.curve is None:
            st.info("No ROC curve: all your images are on one side. Add images of the other side.")
        else:
            draw(
                roc_figure(evaluation.curve, results.style),
                f"performance_own_roc_{results.model.id}",
                f"ROC curve of {title} on own images",
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
        downloads.table(f"Classes of {title} on own images", classes)
    _show_wrong(results, answered, downloads)


def _show_wrong(results: ModelResults, answered: Sequence[Answered], downloads: Downloads) -> None:
    wrong = wrong_table(answered, results.model.card)
    if wrong.empty:
        st.markdown(f"**Wrong images**: none of {len(answered)}")
        return
    st.markdown(f"**Wrong images**: {len(wrong)} of {len(answered)}, missed malignant ones first")
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
    named = wrong.drop(columns="Image").assign(File=[no_formula(name) for name in wrong["File"]])
    downloads.table(f"Wrong images of {results.model.card.title}", named)


def _offer_predictions(
    evaluated: Sequence[tuple[ModelResults, Sequence[Answered], OwnEvaluation]],
) -> None:
    st.markdown("**Predictions**, one row an image, in the form of test_predictions.csv")
    with st.container(horizontal=True):
        for results, answered, evaluation in evaluated:
            card = results.model.card
            st.download_button(
                f"CSV of {plain(card.title)}",
                data=partial(predictions_csv, answered, evaluation.own, card),
                file_name=f"{file_stem('my-images', card.id)}.csv",
                mime="text/csv",
                key=f"performance_own_predictions_{results.model.id}",
                on_click="ignore",
            )
