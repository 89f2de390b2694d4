"""The fields of a verdict for machines: JSON lines and tables.

``suggestion`` and ``suggests_malignant`` tell what the verdict says, ``most_probable`` the class of
the highest probability whatever the verdict is.
"""

from leuko.decision.verdict import Verdict

RECORD_FIELDS = (
    "verdict", "suggestion", "suggests_malignant", "most_probable", "kind", "kind_probability",
    "kind_fits", "quality", "in_distribution", "strangeness", "prediction_set", "coverage",
    "deferred", "reasons", "remarks", "used_anyway", "findings",
)  # fmt: skip


def verdict_record(verdict: Verdict | None) -> dict[str, object]:
    """The fields of a verdict for JSON; all None or empty without one."""
    if verdict is None:
        return dict.fromkeys(RECORD_FIELDS) | {
            "quality": [],
            "reasons": [],
            "remarks": [],
            "findings": [],
        }
    return {
        "verdict": verdict.sentence,
        "suggestion": verdict.short,
        "suggests_malignant": None if verdict.refused else verdict.suggests_malignant,
        "most_probable": None if verdict.refused else verdict.most_probable,
        "kind": verdict.kind_name,
        "kind_probability": verdict.kind_probability,
        "kind_fits": verdict.kind_fits,
        "quality": [
            {"measure": one.measure, "severity": one.severity, "sentence": one.sentence}
            for one in verdict.quality
        ],
        "in_distribution": verdict.in_distribution,
        "strangeness": verdict.strangeness,
        "prediction_set": list(verdict.prediction_set)
        if verdict.prediction_set is not None and not verdict.refused
        else None,
        "coverage": verdict.coverage,
        "deferred": verdict.deferred,
        "reasons": list(verdict.reasons),
        "remarks": list(verdict.remarks),
        "used_anyway": verdict.used_anyway,
        "findings": [one.as_record() for one in verdict.findings],
    }
