"""Parts of the Count page."""

import streamlit as st

from leuko.differential.counted import most_uncertain_first
from leuko.differential.differential import TARGETS
from leuko.errors import LeukoError
from leuko.inference.result import Result
from leuko.labels import InputKind
from leuko.models.store import HOW_TO_INSTALL, InstalledModel
from leuko.settings import load_settings
from leuko.ui.count.board import send_cells, show_board
from leuko.ui.count.commands import carry_out
from leuko.ui.count.counted import Shown, field_titles
from leuko.ui.count.key_map import DEFAULT_KEYS, UNDO, key_map
from leuko.ui.count.messages import names_data
from leuko.ui.count.model_facts import show_model_facts
from leuko.ui.count.read_out import offer_downloads, show_fields
from leuko.ui.count.selected import (
    SelectedCell,
    chosen_data,
    explained,
    find_map,
    show_in_full,
    take_finer_layer,
    watch_map,
)
from leuko.ui.count.wording import left_sentence, summary
from leuko.ui.picture.heatmap import choose_method
from leuko.ui.picture.preview import picture_preview
from leuko.ui.shell.error_boundary import guarded
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.cell_results import load_left_out
from leuko.ui.state.session import session
from leuko.ui.widgets.batch import loaded, model_gone, show_bar, take_files
from leuko.workbench.classification import result_key
from leuko.workbench.counting import counting_models
from leuko.workbench.field_batch import count_some, to_count

__all__ = ["choose_model", "count_fields", "show_model_facts", "show_results"]

MODEL_KEY, TARGET_KEY = "leuko_count_model", "leuko_count_target"
FULL_KEY = "leuko_count_in_full"
NAMED = 4
"""Files that a warning names."""
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
    able = {model.id: model for model in counting_models(inventory, load_left_out)}
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


def show_results(model: InstalledModel) -> None:
    """Counts, gallery, field and differential, the selected cell, downloads."""
    take_finer_layer(model)
    shown = Shown.of(model, session())
    if shown.with_cells:
        send_cells(shown.messages())
    _show_review(model)


def _show_unreadable() -> None:
    bad = [item for item in session().tray.items if item.error is not None]
    lines = [f"**{plain(item.name)}**: {plain(item.error or '')}" for item in bad[:NAMED]]
    if len(bad) > len(lines):
        lines.append(f"and {len(bad) - len(lines)} more; see the list of files.")
    if lines:
        st.warning("  \n".join(lines))


@st.fragment
def _show_review(model: InstalledModel) -> None:
    """All that a reader's change touches: what stands above it is neither run nor sent again."""
    with guarded():
        _show_count(model)


def _show_count(model: InstalledModel) -> None:
    state = session()
    shown = Shown.of(model, state)
    bad = [item for item in state.tray.items if item.error is not None]
    waiting = len(to_count(state.tray, model.card, state.counting.counts))
    reviewed = shown.reviewed()
    left = len(shown.left())
    line = f"**{summary(len(shown.fields), len(bad), waiting, reviewed)}**"
    st.markdown(f"{line}  \n{left_sentence(left, len(shown.cells))}")
    if shown.with_cells:
        cell = _selected(shown)
        found = find_map(cell)
        told = explained(cell, found)
        _show_board(shown, shown.table(reviewed), cell, told)
        watch_map(cell, found)
        if st.toggle("Selected cell in full: any class, method and layer", key=FULL_KEY):
            show_in_full(cell, *told)
            choose_method(model)
    elif not waiting:
        st.info(_nothing(shown, len(bad)))
    _show_unreadable()
    _offer_anyway(shown)
    show_fields(shown)
    offer_downloads(shown)


def _offer_anyway(shown: Shown) -> None:
    """Fields that look like no blood are counted when the reader insists."""
    refused = [field for field in shown.fields if field.refused]
    if not refused:
        return
    names = ", ".join(field.name for field in refused[:NAMED])
    more = f" and {len(refused) - NAMED} more" if len(refused) > NAMED else ""
    st.warning(
        plain(
            f"{names}{more}: this looks like no blood picture, so nothing was counted in it. Add "
            "pictures of a stained smear, or have it counted all the same."
        )
    )
    if st.button("Count anyway", key="leuko_count_anyway"):
        own = shown.state.anyway.setdefault(shown.model.id, set())
        for field in refused:
            own.add(field.sha256)
            shown.counting.counts.forget(result_key(shown.model.card, shown.items[field.sha256]))
        st.rerun()


def _nothing(shown: Shown, unreadable: int) -> str:
    if not shown.fields:
        return (
            "None of these files could be read; the reasons stand in the list below. Export the "
            "pictures as PNG, JPEG or TIFF and add them again."
        )
    words = (
        "No leukocyte was found in this field."
        if len(shown.fields) == 1
        else ("No leukocyte was found in any of these fields.")
    )
    more = " The files that could not be read are in the list below." if unreadable else ""
    return f"{words} Check magnification and stain, or add other fields.{more}"


def _selected(shown: Shown) -> SelectedCell:
    """The cell that is shown in full: the chosen one, else the most uncertain of all."""
    counting, cells = shown.counting, shown.cells
    if counting.selected not in cells:
        counting.selected = most_uncertain_first(cells)[0]
    sha, number = counting.selected
    kept = shown.kept[sha]
    return SelectedCell(shown.items[sha], kept, number - 1, shown.model)


def _show_board(
    shown: Shown, table: dict[str, object], cell: SelectedCell, told: tuple[Result, str]
) -> None:
    state, counting = shown.state, shown.counting
    keys = _keys()
    sha = shown.shown_field()
    field = shown.kept[sha].field if sha is not None else None
    item = shown.items[sha] if sha is not None else None
    data: dict[str, object] = {
        "session": state.identity,
        "names": names_data(keys),
        "keys": {"undo": keys[UNDO]},
        "fields": field_titles(shown.with_cells),
        "labels": shown.labels(),
        "seen": shown.seen(),
        "table": table,
        "shown": sha,
        "picture": picture_preview(item.sha256, item.data, item.name) if item else None,
        "field_note": " ".join(field.notes) if field else "",
        "selected": cell.id,
        "chosen": chosen_data(cell, *told),
        "can_undo": counting.review.can_undo,
        "can_redo": counting.review.can_redo,
        "applied": counting.confirmed,
    }
    cells, fields = shown.cells, shown.kept
    show_board(data, lambda said: carry_out(said, counting, cells, fields))


def _keys() -> dict[str, str]:
    try:
        return key_map(load_settings().count_keys)
    except LeukoError as problem:
        st.warning(plain(f"{problem} Until then the keys are those that Leuko comes with."))
        return dict(DEFAULT_KEYS)
