"""A verdict as the cells of a table."""

from collections.abc import Sequence

from leuko.decision.record import verdict_record
from leuko.decision.verdict import Verdict

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
        "quality": [f"{one.severity}: {one.sentence}" for one in verdict.quality]
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
