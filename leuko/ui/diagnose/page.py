"""Parts of the Diagnose page."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.summary import Headline
from leuko.labels import InputKind, SplitPolicy, class_title
from leuko.models.store import InstalledModel
from leuko.ui.diagnose.results import show_selected, show_table
from leuko.ui.picture.unreadable import show_unreadable
from leuko.ui.picture.verdict import propose_model
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.cell_results import cell_remark
from leuko.ui.state.results import load_headline
from leuko.ui.state.session import session
from leuko.ui.state.thresholds import threshold_in_force, threshold_words
from leuko.ui.widgets.batch import NO_MODEL, loaded, model_gone, show_bar, take_files
from leuko.ui.widgets.threshold import show_threshold
from leuko.workbench.classification import advance, pending
from leuko.workbench.exports.batch import heatmaps_zip, results_csv
from leuko.workbench.rows import review_rows, tally

if TYPE_CHECKING:
    from leuko.workbench.rows import ReviewRow

__all__ = [
    "choose_model", "classify_some", "show_how_to_start", "show_model_facts", "show_progress",
    "show_results", "show_threshold", "upload_images",
]  # fmt: skip

MODEL_KEY = "leuko_model"
HOW_TO_START = """
1. Choose a model in the sidebar. Each reads one kind of picture: {kinds}.
2. Drop images above: PNG, JPEG, BMP, TIFF, WebP, or a ZIP of them. They stay on this machine.
3. Review the suggestions, worst first. A heatmap shows where the evidence for a class lies.
"""


def choose_model() -> InstalledModel | None:
    """Let the user choose among the models that can predict; None when there is none."""
    inventory = loaders.inventory()
    for problem in inventory.problems:
        st.sidebar.warning(plain(problem))
    able = {model.id: model for model in inventory.offered()}
    if not able:
        st.info(NO_MODEL)
        return None
    order = list(able)
    state = session()
    if state.model_id is None:
        state.model_id = order[0]
    # What the widget shows is set each time: told by its index alone it would, for a model that was
    # shown before, come back with what was chosen then.
    st.session_state[MODEL_KEY] = state.model_id if state.model_id in able else None
    st.sidebar.selectbox(
        "Model",
        order,
        index=0 if state.model_id in able else None,  # None would let her clear a choice
        key=MODEL_KEY,
        on_change=_keep_choice,
        format_func=lambda name: able[name].card.title,
        placeholder="Choose a model",
    )
    if state.model_id not in able:
        st.warning(plain(model_gone(state.model_title)))
        return None
    state.model_title = able[state.model_id].card.title
    return able[state.model_id]


def _keep_choice() -> None:
    if st.session_state[MODEL_KEY] is not None:
        session().model_id = st.session_state[MODEL_KEY]


def show_model_facts(model: InstalledModel) -> Headline | None:
    """What the model reads and how far it may be trusted, in the sidebar."""
    card = model.card
    with st.sidebar:
        st.markdown(
            f"Reads **{card.input.kind.plural}** and distinguishes {len(card.classes)} classes: "
            + plain(", ".join(class_title(name) for name in card.classes))
            + "."
        )
        figures = _show_headline(model)
        if remark := cell_remark(model):
            st.markdown(plain(remark))
        st.page_link("pages/performance.py", label="All figures of this model →")
    return figures


def _show_headline(model: InstalledModel) -> Headline | None:
    try:
        figures = load_headline(model, threshold_in_force(model.card))
    except PredictionsError as problem:
        st.warning(plain(str(problem)))
        return None
    split = "random split" if model.card.split.policy == SplitPolicy.PAPER else "grouped split"
    st.markdown(
        f"On {figures.n} pictures it had never seen ({split}):  \n"
        f"balanced accuracy **{figures.balanced_accuracy.text(figures.digits)}**  \n"
        f"sensitivity {figures.sensitivity.text(figures.digits)}  \n"
        f"specificity {figures.specificity.text(figures.digits)}  \n"
        f"at the {plain(threshold_words(model.card))}"
    )
    return figures


def upload_images(model: InstalledModel) -> None:
    """Take files into the session's tray."""
    take_files(model.card.input.kind)


def show_how_to_start(model: InstalledModel) -> None:
    """Three lines for the first visit, and the model loads meanwhile."""
    kinds = ", ".join(kind.plural for kind in InputKind if kind.is_blood)
    st.markdown(HOW_TO_START.format(kinds=kinds))
    loaders.model_pool().start_soon(model)


def classify_some(model: InstalledModel) -> bool:
    """Classify for a moment.

    Returns:
        Whether more is to be done, so that the page should run again once it is drawn.
    """
    state = session()
    waiting = pending(state.tray, model.card, state.results)
    if not waiting or state.paused:
        return False
    classifier = loaded(model)
    state.device = str(classifier.device)
    advance(classifier, state.tray, state.results, loaders.limits(), state.pace)
    return bool(pending(state.tray, model.card, state.results))


def show_progress(model: InstalledModel) -> None:
    """How far the batch is, with Cancel or Continue; nothing once it is complete."""
    state = session()
    waiting = len(pending(state.tray, model.card, state.results))
    if not waiting:
        return
    total = len(state.tray.items)
    show_bar(total - waiting, total, "images", state.pace)


def show_results(model: InstalledModel, figures: Headline | None) -> None:
    """Summary line, the selected picture with its heatmap, the table, and the downloads."""
    state = session()
    threshold = threshold_in_force(model.card)
    rows = review_rows(
        state.tray, model.card, state.results, threshold, state.anyway.get(model.id, ())
    )
    propose_model(rows, model)
    st.markdown(f"**{tally(rows).sentence}**")
    show_selected(rows, model, figures)
    show_unreadable(rows)
    show_table(rows)
    _offer_downloads(rows, model)


def _offer_downloads(rows: "Sequence[ReviewRow]", model: InstalledModel) -> None:
    state = session()
    csv_place, zip_place, _, clear_place = st.columns([2, 3, 3, 2])
    csv_place.download_button(
        "Download CSV",
        results_csv(rows, model.card, threshold_in_force(model.card)),
        file_name=f"leuko_{model.id}.csv",
        mime="text/csv",
        on_click="ignore",
        width="stretch",
        key="leuko_csv",
    )
    zip_place.download_button(
        "Download heatmaps (ZIP)",
        lambda: heatmaps_zip(rows, model.card, loaders.limits()),
        file_name=f"leuko_{model.id}_heatmaps.zip",
        mime="application/zip",
        on_click="ignore",
        disabled=not any(row.result for row in rows),
        width="stretch",
        key="leuko_zip",
    )
    clear_place.button(
        "Remove all images", on_click=state.clear, width="stretch", key="leuko_clear"
    )
