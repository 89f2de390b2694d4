"""The counted fields of a session as its page shows them, and what is read out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from leuko.differential.agreement import agreement_of
from leuko.differential.counted import CellKey, CountedCell, CountedField, cells_of
from leuko.differential.differential import Differential, differential
from leuko.differential.to_review import left_to_review
from leuko.models.store import InstalledModel
from leuko.ui.count.messages import FIELDS_A_MESSAGE, PLACES, chunk_message, field_data
from leuko.ui.count.wording import agreement_sentence, table_data
from leuko.ui.state.counting import Counting
from leuko.ui.state.session import Session
from leuko.ui.state.thresholds import threshold_in_force
from leuko.workbench.classification import result_key
from leuko.workbench.counting import at_threshold
from leuko.workbench.field_batch import KeptField
from leuko.workbench.uploads import TrayItem


@dataclass(frozen=True, eq=False)
class Shown:
    """What a session has counted with one model.

    Attributes:
        model: that classed the cells.
        state: of the session.
        items: by sha256, files that are counted, each once, in the order of upload.
        kept: their fields, at the threshold in force.
    """

    model: InstalledModel
    state: Session
    items: dict[str, TrayItem]
    kept: dict[str, KeptField]

    @classmethod
    def of(cls, model: InstalledModel, state: Session) -> "Shown":
        """Collect what is counted; a threshold that the user set is applied anew."""
        card, counting = model.card, state.counting
        threshold = threshold_in_force(card)
        items = {item.sha256: item for item in reversed(state.tray.readable())}
        ordered = sorted(items.values(), key=lambda item: item.number)
        kept: dict[str, KeptField] = {}
        for item in ordered:
            key = result_key(card, item)
            own = counting.counts.get(key)
            if own is None:
                continue
            if threshold != card.decision_threshold:
                at = (key, threshold)
                if at not in counting.at_threshold:
                    field = at_threshold(own.field, card, threshold)
                    counting.at_threshold[at] = replace(own, field=field)
                own = counting.at_threshold[at]
            kept[item.sha256] = own
        return cls(model, state, {sha: items[sha] for sha in kept}, kept)

    @property
    def counting(self) -> Counting:
        """The Count page's part of the session."""
        return self.state.counting

    @property
    def fields(self) -> list[CountedField]:
        """All counted fields, those without a cell among them."""
        return [each.field for each in self.kept.values()]

    @property
    def with_cells(self) -> list[CountedField]:
        """Fields in which a cell was found."""
        return [field for field in self.fields if field.cells]

    @property
    def cells(self) -> dict[CellKey, CountedCell]:
        """All cells."""
        return cells_of(self.fields)

    @property
    def threshold(self) -> float:
        """In force, on P(malignant)."""
        return threshold_in_force(self.model.card)

    def suggested(self) -> Differential:
        """The count as the model suggests it."""
        return differential([c.label for c in self.cells.values()], self.counting.target)

    def reviewed(self) -> Differential:
        """The count with the reader's changes."""
        labels = self.counting.review.reviewed(self.cells)
        return differential(list(labels.values()), self.counting.target)

    def left(self) -> list[CellKey]:
        """Cells that must be looked at and were not."""
        return left_to_review(self.fields, self.counting.review)

    def shown_field(self) -> str | None:
        """sha256 of the field that is shown: the chosen one, else the first with a cell."""
        fields = self.with_cells or self.fields
        known = [field.sha256 for field in fields]
        own = self.counting.shown
        return own if own in self.kept else next(iter(known), None)

    def messages(self) -> list[bytes]:
        """What the browser is told of the cells, made once for each field."""
        fields = [self._message(sha) for sha, each in self.kept.items() if each.field.cells]
        return [
            chunk_message(self.state.identity, fields[start : start + FIELDS_A_MESSAGE])
            for start in range(0, len(fields), FIELDS_A_MESSAGE)
        ]

    def _message(self, sha: str) -> bytes:
        key = (self.model.id, self.model.card.fingerprint, sha, self.threshold)
        made = self.counting.messages
        if key not in made:
            made[key] = field_data(self.kept[sha], f"{key[1][:12]}/{self.threshold}")
        return made[key]

    def labels(self) -> dict[str, list[int]]:
        """By field, the place of each cell's reviewed label among all; -1 for the suggestion."""
        said = self.counting.review.labels
        return {
            field.sha256: [PLACES[said[key]] if key in said else -1 for key in field.by_key]
            for field in self.with_cells
        }

    def seen(self) -> dict[str, str]:
        """By field, a 1 for each cell that was looked at and a 0 for each other one."""
        review = self.counting.review
        return {
            field.sha256: "".join("1" if review.is_seen(key) else "0" for key in field.by_key)
            for field in self.with_cells
        }

    def table(self, reviewed: Differential) -> dict[str, object]:
        """The differential for the browser."""
        agreed = agreement_sentence(agreement_of(self.fields, self.counting.review))
        return table_data(self.suggested(), reviewed, agreed)


def field_titles(fields: Sequence[CountedField]) -> list[dict[str, str]]:
    """Fields for the list beside the picture."""
    return [
        {
            "sha": field.sha256,
            "title": f"{place} of {len(fields)} · {field.name} · {len(field.cells)}",
        }
        for place, field in enumerate(fields, 1)
    ]
