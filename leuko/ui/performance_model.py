"""Everything about one model."""

from collections.abc import Sequence

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.figures import confusion_figure, roc_figure, training_figure
from leuko.evaluation.metrics import Summary
from leuko.ui import performance_facts as facts
from leuko.ui import performance_tables as tables
from leuko.ui.guard import plain
from leuko.ui.performance_charts import draw
from leuko.ui.performance_results import ModelResults, load_history, load_roc

CHOSEN = "performance_chosen"  # outlives a visit to another page, as widgets do not


def show(results: Sequence[ModelResults]) -> None:
    """Let the user pick a model and show all that is known of it."""
    show_model(choose_model(results))


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
        draw(
            confusion_figure(summary),
            f"performance_confusion_{results.model.id}",
            "Confusion matrix",
        )
    with right:
        st.markdown("**ROC curve**: malignant against benign")
        curve = load_roc(results)
        if curve is None:
            st.info(
                "No ROC curve: all test images are on one side. Evaluate the model on images of "
                "both sides."
            )
        else:
            draw(
                roc_figure(curve, results.style), f"performance_roc_{results.model.id}", "ROC curve"
            )
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
    draw(figure, f"performance_training_{results.model.id}", "Training curves")
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


def _sentences(sentences: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {sentence}" for sentence in sentences))
