"""What the pages that classify a tray share: files taken in, models loaded, progress shown."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx

from leuko.imaging.intake.uploads import Upload
from leuko.labels import InputKind
from leuko.models.store import InstalledModel
from leuko.ui.shell.escape import plain
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import Session, session
from leuko.workbench.classification import Pace

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from leuko.inference.classifier import Classifier

NO_MODEL = (
    "No model is installed. Copy a model folder into `weights/`, or train one with "
    "`python -m leuko train recipes/mobilenetv2-taleqani.toml --data FOLDER`."
)


def take_files(kind: InputKind) -> None:
    """Take files into the session's tray; the widget is emptied, the tray keeps them.

    Args:
        kind: of picture, for the words on the upload area.
    """
    state = session()
    empty = not state.tray.items
    place = st if empty else st.sidebar
    label = (
        f"Drop images of {kind.plural} here: PNG, JPEG, BMP, TIFF, WebP, or a ZIP"
        if empty
        else "Add images"
    )
    files = place.file_uploader(
        label, accept_multiple_files=True, key=f"leuko_upload_{state.uploads_taken}"
    )
    if files:
        state.tray.add((Upload(f.name, f.getvalue()) for f in files), loaders.limits())
        state.uploads_taken += 1
        release(files)
        state.paused = False
        state.pace = Pace()
        st.rerun()


def release(files: "Iterable[UploadedFile]") -> None:
    """Let Streamlit forget its own copies, as its chat input does; else it keeps each for ever."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)


def loaded(model: InstalledModel) -> "Classifier":
    """The model in memory; says that it loads while it does.

    Raises:
        LeukoError: when the model folder is not in order.
    """
    if not loaders.model_pool().start(model).done():
        with st.spinner(plain(f"Loading {model.card.title} …")):
            loaders.model_pool().get(model)
    return loaders.model_pool().get(model)


def show_bar(done: int, total: int, what: str, pace: Pace) -> None:
    """How far a batch is, its rate and remaining time, with Cancel or Continue.

    Args:
        done: of ``total``, which is above 0.
        total: what is to be done altogether.
        what: is counted, such as "images".
        pace: of the running batch.
    """
    state = session()
    bar, button = st.columns([5, 1], vertical_alignment="center")
    rate = pace.per_second
    text = f"{done} of {total} {what}"
    if rate and not state.paused:
        text += f" · {rate:.0f} images/s · {(total - done) / rate:.0f} s left"
    bar.progress(done / total, text=text + (" · stopped" if state.paused else ""))
    if state.paused:
        button.button(
            "Continue", key="leuko_continue", on_click=_pause, args=[state, False], width="stretch"
        )
    else:
        button.button(
            "Cancel", key="leuko_cancel", on_click=_pause, args=[state, True], width="stretch"
        )


def _pause(state: Session, paused: bool) -> None:
    state.paused = paused


def show_device() -> None:
    """Where the last result was computed."""
    device = session().device
    if device:
        st.sidebar.caption(f"Computed on {device.upper() if device == 'cpu' else device}.")
