"""The fields of a verdict for machines: JSON lines and tables.

``suggestion`` and ``suggests_malignant`` tell what the verdict says, ``most_probable`` the class of
the highest probability whatever the verdict is.
"""

from collections.abc import Sequence

from leuko.decision.verdict import Verdict
from leuko.decision.wording import sentence_of

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
            {"measure": one.measure, "severity": one.grade, "sentence": sentence_of(one)}
            for one in verdict.quality
        ],
        "in_distribution": verdict.in_distribution,
        "strangeness": verdict.novelty,
        "prediction_set": list(verdict.prediction_set)
        if verdict.prediction_set is not None and not verdict.refused
        else None,
        "coverage": verdict.coverage,
        "deferred": verdict.deferred,
        "reasons": list(verdict.reasons),
        "remarks": list(verdict.remarks),
        "used_anyway": verdict.used_anyway,
        "findings": [one.model_dump(mode="json", exclude_none=True) for one in verdict.findings],
    }


SAID = ("suggestion", "suggests_malignant", "most_probable")
"""Columns of the CSV for what the verdict says, named as in ``leuko predict --json``."""


VERDICT = (
    "verdict", "deferred", "reasons", "kind", "kind_probability", "kind_fits", "quality",
    "in_distribution", "strangeness", "prediction_set", "coverage", "used_anyway",
)  # fmt: skip
"""Columns of the CSV for all else on it, named likewise."""


def verdict_cells(verdict: Verdict | None, columns: Sequence[str] = VERDICT) -> list[str]:
    """One cell a column; empty where something was not looked at or may not be said.

    Args:
        verdict: None where there is none.
        columns: of ``SAID`` and ``VERDICT``.
    """
    if verdict is None:
        return [""] * len(columns)
    record = verdict_record(verdict) | {
        "quality": [f"{one.grade}: {sentence_of(one)}" for one in verdict.quality]
    }
    return [_cell(record[name]) for name in columns]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
