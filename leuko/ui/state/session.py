"""What one browser session owns; it survives a visit to another page."""

from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from leuko.inference.heatmaps.methods import Layer, Method
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
        thresholds: by model id, decision thresholds that the user set for this session; a model
            that is not among them decides at its own.
        selected: number of the tray item shown in full, None for the worst.
        tables_drawn: how often a selection in the table was taken over and cleared.
        uploads_taken: how often the upload widget was emptied.
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
    thresholds: dict[str, float] = field(default_factory=dict)
    selected: int | None = None
    tables_drawn: int = 0
    uploads_taken: int = 0
    paused: bool = False
    pace: Pace = field(default_factory=Pace)
    device: str = ""
    method: Method = Method.GRAD_CAM
    layers: dict[str, tuple[Layer, ...]] = field(default_factory=dict)
    layer_names: dict[str, str] = field(default_factory=dict)
    maps: MapShelf = field(default_factory=MapShelf)
    anyway: dict[str, set[str]] = field(default_factory=dict)

    def clear(self) -> None:
        """Forget all files and results; the chosen model and thresholds stay."""
        self.tray = Tray()
        self.results = Results()
        self.maps = MapShelf()
        self.anyway = {}
        self.selected = None
        self.paused = False


def session() -> Session:
    """The state of the session that runs this script."""
    if KEY not in st.session_state:
        st.session_state[KEY] = Session()
    return cast("Session", st.session_state[KEY])
