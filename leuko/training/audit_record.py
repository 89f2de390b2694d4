"""The audit of a data set as a model card keeps it."""

from leuko.data.audit.audit import Audit, audit_dataset
from leuko.data.dataset import Dataset
from leuko.data.splitting.split import SplitPlan
from leuko.models.facts import AuditFacts


def audit_facts(dataset: Dataset, plan: SplitPlan) -> AuditFacts:
    """Audit a data set under the split of a model.

    Args:
        dataset: the pictures.
        plan: how the model's pictures were divided; the plan must be possible.
    """
    return facts_of(audit_dataset(dataset, [plan]))


def facts_of(audit: Audit) -> AuditFacts:
    """The compact facts of an audit under one plan.

    Args:
        audit: with exactly one policy, whose split exists.

    Raises:
        ValueError: when there is another number of policies or no split.
    """
    (policy,) = audit.policies
    if policy.crossings is None:
        raise ValueError(policy.problem)
    return AuditFacts(
        copies=audit.n_copies,
        near_copies=len(audit.near_copies),
        near_copies_crossing=len(policy.crossings.near_copies),
        groups_crossing=len(policy.crossings.groups),
        examined=audit.examined,
        chance=audit.chance,
        shortcuts={
            shortcut.name: round(shortcut.balanced_accuracy, 4)
            for shortcut in policy.shortcuts
            if shortcut.balanced_accuracy is not None
        },
    )
