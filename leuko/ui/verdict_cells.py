"""A verdict as the cells of a table."""

from leuko.inference.verdict import Verdict
from leuko.inference.verdict_record import verdict_record

VERDICT = (
    "verdict", "deferred", "reasons", "kind", "kind_probability", "kind_fits", "quality",
    "in_distribution", "strangeness", "prediction_set", "coverage", "used_anyway",
)  # fmt: skip
"""Columns of the CSV, named as in ``leuko predict --json``."""


def verdict_cells(verdict: Verdict | None) -> list[str]:
    """One cell for each of ``VERDICT``; empty where something was not looked at."""
    if verdict is None:
        return [""] * len(VERDICT)
    record = verdict_record(verdict) | {
        "quality": [f"{one.severity}: {one.sentence}" for one in verdict.quality]
    }
    return [_cell(record[name]) for name in VERDICT]


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)
