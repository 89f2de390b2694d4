"""What a session has counted and what its reader made of it."""

from dataclasses import dataclass, field

from leuko.differential.counted import CellKey
from leuko.differential.review import Review
from leuko.workbench.classification import Pace, ResultKey
from leuko.workbench.field_batch import Counts, KeptField

FIRST_TARGET = 200


@dataclass
class Counting:
    """The Count page's part of a session.

    Attributes:
        counts: fields with their cells, by model, card and picture.
        review: the reader's changes; cells keep them when another model is chosen, for finding
            them asks no model.
        model_id: chosen model, None before the first choice.
        model_title: of that model, as it was shown last.
        target: leukocytes that are to be counted.
        shown: sha256 of the field that is shown; None for the first with a cell.
        selected: the cell that is shown in full.
        confirmed: by tab of the browser, the last of its commands that was carried out.
        picture: sha256 of the field that is shown, and what the browser was told of its picture.
        held: sha256 of the pictures of fields that the browser says it has.
        held_chosen: which data of a selected cell it says it has.
        messages: what the browser was told of each field, by what it depends on.
        at_threshold: fields at a threshold that the user set, by what was counted and threshold.
        pace: of the running batch.
    """

    counts: Counts = field(default_factory=Counts)
    review: Review = field(default_factory=Review)
    model_id: str | None = None
    model_title: str = ""
    target: int = FIRST_TARGET
    shown: str | None = None
    selected: CellKey | None = None
    confirmed: dict[str, int] = field(default_factory=dict)
    picture: tuple[str, bytes] = ("", b"")
    held: frozenset[str] = frozenset()
    held_chosen: str = ""
    messages: dict[tuple[object, ...], bytes] = field(default_factory=dict)
    at_threshold: dict[tuple[ResultKey, float], KeptField] = field(default_factory=dict)
    pace: Pace = field(default_factory=Pace)

    def clear(self) -> None:
        """Forget all pictures, counts and changes; model and target stay."""
        self.counts.close()
        self.counts, self.review, self.pace = Counts(), Review(), Pace()
        self.shown = self.selected = None
        self.picture = "", b""
        self.held, self.held_chosen = frozenset(), ""
        self.messages, self.at_threshold = {}, {}
