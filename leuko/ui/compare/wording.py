"""Sentences of the Compare page on agreement; plain values, no widgets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.evaluation.comparison.panel import Accord, PanelAgreement, know_the_same
from leuko.labels import class_title
from leuko.models.card import ModelCard
from leuko.workbench.comparison import LEAST_ANSWERS, CompareRow

if TYPE_CHECKING:
    from leuko.decision.verdict import Verdict
    from leuko.inference.result import Result

SEPARATOR = " · "
PUT_FIRST = (
    "Agreement counts the class that a model puts first at its threshold, also where its verdict "
    "leaves the class open."
)


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


def agreement_sentence(row: CompareRow, names: Sequence[str]) -> str:
    """Who suggests what for one picture, without weighing the models against each other.

    Where the verdict of a model is not one class, it is told what the models put first, and which
    of them leave it open.
    """
    if row.refusal is not None:
        return row.refusal.sentence
    told = [
        _Told(name, answer, row.verdict(place))
        for place, (name, answer) in enumerate(zip(names, row.answers, strict=True))
        if answer is not None
    ]
    if row.accord is None:
        return ""
    unsure = [f"{one.name} ({one.verdict.short})" for one in told if one.verdict and one.is_open]
    if not unsure:
        return _suggested(row.accord, told)
    leave = "leaves" if len(unsure) == 1 else "leave"
    lead = f"{_joined(unsure)} {leave} the class open"
    if len(unsure) == len(told):
        lead = "No model names one class"
    return f"{lead}. {_put_first(row.accord, told)}"


@dataclass(frozen=True)
class _Told:
    """What one model said, under its short name."""

    name: str
    answer: "Result"
    verdict: "Verdict | None"

    @property
    def is_open(self) -> bool:
        """Whether the verdict names no class or several."""
        return self.verdict is not None and not self.verdict.is_one_class


def _suggested(accord: Accord, told: "Sequence[_Told]") -> str:
    side = _side(told[0])
    if accord is Accord.SIDES_DIFFER:
        sides = [
            f"{_joined(names)} suggest{'s' if len(names) == 1 else ''} {side}"
            for side, names in _by(told, _side).items()
        ]
        return f"The models disagree: {'; '.join(sides)}."
    if accord is Accord.CLASSES_DIFFER:
        return f"All suggest {side} but differ on the class: {_classes(told)}."
    same = {one.answer.label for one in told}
    return f"All suggest {class_title(same.pop()) if len(same) == 1 else side}."


def _put_first(accord: Accord, told: "Sequence[_Told]") -> str:
    side = _side(told[0])
    if accord is Accord.SIDES_DIFFER:
        sides = [f"{side} by {_joined(names)}" for side, names in _by(told, _side).items()]
        return f"The sides that they put first differ: {'; '.join(sides)}."
    if accord is Accord.CLASSES_DIFFER:
        return f"All put {side} first but differ on the class: {_classes(told)}."
    same = {one.answer.label for one in told}
    return f"All put {class_title(same.pop()) if len(same) == 1 else side} first."


def _side(told: "_Told") -> str:
    return "malignant" if told.answer.malignant else "benign"


def _classes(told: "Sequence[_Told]") -> str:
    named = _by(told, lambda one: class_title(one.answer.label))
    return "; ".join(f"{title} by {_joined(names)}" for title, names in named.items())


def _by(told: "Sequence[_Told]", what: "Callable[[_Told], str]") -> dict[str, list[str]]:
    """Names of the models by what they said; malignant before benign."""
    found: dict[str, list[str]] = {}
    for one in sorted(told, key=lambda one: not one.answer.malignant):
        found.setdefault(what(one), []).append(one.name)
    return found


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


def _joined(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
