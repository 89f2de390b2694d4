"""Parts of the Performance page: which model may I trust, for what, how far?"""

from collections.abc import Iterable, Sequence

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.figures import (
    Bars,
    bars_figure,
    confusion_figure,
    roc_figure,
    training_figure,
)
from leuko.evaluation.metrics import Summary
from leuko.models.store import Inventory, default_weights_folder
from leuko.ui import performance_facts as facts
from leuko.ui import performance_tables as tables
from leuko.ui.guard import plain
from leuko.ui.performance_results import ModelResults, load_history, load_roc

BARS_AT_FIRST = 6
CHOSEN = "performance_chosen"  # these two outlive a visit to another page, as widgets do not
BARS = "performance_bars_chosen"
QUIET_CHART = {"displayModeBar": False}


def show_question() -> None:
    """Say what this page answers and from what."""
    st.caption(
        "Every figure is computed from test images that the model has never seen, with its 95 % "
        "interval. Malignant is the positive class throughout."
    )


def show_broken_cards(inventory: Inventory) -> None:
    """Name each model folder whose card is not in order."""
    for problem in inventory.problems:
        st.warning(plain(problem))


def show_no_model() -> None:
    """Say that nothing is installed and how to change that."""
    st.info(
        "No model is installed. Copy a model folder (card.json with its weights or its results) "
        f"into {plain(default_weights_folder().name)} and reload this page."
    )


def show_overview(results: Sequence[ModelResults]) -> None:
    """One sortable table over all models."""
    st.subheader("All models")
    st.dataframe(
        tables.overview_table(results),
        key="performance_overview",
        width="stretch",
        hide_index=True,
        placeholder=tables.NOTHING,
        column_config=tables.overview_columns(),
    )
    st.caption(
        "Accuracy to AUROC: malignant against benign, at each model's own threshold. Figures of "
        "different test sets or splits cannot be ranked against each other."
    )


def show_bars(results: Sequence[ModelResults]) -> None:
    """Grouped bars over the models that the user picks."""
    measured = {each.model.id: each for each in results if each.summary is not None}
    if not measured:
        return
    st.subheader("Side by side")
    chosen = st.multiselect(
        "Models in the chart",
        list(measured),
        default=_still_there(st.session_state.get(BARS), measured),
        format_func=lambda model_id: measured[model_id].model.card.title,
        key="performance_bars",
    )
    st.session_state[BARS] = chosen
    if not chosen:
        st.info("No model is picked. Pick one above to draw its bars.")
        return
    bars = [
        Bars(each.model.card.title, each.summary.binary, each.style)
        for each in (measured[model_id] for model_id in chosen)
        if each.summary is not None
    ]
    _chart(bars_figure(bars), "performance_bars_chart")


def choose_model(results: Sequence[ModelResults]) -> ModelResults:
    """Let the user pick the model to look at in detail."""
    st.subheader("One model")
    by_id = {each.model.id: each for each in results}
    ids, before = list(by_id), st.session_state.get(CHOSEN)
    chosen = st.selectbox(
        "Model",
        ids,
        index=ids.index(before) if before in by_id else 0,
        format_func=lambda model_id: by_id[model_id].model.card.title,
        key="performance_model",
        label_visibility="collapsed",
    )
    st.session_state[CHOSEN] = chosen
    return by_id[chosen]


def show_model(results: ModelResults) -> None:
    """Everything about one model, or why there is nothing."""
    if not results.model.has_weights:
        st.info(
            "This folder holds results only. Its figures can be read here; to run the model on "
            "images, add model.safetensors to its folder."
        )
    if results.summary is None:
        st.warning(plain(results.problem))
    else:
        show_figures(results, results.summary)
    show_training(results)
    show_facts(results)


def show_figures(results: ModelResults, summary: Summary) -> None:
    """Confusion matrix, ROC, figures with counts, classes one by one."""
    left, right = st.columns(2)
    with left:
        st.markdown("**Confusion matrix**: images, and share of the true class")
        _chart(confusion_figure(summary), f"performance_confusion_{results.model.id}")
    with right:
        st.markdown("**ROC curve**: malignant against benign")
        curve = load_roc(results)
        if curve is None:
            st.info(
                "No ROC curve: all test images are on one side. Evaluate the model on images of "
                "both sides."
            )
        else:
            _chart(roc_figure(curve, results.style), f"performance_roc_{results.model.id}")
    st.markdown(f"**Figures** at the decision threshold {summary.threshold:.2f}")
    st.dataframe(
        tables.figure_table(summary),
        key=f"performance_figures_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=tables.right_aligned(("Value", "Images")),
    )
    st.caption(" ".join(facts.interval_facts(summary)))
    st.markdown("**Each class against all others**, decided by the suggested class")
    st.dataframe(
        tables.class_table(summary),
        key=f"performance_classes_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=tables.right_aligned(tables.CLASS_METRICS),
    )


def show_training(results: ModelResults) -> None:
    """Training curves, or why there are none."""
    st.markdown("**Training curves**")
    try:
        history = load_history(results.model)
    except PredictionsError as problem:
        st.info(plain(str(problem)))
        return
    figure = training_figure(history, results.model.card.training.best_epoch, results.style)
    if figure is None:
        st.info(
            "The training history holds neither losses nor accuracies. Train the model again to "
            "record them."
        )
        return
    _chart(figure, f"performance_training_{results.model.id}")
    st.caption(
        f"Dashed line: epoch {results.model.card.training.best_epoch}, whose weights were kept."
    )


def show_facts(results: ModelResults) -> None:
    """Data, split and training in words; the whole recipe one click away."""
    card = results.model.card
    left, right = st.columns(2)
    with left:
        st.markdown("**Data**")
        _sentences(facts.data_facts(card))
    with right:
        st.markdown("**Split**")
        _sentences(facts.split_facts(card))
        st.markdown("**Training**")
        _sentences(facts.training_facts(card))
    with st.expander("Recipe as it was run"):
        st.json(card.training.recipe)


def show_definitions() -> None:
    """What every figure means, one click away."""
    with st.expander("Definitions and sources"):
        st.table(tables.definition_table().set_index("Figure"))


def _still_there(before: Sequence[str] | None, measured: Iterable[str]) -> list[str]:
    """The models picked before that still have results; at the first visit the first few."""
    known = list(measured)
    return known[:BARS_AT_FIRST] if before is None else [each for each in before if each in known]


def _sentences(sentences: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))


def _chart(figure: object, key: str) -> None:
    st.plotly_chart(figure, width="stretch", key=key, theme="streamlit", config=QUIET_CHART)
