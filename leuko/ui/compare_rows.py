"""What several models say about each picture of a tray; plain values, no widgets."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.panel_agreement import (
    Accord,
    PanelAgreement,
    Suggestion,
    accord,
    compare_by_class,
    know_the_same,
    panel_agreement,
)
from leuko.inference.verdict import Verdict, verdict_of
from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.ui.tray import Tray, TrayItem
from leuko.ui.work import Results, result_key

if TYPE_CHECKING:
    from leuko.inference.result import Result

SEPARATOR = " · "
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


def suggestions(answers: "Sequence[Result]") -> list[Suggestion]:
    """What the answers suggest, without their figures."""
    return [Suggestion(answer.label, answer.malignant) for answer in answers]


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

    def answer(item: TrayItem, card: ModelCard, threshold: float) -> "Result | None":
        found = results.get(result_key(card, item))
        return found.at(card.class_set, threshold) if found is not None else None

    def order(row: CompareRow) -> tuple[int, float, int]:
        if row.item.error is not None:
            return len(Accord) + 1, 0.0, row.item.number
        if row.refusal is not None:
            return -1, 0.0, row.item.number
        found = row.accord
        return len(Accord) if found is None else int(found), -row.spread, row.item.number

    pairs = list(zip(cards, thresholds, strict=True))

    def make(item: TrayItem) -> CompareRow:
        answers = tuple(answer(item, *pair) for pair in pairs)
        verdicts = tuple(
            verdict_of(card, one, anyway=item.sha256 in insisted.get(card.id, ()))
            if one is not None
            else None
            for card, one in zip(cards, answers, strict=True)
        )
        return CompareRow(item, answers, by_class, verdicts)

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


def short_names(cards: Sequence[ModelCard]) -> list[str]:
    """The first part of each title, and what tells it from others that begin alike.

    Such as "AlexNet", "B3" and "B3 · grouped split"; the whole titles where that is not enough.
    """
    titles = [card.title.split(SEPARATOR) for card in cards]
    short = []
    for title in titles:
        alike = [set(other) for other in titles if other[0] == title[0]]
        shared = set.intersection(*alike)
        own = [part for part in title[1:] if part not in shared]
        short.append(SEPARATOR.join([title[0], *own]))
    return short if len(set(short)) == len(short) else [card.title for card in cards]


def summary(rows: Sequence[CompareRow], found: PanelAgreement, models: int) -> str:
    """Such as "12 images · all 3 models agree on malignant or benign for 9 of 10, ..."."""
    parts = [f"{len(rows)} image{'' if len(rows) == 1 else 's'}"]
    if found.images:
        all_models = "both models" if models == LEAST_ANSWERS else f"all {models} models"
        sentence = f"{all_models} agree on malignant or benign for {found.same_side}"
        sentence += f" of {found.images}"
        if found.same_class is not None:
            sentence += f", on the class for {found.same_class} of {found.images}"
        parts.append(sentence)
    unreadable = sum(row.item.error is not None for row in rows)
    waiting = sum(row.item.error is None and not row.complete for row in rows)
    refused = sum(row.refusal is not None for row in rows)
    if refused:
        parts.append(f"{refused} of another kind")
    if unreadable:
        parts.append(f"{unreadable} not readable")
    if waiting:
        parts.append(f"{waiting} waiting")
    return " · ".join(parts)


def verdict(row: CompareRow, names: Sequence[str]) -> str:
    """Who suggests what for one picture, without weighing the models against each other."""
    if row.refusal is not None:
        return row.refusal.sentence
    if not row.given:
        return ""
    told = [(n, a) for n, a in zip(names, row.answers, strict=True) if a is not None]
    if row.accord is Accord.SIDES_DIFFER:
        sides = []
        for side, malignant in (("malignant", True), ("benign", False)):
            by = [name for name, answer in told if answer.malignant is malignant]
            sides.append(f"{_joined(by)} suggest{'s' if len(by) == 1 else ''} {side}")
        return f"The models disagree: {'; '.join(sides)}."
    if row.accord is Accord.CLASSES_DIFFER:
        labels = dict.fromkeys(answer.label for _, answer in told)
        classes = [
            f"{class_title(label)} by {_joined([name for name, a in told if a.label == label])}"
            for label in labels
        ]
        side = "malignant" if told[0][1].malignant else "benign"
        return f"All suggest {side} but differ on the class: {'; '.join(classes)}."
    if row.accord is Accord.SAME:
        same = {answer.label for _, answer in told}
        side = "malignant" if told[0][1].malignant else "benign"
        return f"All suggest {class_title(same.pop()) if len(same) == 1 else side}."
    return ""


def different_classes(cards: Sequence[ModelCard], names: Sequence[str]) -> str:
    """Why only malignant and benign are compared; empty where the classes are the same."""
    if know_the_same([card.class_set for card in cards]):
        return ""
    counts = [f"{name}: {len(card.classes)}" for name, card in zip(names, cards, strict=True)]
    return (
        f"These models know different classes ({', '.join(counts)}), so all of them together are "
        "compared on malignant or benign only."
    )


def not_accuracy(cards: Sequence[ModelCard]) -> str:
    """What agreement is not."""
    learned = {card.dataset.title for card in cards}
    why = (
        f"these models all learned from {learned.pop()} and can be wrong together"
        if len(learned) == 1
        else "models can be wrong together"
    )
    return f"Agreement is not accuracy: {why}. How often each was right stands at its head."


def known_classes(cards: Sequence[ModelCard]) -> list[str]:
    """Every class that some model knows, in the order of the models."""
    return list(dict.fromkeys(name for card in cards for name in card.classes))


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
