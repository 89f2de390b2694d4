"""What the pages that classify a tray share: files taken in, models loaded, progress shown."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from leuko.imaging.intake.uploads import Upload
from leuko.labels import InputKind
from leuko.models.store import InstalledModel
from leuko.ui.shell.escape import plain
from leuko.ui.shell.held_uploads import release_uploads
from leuko.ui.state import resources as loaders
from leuko.ui.state.session import Session, session
from leuko.workbench.arrivals import ChosenFile
from leuko.workbench.classification import Pace
from leuko.workbench.uploads import Tray

if TYPE_CHECKING:
    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from leuko.inference.classifier import Classifier

NO_MODEL = (
    "No model is installed. Copy a model folder into `weights/`, or train one with "
    "`python -m leuko train recipes/mobilenetv2-taleqani.toml --data FOLDER`."
)


def model_gone(*titles: str) -> str:
    """That models in use can no longer be used; no other model ever takes their place by itself."""
    names = ", ".join(titles)
    can = "models can" if len(titles) > 1 else "model can"
    return (
        f"The chosen {can} no longer be used: {names}. Folder, card or weights were removed or "
        "changed while the application was running. No other model was put in place of it: choose "
        "one in the sidebar, or put the folder right again. Your images are kept."
    )


def take_files(kind: InputKind) -> None:
    """Take files into the session's tray; the widget is emptied, the tray keeps them.

    Args:
        kind: of picture, for the words on the upload area.
    """
    state = session()
    take_refused(state.tray)
    empty = not state.tray.items
    place = st if empty else st.sidebar
    label = (
        f"Drop images of {kind.plural} here: PNG, JPEG, BMP, TIFF, WebP, or a ZIP"
        if empty
        else "Add images"
    )
    if empty and state.lost:
        show_lost(state.lost)
    files = place.file_uploader(label, accept_multiple_files=True, key=upload_key("leuko_upload"))
    if files:
        state.tray.add((Upload(f.name, f.getvalue()) for f in files), loaders.limits())
        take_over(files, state.tray)
        state.paused = False
        state.pace = Pace()
        st.rerun()


def show_lost(images: int) -> None:
    """Say that the pictures of an earlier session of this tab are gone."""
    what = "1 image that it held is" if images == 1 else f"{images} images that it held are"
    st.warning(
        f"This page was loaded anew, or the server was started again: the {what} gone, with all "
        "results. Add them again."
    )


def upload_key(name: str) -> str:
    """Key of an upload area: another one after each upload, and in each session.

    After a restart of the server the browser would take an area with the key of an earlier one for
    the same, which has had its files, and would not tell the server of new ones.
    """
    return f"{name}_{session().identity}_{session().uploads_taken}"


def take_over(files: "Sequence[UploadedFile]", tray: Tray) -> None:
    """Empty the upload area, once a tray keeps its files."""
    session().take_over(tray, (ChosenFile(file.name, file.size) for file in files))
    release_uploads()


def take_refused(tray: Tray) -> None:
    """Name in a tray the files of an upload of which none arrived, and empty the upload area.

    Args:
        tray: that the files were meant for.
    """
    if session().refuse_all(tray):
        release_uploads()
        st.rerun()


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
