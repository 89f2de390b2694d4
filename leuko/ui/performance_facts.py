"""The facts of a model as Markdown: every sentence escaped, whatever a card holds."""

from leuko.evaluation import facts
from leuko.evaluation.facts import duration
from leuko.evaluation.metrics import Summary
from leuko.models.card import AuditFacts, ModelCard
from leuko.ui.guard import plain

__all__ = [
    "audit_facts",
    "data_facts",
    "duration",
    "interval_facts",
    "split_facts",
    "training_facts",
]


def data_facts(card: ModelCard) -> list[str]:
    """Sentences on the data set and its limits."""
    return [plain(fact) for fact in facts.data_facts(card)]


def audit_facts(audit: AuditFacts) -> list[str]:
    """Sentences on near copies and on what predicts the class without a look at the cells."""
    return [plain(fact) for fact in facts.audit_facts(audit)]


def split_facts(card: ModelCard) -> list[str]:
    """Sentences on how the pictures were divided and what that means for the figures."""
    return [plain(fact) for fact in facts.split_facts(card)]


def training_facts(card: ModelCard) -> list[str]:
    """Sentences on the network and how its weights came about."""
    return [plain(fact) for fact in facts.training_facts(card)]


def interval_facts(summary: Summary) -> list[str]:
    """Sentences on how the intervals of a model were computed and how far they reach."""
    return [plain(fact) for fact in facts.interval_facts(summary)]
