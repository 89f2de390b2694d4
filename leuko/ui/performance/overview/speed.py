"""Milliseconds an image on this machine, measured once the reader asks for it."""

from collections.abc import Sequence

import streamlit as st

from leuko.models.store import InstalledModel
from leuko.ui.shell.escape import plain
from leuko.workbench.speed_store import SpeedStore

LOOK_AGAIN_SECONDS = 0.7


@st.cache_resource(show_spinner=False)
def speed_store() -> SpeedStore:
    """The one store of this server."""
    return SpeedStore()


def show_speed_button(models: Sequence[InstalledModel]) -> None:
    """A button that measures the models shown, or the progress of a measurement.

    Args:
        models: those in the table.
    """
    store, able = speed_store(), [model for model in models if model.has_weights]
    progress = store.progress
    if progress is None:
        st.button(
            "Measure milliseconds an image on this machine",
            key="performance_measure_speed",
            on_click=store.start,
            args=[able],
            disabled=not able,
            help="Each model shown that has weights is loaded, warmed up and timed on single "
            "drawn pictures. The page stays usable; the figures stand under “Data and network”.",
        )
    else:
        _show_progress(progress.done)


@st.fragment(run_every=LOOK_AGAIN_SECONDS)
def _show_progress(done: int) -> None:
    """Look again until another model is measured; then the table takes it over."""
    store = speed_store()
    progress = store.progress
    if progress is None or progress.done != done:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.progress(
            progress.done / progress.total,
            text=plain(f"Measuring {progress.done + 1} of {progress.total}: {progress.title}"),
        )
        st.button("Stop", key="performance_stop_speed", on_click=store.stop)
