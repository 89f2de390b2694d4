"""A laboratory's own labelled pictures in one session, until forgotten."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import cast

import streamlit as st

from leuko.evaluation.external.domain_shift import OwnEvaluation
from leuko.imaging.intake.uploads import Upload
from leuko.labels import InputKind
from leuko.settings import Limits
from leuko.ui.state.sweep import sweeper
from leuko.workbench.classification import Pace, Results
from leuko.workbench.external_upload import LabelledUpload

KEY = "performance_own_images"


@dataclass
class OwnImages(LabelledUpload):
    """Pictures, labels and answers of one session; nothing of it is shared or kept.

    Attributes:
        results: by model, card and picture.
        evaluations: computed figures, by all that they depend on.
        failed: why a model cannot be run, by its id.
        running: whether models are at work.
        stopped: whether the user cancelled.
        pace: speed of the run.
        kind: of the pictures, as the user said.
        chosen: ids of the models to run; None before the first choice.
        gone: ids of chosen models that can no longer be used.
        uploads_taken: how often the upload widget was emptied.
        anyway: by model id, sha256 of pictures that count although they are of another kind.
    """

    results: Results = field(default_factory=Results)
    evaluations: dict[Hashable, OwnEvaluation] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    running: bool = False
    stopped: bool = False
    pace: Pace = field(default_factory=Pace)
    kind: InputKind | None = None
    chosen: list[str] | None = None
    gone: set[str] = field(default_factory=set)
    uploads_taken: int = 0
    anyway: dict[str, frozenset[str]] = field(default_factory=dict)

    def forget(self) -> None:
        """Drop pictures, labels and answers; which models were chosen stays."""
        self.tray.close()
        fresh = OwnImages(kind=self.kind, chosen=self.chosen, uploads_taken=self.uploads_taken + 1)
        self.__dict__.update(fresh.__dict__)

    def close(self) -> None:
        """Forget all pictures and figures, for the browser has gone."""
        self.forget()

    def insist(self, model_id: str, wanted: bool) -> None:
        """Let a model's figures count the pictures of another kind, or leave them out again.

        It holds for the pictures that are here now; those that are added later are asked for anew.
        """
        if wanted:
            self.anyway[model_id] = frozenset(item.sha256 for item in self.tray.items)
        else:
            self.anyway.pop(model_id, None)

    def take(self, uploads: Iterable[Upload], limits: Limits) -> None:
        """Add files, see :meth:`LabelledUpload.take`; a run that is under way ends."""
        self.running = self.stopped = False
        super().take(uploads, limits)


def own_images() -> OwnImages:
    """The state of the session that runs this script."""
    if KEY not in st.session_state:
        st.session_state[KEY] = OwnImages()
        sweeper().watch(st.session_state[KEY])
    return cast("OwnImages", st.session_state[KEY])
