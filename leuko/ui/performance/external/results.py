"""Figures of models on a laboratory's own pictures, beside those on their own test sets."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.evaluation.external.domain_shift import OwnEvaluation, evaluate_own
from leuko.evaluation.external.test_set import ExternalPrediction, own_set
from leuko.ui.performance.external import wording as words
from leuko.ui.performance.external.answers import (
    Answered,
    answers_of,
)
from leuko.ui.performance.external.model import Evaluated, offer_predictions, show_model
from leuko.ui.performance.external.refusal import show_refusal
from leuko.ui.performance.external.refusal_wording import Share, deferred_sentence
from leuko.ui.performance.external.run import Asked
from leuko.ui.performance.external.state import OwnImages
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults, load_predictions
from leuko.ui.widgets import tables
from leuko.ui.widgets.downloads import Downloads

if TYPE_CHECKING:
    import pandas as pd

MODEL, COUNTED = "Model", "Your images"
FIGURE_PX = 190
OWN, TEST, DROP = "On your images", "On its own test set", "Drop, points"


def show_own_results(
    state: OwnImages,
    able: Sequence[ModelResults],
    chosen: Sequence[ModelResults],
    asked: Sequence[Asked],
) -> None:
    """Everything that is known of the models that have answered; nothing where none has.

    Args:
        state: of the session.
        able: models that can be run, of any kind.
        chosen: models that were picked, all of one kind.
        asked: pictures with their labels.
    """
    downloads = Downloads("my-images")
    found = [(results, answers_of(state, results.model.card, asked)) for results in chosen]
    found = [(results, answers) for results, answers in found if answers.share.of]
    if not found:
        return
    st.subheader("Your images against each model's own test set")
    evaluated = []
    for results, answers in found:
        st.markdown(f"**{plain(results.model.card.title)}**")
        show_refusal(state, able, results, answers, downloads)
        if answers.counted:
            one = Evaluated(results, answers, _evaluate(state, results, answers.counted))
            evaluated.append(one)
            _show_verdict(one)
    if evaluated:
        _show_figures(evaluated, downloads)
        offer_predictions(evaluated)
    downloads.offer()


def _show_figures(evaluated: Sequence[Evaluated], downloads: Downloads) -> None:
    table = comparison_table(
        [(one.results.model.card.title, one.evaluation, one.answers.share) for one in evaluated]
    )
    st.dataframe(
        table,
        key="performance_own_table",
        width="stretch",
        height="content",
        hide_index=True,
        column_config={
            **tables.right_aligned((COUNTED, OWN, "Yours, counts", TEST, DROP)),
            "Figure": st.column_config.TextColumn(width=FIGURE_PX),
            # Of one model the heading above says which, and all columns fit without scrolling.
            **({MODEL: None} if len(evaluated) == 1 else {}),
        },
    )
    marked = ", used anyway" if any(one.answers.used_anyway for one in evaluated) else ""
    downloads.table(f"Own images against test set{marked}", table)
    notes = [words.method_sentence(one.evaluation, one.answers.share) for one in evaluated]
    for note in dict.fromkeys(notes):
        st.caption(plain(note))
    for one in evaluated:
        show_model(one, downloads)


def _evaluate(
    state: OwnImages, results: ModelResults, counted: Sequence[Answered]
) -> OwnEvaluation:
    """Computed once for the same pictures and labels, and kept in the session, never in a cache.

    Args:
        state: of the session.
        results: the model.
        counted: answers that stand in the figures; another choice of them is computed anew.
    """
    card = results.model.card
    key = (
        card.id,
        card.fingerprint,
        results.predictions_sha256,
        tuple(
            (one.asked.item.sha256, one.asked.meaning, one.asked.labelled.group) for one in counted
        ),
    )
    if key not in state.evaluations:
        answers = [
            ExternalPrediction(
                state.paths[one.asked.labelled.number],
                one.asked.labelled.group,
                one.asked.meaning,
                tuple(one.result.probabilities[name] for name in card.classes),
            )
            for one in counted
        ]
        test = load_predictions(results) if results.summary is not None else None
        with st.spinner("Computing figures and intervals …"):
            state.evaluations[key] = evaluate_own(
                own_set(answers, card.class_set), card.decision_threshold, test, results.summary
            )
    return state.evaluations[key]


def _show_verdict(one: Evaluated) -> None:
    card, share, counted = one.results.model.card, one.answers.share, one.answers.counted
    deferred = deferred_sentence(
        [each.verdict for each in counted], [each.right_side for each in counted]
    )
    said = [
        words.shift_sentence(one.evaluation, share),
        *words.cautions(one.evaluation, card, share),
    ]
    st.markdown("  \n".join(plain(each) for each in [*said, *filter(None, [deferred])]))


def comparison_table(evaluated: Sequence[tuple[str, OwnEvaluation, Share]]) -> "pd.DataFrame":
    """One row a model and figure: here, on the test set, and the drop with its interval.

    Args:
        evaluated: title of each model, its evaluation, and how many images stand in it.
    """
    import pandas as pd

    rows = []
    for title, evaluation, share in evaluated:
        test = evaluation.test
        for figure in evaluation.figures:
            own, drop = figure.own, figure.drop
            rows.append(
                {
                    MODEL: title,
                    COUNTED: share.cell,
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
