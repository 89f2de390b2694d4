"""Everything about one model."""

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.summary import Summary
from leuko.models.commands import training_command
from leuko.reporting.charts.confusion import MANY_CLASSES
from leuko.reporting.charts.training import training_figure
from leuko.reporting.text import card as facts
from leuko.ui.performance.cells.held_out import show_held_out_cells
from leuko.ui.performance.cells.left_out import show_left_out
from leuko.ui.performance.model import curves
from leuko.ui.performance.model.gates import show_gates
from leuko.ui.performance.model.heatmaps import show_heatmaps
from leuko.ui.performance.model.mistakes import show_mistakes
from leuko.ui.shell.escape import plain
from leuko.ui.state.results import ModelResults, load_history
from leuko.ui.widgets import tables
from leuko.ui.widgets.charts import draw
from leuko.ui.widgets.downloads import Downloads

CLASS_WIDTH_PX = 160
CHOSEN = "performance_chosen"  # outlives a visit to another page, as widgets do not


def show(results: Sequence[ModelResults]) -> None:
    """Let the user pick a model and show all that is known of it."""
    picker, button = st.columns([4, 1], vertical_alignment="bottom")
    with picker:
        chosen = choose_model(results)
    with button:
        show_report_button(chosen)
    show_model(chosen)


def choose_model(results: Sequence[ModelResults]) -> ModelResults:
    """Let the user pick the model to look at in detail."""
    by_id = {each.model.id: each for each in results}
    ids, before = list(by_id), st.session_state.get(CHOSEN)
    chosen = st.selectbox(
        "Model",
        ids,
        index=ids.index(before) if before in by_id else 0,
        format_func=lambda model_id: by_id[model_id].model.card.title,
        key="performance_model",
    )
    st.session_state[CHOSEN] = chosen
    return by_id[chosen]


def show_model(results: ModelResults) -> None:
    """Everything about one model, or why there is nothing."""
    downloads = Downloads(results.model.id)
    if not results.model.has_weights:
        st.info(
            "This folder holds results only. Its figures can be read here; to run the model on "
            "images, add model.safetensors to its folder. This trains it again:"
        )
        st.code(training_command(results.model.card), language="bash")
    if results.model.card.reads_cells:
        show_left_out(results, downloads)
        show_held_out_cells(results, downloads)
    if results.summary is None:
        st.warning(plain(results.problem))
    else:
        show_figures(results, results.summary, downloads)
        show_mistakes(results, results.summary)
    show_gates(results, downloads)
    show_heatmaps(results, downloads)
    show_training(results, downloads)
    show_facts(results)
    downloads.offer()


def show_figures(results: ModelResults, summary: Summary, downloads: Downloads) -> None:
    """Figures with counts, the charts, classes one by one, groups, shortcuts."""
    st.markdown(f"**Figures** at the decision threshold {summary.threshold:.2f}")
    figures = tables.figure_table(summary)
    st.dataframe(
        figures,
        key=f"performance_figures_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=tables.right_aligned(("Value", "Images")),
    )
    downloads.table("Figures", figures)
    st.caption(plain(" ".join(facts.interval_facts(summary))))
    many = len(summary.classes.names) >= MANY_CLASSES
    left, right = (st.container(), st.container()) if many else st.columns(2)
    with left:
        curves.show_confusion(results, summary, downloads)
    with right:
        curves.show_shortcuts(results, summary, downloads)
    st.markdown("**Each class against all others**, decided by the suggested class")
    classes = tables.class_table(summary)
    st.dataframe(
        classes,
        key=f"performance_classes_{results.model.id}",
        width="stretch",
        height="content",
        hide_index=True,
        column_config=tables.right_aligned(tables.CLASS_METRICS)
        | {"Class": st.column_config.TextColumn(width=CLASS_WIDTH_PX)},
    )
    downloads.table("Each class", classes)
    drawn = curves.load_curves(results, summary)
    curves.show_curves(results, drawn, downloads)
    curves.show_probabilities(results, summary, drawn, downloads)
    curves.show_groups(results, summary, drawn, downloads)


def show_training(results: ModelResults, downloads: Downloads) -> None:
    """Training curves, or why there are none."""
    st.markdown("**Training curves**")
    try:
        history = load_history(results.model)
    except PredictionsError as problem:
        st.info(plain(str(problem)))
        return
    best = results.model.card.training.best_epoch
    figure = training_figure(history, best, results.style)
    if figure is None:
        st.info(
            "The training history holds neither losses nor accuracies. Train the model again to "
            "record them."
        )
        return
    draw(figure, f"performance_training_{results.model.id}", "Training curves", downloads)
    downloads.table("Training history", history)
    st.caption(f"Dashed line: epoch {best}, whose weights were kept.")


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
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in sentences))


def show_report_button(results: ModelResults) -> None:
    """Offer the report as one HTML file; it is made when it is asked for."""
    st.download_button(
        "Printable report",
        data=lambda: _report(results),
        file_name=f"leuko-{results.model.id}.html",
        mime="text/html",
        key=f"performance_report_{results.model.id}",
        help="One HTML file with all figures and charts of this model; it needs no network.",
        on_click="ignore",
        width="stretch",
    )


def _report(results: ModelResults) -> bytes:
    from leuko.reporting.html.content import report_content
    from leuko.reporting.html.model_report import model_report

    content = report_content(results.model, results.style, results.summary)
    return model_report(content, datetime.now(UTC).date().isoformat()).encode()
