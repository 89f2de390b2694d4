"""What was counted: gallery, field and differential, the selected cell, files, downloads."""

import streamlit as st

from leuko.differential.counted import most_uncertain_first
from leuko.errors import LeukoError
from leuko.inference.result import Result
from leuko.models.store import InstalledModel
from leuko.settings import load_settings
from leuko.ui.count.board import send_cells, send_picture, show_board
from leuko.ui.count.commands import carry_out
from leuko.ui.count.counted import Shown, field_titles
from leuko.ui.count.key_map import DEFAULT_KEYS, UNDO, key_map
from leuko.ui.count.messages import names_data, picture_message
from leuko.ui.count.read_out import offer_downloads, show_fields
from leuko.ui.count.selected import (
    SelectedCell,
    chosen_data,
    chosen_key,
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
from leuko.ui.state.session import session
from leuko.ui.widgets.threshold import show_threshold
from leuko.workbench.classification import result_key
from leuko.workbench.field_batch import to_count

FULL_KEY = "leuko_count_in_full"
NAMED = 4
"""Files that a warning names."""


def show_results(model: InstalledModel) -> None:
    """Counts, gallery, field and differential, the selected cell, downloads."""
    show_threshold(model)
    shown = Shown.of(model, session())
    take_finer_layer(model, shown.cells.values())
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
    key = chosen_key(cell, told[1])
    sha = shown.shown_field()
    field = shown.kept[sha].field if sha is not None else None
    if sha is not None and sha not in counting.held:
        send_picture(_picture(shown, sha))
    data: dict[str, object] = {
        "session": state.identity,
        "names": names_data(keys),
        "keys": {"undo": keys[UNDO]},
        "fields": field_titles(shown.with_cells),
        "labels": shown.labels(),
        "seen": shown.seen(),
        "table": table,
        "shown": sha,
        "field_note": " ".join(field.notes) if field else "",
        "selected": cell.id,
        "chosen": None if counting.held_chosen == key else {"key": key, **chosen_data(cell, *told)},
        "can_undo": counting.review.can_undo,
        "can_redo": counting.review.can_redo,
        "applied": counting.confirmed,
    }
    cells, fields = shown.cells, shown.kept
    show_board(data, lambda said: carry_out(said, counting, cells, fields))


def _picture(shown: Shown, sha: str) -> bytes:
    """Message of a field's picture; the file is read again for another field only."""
    counting = shown.counting
    if counting.picture[0] != sha:
        item = shown.items[sha]
        address = picture_preview(sha, item.data, item.name)
        counting.picture = sha, picture_message(shown.state.identity, sha, address)
    return counting.picture[1]


def _keys() -> dict[str, str]:
    try:
        return key_map(load_settings().count_keys)
    except LeukoError as problem:
        st.warning(plain(f"{problem} Until then the keys are those that Leuko comes with."))
        return dict(DEFAULT_KEYS)
