"""The review table of a batch; plain values, no widgets."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.decision.evidence_remark import evidence_remark
from leuko.decision.verdict import Verdict
from leuko.decision.wording import sentence_of
from leuko.inspection.quality.reference_ranges import Severity
from leuko.models.card import ModelCard
from leuko.workbench.classification import Results, result_key
from leuko.workbench.uploads import Tray, TrayItem
from leuko.workbench.verdicts import judged

if TYPE_CHECKING:
    from leuko.inference.result import Result


@dataclass(frozen=True)
class ReviewRow:
    """One line of the review table.

    Attributes:
        item: the file.
        result: what the model says, or None while it waits or when it cannot be read.
        verdict: on the result; None without one.
    """

    item: TrayItem
    result: "Result | None"
    verdict: Verdict | None = None

    @property
    def deferred(self) -> bool:
        """Whether a person has to decide."""
        return self.verdict is not None and self.verdict.deferred

    @property
    def refused(self) -> bool:
        """Whether the picture is of another kind than the model reads, and nobody insisted."""
        return self.verdict is not None and self.verdict.refused

    @property
    def suggestion(self) -> str:
        """The verdict in a few words, or the state of the file."""
        if self.item.error is not None:
            return "not readable"
        return self.verdict.short if self.verdict is not None else "waiting"

    @property
    def suggests_malignant(self) -> bool:
        """Whether the verdict suggests malignant, see :attr:`Verdict.suggests_malignant`."""
        return self.verdict is not None and self.verdict.suggests_malignant

    @property
    def malignant_probability(self) -> float | None:
        """P(malignant), or None without a result that may be shown."""
        return self.result.malignant_probability if self.result and not self.refused else None

    @property
    def shown_first(self) -> str | None:
        """The class whose evidence is shown until another is asked for, see ``Verdict``."""
        if self.verdict is not None:
            return self.verdict.shown_first
        return self.result.label if self.result is not None else None

    @property
    def used_anyway(self) -> bool:
        """Whether the user wants an answer although the picture is of another kind."""
        return self.verdict is not None and self.verdict.used_anyway

    @property
    def decision(self) -> str:
        """Whose turn it is: empty where the model answers, else why it does not, in a word."""
        return self.verdict.decision if self.verdict is not None else ""

    @property
    def explanation(self) -> str:
        """Why the picture is deferred, then what else to keep in mind about it, for the table."""
        reasons: tuple[str, ...] = ()
        if self.verdict is not None:
            reasons = (self.verdict.sentence,) if self.refused else self.verdict.reasons
        return " ".join([*reasons, *self._said("mild")])

    @property
    def remark(self) -> str:
        """Why it cannot be read, or how it was read and what to keep in mind about it."""
        return " ".join(self._said("severe", "mild"))

    def _said(self, *grades: Severity) -> list[str]:
        """The error; or notes, findings on quality of these grades, and where evidence lies."""
        if self.item.error:
            return [self.item.error]
        said = list(self.item.notes)
        if self.result is None or self.refused:
            return said
        found = self.verdict.quality if self.verdict is not None else ()
        said += [sentence_of(one) for one in found if one.grade in grades]
        remark = evidence_remark(self.result, self.shown_first)
        return [*said, remark] if remark else said


@dataclass(frozen=True)
class BatchTally:
    """Counts of a batch.

    Attributes:
        images: all files.
        malignant: pictures whose verdict suggests malignant; a deferred one may be among them.
        unreadable: files that are no readable picture.
        waiting: pictures without a result.
        deferred: pictures that a person has to decide.
    """

    images: int
    malignant: int
    unreadable: int
    waiting: int
    deferred: int = 0

    @property
    def sentence(self) -> str:
        """Such as "12 images · 9 suggest malignant · 2 deferred · 1 not readable"."""
        parts = [f"{self.images} image{'' if self.images == 1 else 's'}"]
        if self.images > self.unreadable + self.waiting:
            parts.append(f"{self.malignant} suggest malignant")
        if self.deferred:
            parts.append(f"{self.deferred} deferred")
        if self.unreadable:
            parts.append(f"{self.unreadable} not readable")
        if self.waiting:
            parts.append(f"{self.waiting} waiting")
        return " · ".join(parts)


def review_rows(
    tray: Tray,
    card: ModelCard,
    results: Results,
    threshold: float | None = None,
    anyway: Container[str] = frozenset(),
) -> list[ReviewRow]:
    """All files, those for a person first; nothing is hidden.

    Unreadable files come first, then the deferred by P(malignant), then the others by
    P(malignant), then those that wait.

    Args:
        tray: the session's files.
        card: the model asked.
        results: what it said so far.
        threshold: P(malignant) at or above which malignant is suggested; None for the model's own.
        anyway: sha256 of the pictures that are to be read although their kind does not fit.
    """
    limit = card.decision_threshold if threshold is None else threshold

    def order(row: ReviewRow) -> tuple[int, float, int]:
        if row.item.error is not None:
            return 0, 0.0, row.item.number
        if row.result is None:
            return 3, 0.0, row.item.number
        place = 1 if row.deferred else 2
        return place, -row.result.malignant_probability, row.item.number

    def make(item: TrayItem) -> ReviewRow:
        result = results.get(result_key(card, item))
        if result is None:
            return ReviewRow(item, None)
        return ReviewRow(item, *judged(card, result, limit, anyway=item.sha256 in anyway))

    return sorted((make(item) for item in tray.items), key=order)


def tally(rows: Sequence[ReviewRow]) -> BatchTally:
    """Count the rows by state."""
    return BatchTally(
        images=len(rows),
        malignant=sum(row.suggests_malignant for row in rows),
        unreadable=sum(row.item.error is not None for row in rows),
        waiting=sum(row.result is None and row.item.error is None for row in rows),
        deferred=sum(row.deferred for row in rows),
    )
