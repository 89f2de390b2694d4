"""What the Compare page remembers of one session, beside the tray and the results."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from leuko.labels import InputKind
from leuko.workbench.classification import Pace

KEY = "leuko_compare"


@dataclass
class CompareState:
    """State of one session.

    Attributes:
        kind: of picture, None before the first visit.
        kind_of: model chosen on Diagnose when ``kind`` was set; another one there asks anew.
        chosen: by kind, ids of the models picked, in the order in which they are offered.
        titles: by model id, titles of models that were picked.
        failed: by model id, why it cannot be run, one sentence.
        asked: class whose heatmaps are shown; None for what each model suggests.
        pace: of the running model.
        running: id of the model that ``pace`` belongs to.
        tables_drawn: how often a selection in the table was taken over and cleared.
    """

    kind: InputKind | None = None
    kind_of: str | None = None
    chosen: dict[InputKind, list[str]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    asked: str | None = None
    pace: Pace = field(default_factory=Pace)
    running: str = ""
    tables_drawn: int = 0

    def leave_out(self, ids: Collection[str]) -> None:
        """Pick these models no longer."""
        for kind, names in self.chosen.items():
            self.chosen[kind] = [name for name in names if name not in ids]


def compare_state() -> CompareState:
    """The state of the session that runs this script."""
    if KEY not in st.session_state:
        st.session_state[KEY] = CompareState()
    return cast("CompareState", st.session_state[KEY])
