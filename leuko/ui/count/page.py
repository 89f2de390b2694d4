"""Parts of the Count page."""

import streamlit as st

from leuko.differential.differential import TARGETS
from leuko.labels import InputKind
from leuko.models.store import HOW_TO_INSTALL, InstalledModel
from leuko.ui.count.model_facts import show_model_facts
from leuko.ui.count.results import show_results
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import session
from leuko.ui.widgets.batch import loaded, model_gone, show_bar, take_files
from leuko.workbench.counting import counting_models
from leuko.workbench.field_batch import count_some, to_count

__all__ = [
    "choose_model", "choose_target", "count_fields", "show_how_to_start", "show_model_facts",
    "show_progress", "show_results", "upload_fields",
]  # fmt: skip

MODEL_KEY, TARGET_KEY = "leuko_count_model", "leuko_count_target"
NO_CELL_MODEL = (
    f"No model that reads the cells of a field is installed: {HOW_TO_INSTALL}. Models that read "
    "whole pictures are not offered here."
)
HOW_TO_START = """
1. Drop fields of a stained smear above: PNG, JPEG, BMP, TIFF, WebP, or a ZIP of them. They stay on
   this machine.
2. Every leukocyte is found, cut out and classed. Look at the uncertain ones first: the gallery
   begins with them, and one key gives a class.
3. Read the count out as CSV. Both counts stay visible: the suggested one and yours.
"""


def choose_model() -> InstalledModel | None:
    """Let the user choose among the models that can count; None when there is none."""
    inventory = loaders.inventory()
    for problem in inventory.problems:
        st.sidebar.warning(plain(problem))
    able = {model.id: model for model in counting_models(inventory)}
    counting = session().counting
    if not able:
        if counting.model_id is not None:
            st.warning(plain(model_gone(counting.model_title)))
        st.info(NO_CELL_MODEL)
        return None
    order = list(able)
    if counting.model_id is None:
        counting.model_id = order[0]
    known = counting.model_id in able
    st.session_state[MODEL_KEY] = counting.model_id if known else None
    st.sidebar.selectbox(
        "Cell model",
        order,
        index=0 if known else None,
        key=MODEL_KEY,
        on_change=_keep_model,
        format_func=lambda name: able[name].card.title,
        placeholder="Choose a model",
    )
    if not known:
        st.warning(plain(model_gone(counting.model_title)))
        return None
    counting.model_title = able[counting.model_id].card.title
    return able[counting.model_id]


def _keep_model() -> None:
    if st.session_state[MODEL_KEY] is not None:
        session().counting.model_id = st.session_state[MODEL_KEY]


def choose_target() -> None:
    """How many leukocytes are to be counted."""
    counting = session().counting
    if TARGET_KEY not in st.session_state:
        st.session_state[TARGET_KEY] = counting.target
    counting.target = st.sidebar.selectbox(
        "Target, leukocytes", TARGETS, key=TARGET_KEY,
        help="100 for blood, 200 for the reference count of CLSI H20, 500 for marrow.",
    )  # fmt: skip


def upload_fields() -> None:
    """Take files into the session's tray, which all pages share."""
    take_files(InputKind.FIELD)


def show_how_to_start(model: InstalledModel) -> None:
    """Three lines for the first visit, and the model loads meanwhile."""
    st.markdown(HOW_TO_START)
    loaders.model_pool().start_soon(model)


def count_fields(model: InstalledModel) -> bool:
    """Count for a moment.

    Returns:
        Whether more is to be done, so that the page should run again once it is drawn.
    """
    state = session()
    waiting = to_count(state.tray, model.card, state.counting.counts)
    if not waiting or state.paused:
        return False
    classifier = loaded(model)
    state.device = str(classifier.device)
    count_some(classifier, state.tray, state.counting.counts, loaders.limits(), state.counting.pace)
    return bool(to_count(state.tray, model.card, state.counting.counts))


def show_progress(model: InstalledModel) -> None:
    """How far the batch is, with Cancel or Continue; nothing once it is complete."""
    state = session()
    waiting = len(to_count(state.tray, model.card, state.counting.counts))
    if waiting:
        total = len({item.sha256 for item in state.tray.readable()})
        show_bar(total - waiting, total, "fields", state.counting.pace)
