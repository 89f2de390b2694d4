"""What several models say about each picture of a tray; plain values, no widgets."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.decision.verdict import Verdict
from leuko.evaluation.comparison.panel import (
    Accord,
    PanelAgreement,
    PanelSuggestion,
    accord,
    compare_by_class,
    panel_agreement,
)
from leuko.models.card import ModelCard
from leuko.workbench.classification import Results, result_key
from leuko.workbench.uploads import Tray, TrayItem
from leuko.workbench.verdicts import judged

if TYPE_CHECKING:
    from leuko.inference.result import Result

LEAST_ANSWERS = 2
ACCORD_WORDS = {
    Accord.SIDES_DIFFER: "sides differ",
    Accord.CLASSES_DIFFER: "class differs",
    Accord.SAME: "agree",
}


@dataclass(frozen=True)
class CompareRow:
    """One picture and what each model says about it.

    Attributes:
        item: the file.
        answers: one a model, at the threshold in force; None while it waits.
        by_class: whether different classes of one side count as a difference.
        verdicts: on the answers, in their order; empty where nobody judged.
    """

    item: TrayItem
    answers: "tuple[Result | None, ...]"
    by_class: bool
    verdicts: tuple[Verdict | None, ...] = ()

    @property
    def refusal(self) -> Verdict | None:
        """Why no class of any model may be shown: the picture is of another kind."""
        return next((one for one in self.verdicts if one is not None and one.refused), None)

    @property
    def used_anyway(self) -> bool:
        """Whether the user wants answers although the picture is of another kind."""
        return any(one is not None and one.used_anyway for one in self.verdicts)

    def verdict(self, place: int) -> Verdict | None:
        """On the answer of the model at a place; None where nobody judged."""
        return self.verdicts[place] if self.verdicts else None

    @property
    def given(self) -> "list[Result]":
        """The answers that are there."""
        return [answer for answer in self.answers if answer is not None]

    @property
    def complete(self) -> bool:
        """Whether every model answered."""
        return None not in self.answers

    @property
    def accord(self) -> Accord | None:
        """How the answers stand to each other; None while it is open or cannot be read.

        Once two models differ on malignant or benign, no later answer mends that.
        """
        open_yet = self.item.error is not None or len(self.given) < LEAST_ANSWERS
        if open_yet or self.refusal is not None:
            return None
        found = accord(suggestions(self.given), self.by_class)
        return found if self.complete or found is Accord.SIDES_DIFFER else None

    @property
    def spread(self) -> float:
        """Widest gap of two P(malignant), in [0, 1]."""
        shares = [answer.malignant_probability for answer in self.given]
        return max(shares) - min(shares) if shares else 0.0

    @property
    def words(self) -> str:
        """The agreement, or the state of the file."""
        if self.item.error is not None:
            return "not readable"
        if self.refusal is not None:
            return "other kind"
        return "waiting" if self.accord is None else ACCORD_WORDS[self.accord]


def suggestions(answers: "Sequence[Result]") -> list[PanelSuggestion]:
    """Class and side that the answers put first at their thresholds, without their figures."""
    return [PanelSuggestion(answer.label, answer.malignant) for answer in answers]


def compare_rows(
    tray: Tray,
    cards: Sequence[ModelCard],
    results: Results,
    thresholds: Sequence[float],
    anyway: Mapping[str, Container[str]] | None = None,
) -> list[CompareRow]:
    """All files, disagreements first.

    Before them stands what is of another kind than the models read. Disagreements on malignant or
    benign come before those on the class, wider gaps of P(malignant) before narrower ones; then
    what waits and what cannot be read.

    Args:
        tray: the session's files.
        cards: the models asked.
        results: what they said so far.
        thresholds: of each model, on P(malignant).
        anyway: by model id, sha256 of the pictures that are to be read although their kind does
            not fit.
    """
    insisted = anyway or {}
    by_class = compare_by_class([card.class_set for card in cards])

    def answer(
        item: TrayItem, card: ModelCard, threshold: float
    ) -> "tuple[Result | None, Verdict | None]":
        found = results.get(result_key(card, item))
        if found is None:
            return None, None
        anyway_here = item.sha256 in insisted.get(card.id, ())
        return judged(card, found, threshold, anyway=anyway_here)

    def order(row: CompareRow) -> tuple[int, float, int]:
        if row.item.error is not None:
            return len(Accord) + 1, 0.0, row.item.number
        if row.refusal is not None:
            return -1, 0.0, row.item.number
        found = row.accord
        return len(Accord) if found is None else int(found), -row.spread, row.item.number

    pairs = list(zip(cards, thresholds, strict=True))

    def make(item: TrayItem) -> CompareRow:
        found = [answer(item, *pair) for pair in pairs]
        answers = tuple(result for result, _ in found)
        return CompareRow(item, answers, by_class, tuple(verdict for _, verdict in found))

    rows = [make(item) for item in tray.items]
    return sorted(rows, key=order)


def agreement_of(rows: Sequence[CompareRow], cards: Sequence[ModelCard]) -> PanelAgreement:
    """Agreement on the pictures that every model answered."""
    answered = [
        suggestions(row.given)
        for row in rows
        if row.item.error is None and row.complete and row.refusal is None
    ]
    return panel_agreement(answered, [card.class_set for card in cards])


def known_classes(cards: Sequence[ModelCard]) -> list[str]:
    """Every class that some model knows, in the order of the models."""
    return list(dict.fromkeys(name for card in cards for name in card.classes))
