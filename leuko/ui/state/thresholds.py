"""At which threshold a model suggests in this session: its own, or one that the user set."""

from leuko.models.card import ModelCard
from leuko.ui.state.session import session
from leuko.workbench.formatting import threshold_text


def threshold_in_force(card: ModelCard) -> float:
    """P(malignant) at or above which this session suggests malignant, in [0, 1]."""
    return session().thresholds.get(card.id, card.decision_threshold)


def is_set_by_user(card: ModelCard) -> bool:
    """Whether the threshold in force is another one than the model's own."""
    return threshold_in_force(card) != card.decision_threshold


def keep_threshold(card: ModelCard, threshold: float) -> None:
    """Use a threshold for the rest of this session.

    Raises:
        ValueError: unless it lies in [0, 1].
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold lies between 0 and 1, found {threshold}")
    session().thresholds[card.id] = threshold


def forget_threshold(card: ModelCard) -> None:
    """Go back to the model's own threshold."""
    session().thresholds.pop(card.id, None)


def threshold_words(card: ModelCard) -> str:
    """Such as "threshold 0.31, set by you in this session (model's own 0.50)"."""
    own = threshold_text(card.decision_threshold)
    if not is_set_by_user(card):
        return f"threshold {own}, the model's own"
    used = threshold_text(threshold_in_force(card))
    return f"threshold {used}, set by you in this session (model's own {own})"
