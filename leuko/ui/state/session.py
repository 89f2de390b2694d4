"""What one browser session owns; it survives a visit to another page."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import cast

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from leuko.inference.heatmaps.methods import Layer, Method
from leuko.ui.shell.tab import TabState, watch_tab
from leuko.ui.shell.upload_quota import UPLOADS
from leuko.ui.state.counting import Counting
from leuko.ui.state.resources import limits
from leuko.ui.state.sweep import sweeper
from leuko.workbench.arrivals import ChosenFile, Refusal, chosen_files, not_arrived
from leuko.workbench.classification import Pace, Results
from leuko.workbench.heatmap_jobs import MapShelf
from leuko.workbench.uploads import Tray

KEY = "leuko_session"


@dataclass
class Session:
    """State of one session; nothing of it is shared or kept.

    Attributes:
        tray: uploaded files.
        results: by model, card and picture.
        model_id: chosen model, None before the first choice.
        model_title: of that model, as it was shown last.
        thresholds: by model id, decision thresholds that the user set for this session; a model
            that is not among them decides at its own.
        selected: number of the tray item shown in full, None for the worst.
        tables_drawn: how often a selection in the table was taken over and cleared.
        identity: of the session, never the same again; nothing is found by it.
        uploads_taken: how often an upload area was emptied, on any page.
        labelled: how many labelled pictures of her own the user holds on Performance.
        arrived: files of the last upload.
        arrived_in: the tray that took them.
        refused: files that were chosen since, of which none arrived; until a page names them.
        lost: pictures that the tab held in a session that has ended; 0 once told and gone on.
        told: whether the browser has said it, or an upload has made it old news.
        paused: whether the user cancelled the batch.
        pace: speed of the running batch.
        device: where the last result was computed.
        method: of the heatmaps, the same for all pictures and models.
        layers: by fingerprint of the model, the layers that its heatmaps can be read
            from, its own first; known once the model was loaded.
        layer_names: by model id, the layer that the user chose.
        maps: evidence by other methods and layers.
        anyway: by model id, sha256 of the pictures that the user wants an answer on although they
            are of another kind than that model reads.
    """

    tray: Tray = field(default_factory=Tray)
    results: Results = field(default_factory=Results)
    model_id: str | None = None
    model_title: str = ""
    thresholds: dict[str, float] = field(default_factory=dict)
    selected: int | None = None
    tables_drawn: int = 0
    identity: str = field(default_factory=lambda: uuid.uuid4().hex)
    uploads_taken: int = 0
    labelled: int = 0
    arrived: tuple[ChosenFile, ...] = ()
    arrived_in: Tray | None = None
    refused: tuple[ChosenFile, ...] = ()
    lost: int = 0
    told: bool = False
    paused: bool = False
    pace: Pace = field(default_factory=Pace)
    device: str = ""
    method: Method = Method.GRAD_CAM
    layers: dict[str, tuple[Layer, ...]] = field(default_factory=dict)
    layer_names: dict[str, str] = field(default_factory=dict)
    maps: MapShelf = field(default_factory=MapShelf)
    anyway: dict[str, set[str]] = field(default_factory=dict)
    counting: Counting = field(default_factory=Counting)

    def clear(self) -> None:
        """Forget all files and results; the chosen model and thresholds stay."""
        self.tray.close()
        self.tray = Tray()
        self.arrived_in = None
        self.results = Results()
        self.maps = MapShelf()
        self.anyway = {}
        self.counting.clear()
        self.selected = None
        self.paused = False

    def take_over(self, tray: Tray, files: Iterable[ChosenFile]) -> None:
        """Remember what an upload brought, and begin the next one."""
        self.arrived, self.arrived_in = tuple(files), tray
        self.uploads_taken += 1
        self.lost, self.told = 0, True

    def refuse_missing(self, upload: object, said: object) -> None:
        """Give each file of the last upload that did not arrive its place, with the reason.

        Args:
            upload: which one the browser speaks of.
            said: the files that were chosen for it, as the browser names them.
        """
        if upload != self.uploads_taken or self.arrived_in is None:
            return
        for name, reason in not_arrived(
            chosen_files(said), self.arrived, limits(), refusals_of_session()
        ):
            self.arrived_in.refuse(name, reason)
        self.arrived_in = None

    def hear_of_refused(self, upload: object, said: object) -> None:
        """Remember files of which none arrived, until the page that they were meant for is run.

        Args:
            upload: how many uploads were taken before, as the browser knows.
            said: the files that were chosen, as the browser names them.
        """
        if upload == self.uploads_taken:
            self.refused = chosen_files(said)

    def refuse_all(self, tray: Tray) -> bool:
        """Give each file of an upload of which none arrived its place, with the reason.

        Args:
            tray: that they were meant for.

        Returns:
            Whether there was such an upload; the upload area is another one then.
        """
        if not self.refused:
            return False
        for name, reason in not_arrived(self.refused, (), limits(), refusals_of_session()):
            tray.refuse(name, reason)
        self.refused = ()
        self.take_over(tray, ())
        self.arrived_in = None
        return True

    def mark_lost(self, images: int) -> None:
        """Remember that the tab held so many pictures in a session that has ended."""
        self.lost, self.told = images, True

    def close(self) -> None:
        """Forget all pictures and what was found in them, for the browser has gone."""
        self.maps.give_up()
        self.clear()


def session() -> Session:
    """The state of the session that runs this script."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session()
        sweeper().watch(st.session_state[KEY])
    return cast("Session", st.session_state[KEY])


def refusals_of_session() -> tuple[Refusal, ...]:
    """Files of the session that runs this script that the server did not take, told once."""
    context = get_script_run_ctx()
    return () if context is None else UPLOADS.refusals(context.session_id)


def follow_tab() -> None:
    """Hear from the browser of files that did not arrive, and of an earlier session of its tab."""
    state = session()
    told = TabState(
        state.identity,
        len(state.tray.items) + state.labelled,
        state.uploads_taken,
        len(state.arrived),
        state.told,
    )
    watch_tab(told, state.mark_lost, state.refuse_missing, state.hear_of_refused)
