"""What a model's answer comes to at the threshold in force."""

from typing import TYPE_CHECKING

from leuko.decision.verdict import Verdict, verdict_of
from leuko.models.card import ModelCard

if TYPE_CHECKING:
    from leuko.inference.result import Result


def judged(
    card: ModelCard, result: "Result", threshold: float | None = None, *, anyway: bool = False
) -> "tuple[Result, Verdict]":
    """An answer at a threshold, and the verdict on it.

    Args:
        card: the model that gave the answer.
        result: its answer.
        threshold: P(malignant) at or above which malignant is suggested; None to leave the answer
            as the model gave it.
        anyway: whether the user wants an answer although the picture is of another kind.
    """
    decided = result if threshold is None else result.at(card.class_set, threshold)
    return decided, verdict_of(card, decided, anyway=anyway)
