"""How figures and cells are written, on every page and in every table."""

import re
from typing import TYPE_CHECKING

from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd

THRESHOLD_DECIMALS = 2
SURE_ABOVE, UNSURE_BELOW = 0.995, 0.005
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FIGURE = re.compile(r"[+-]?[\d.]+( %)?( \([\w.,:;%–−+\- ]*\))?")
"""Such as "+0.02 (−0.01 to 0.05)": nothing in it could call a function."""


def probability_text(value: float) -> str:
    """A probability with two decimals that never claims certainty: "> 0.99", "< 0.01"."""
    if value >= SURE_ABOVE:
        return "> 0.99"
    if value < UNSURE_BELOW:
        return "< 0.01"
    return f"{value:.2f}"


def threshold_text(threshold: float) -> str:
    """A threshold with two decimals, or with as many as it needs."""
    rounded = round(threshold, THRESHOLD_DECIMALS)
    return f"{threshold:.{THRESHOLD_DECIMALS}f}" if threshold == rounded else f"{threshold:.12g}"


def percent_text(share: float) -> str:
    """A share as "20 %" or "82.7 %"."""
    return f"{100 * share:.3g} %"


def so_many_of(estimate: Estimate, digits: int) -> str:
    """A share as "98 of 100 (95–99)", or "8 of 10 (5–10)" where the test set supports no more."""
    value, low, high = estimate.value, estimate.low, estimate.high
    if value is None or low is None or high is None:
        return "an unknown share of cases"
    whole = 10 if digits < 2 else 100  # noqa: PLR2004
    return f"{value * whole:.0f} of {whole} ({low * whole:.0f}–{high * whole:.0f})"


def no_formula(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: one that looks like it gets an apostrophe."""
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell


def table_csv(frame: "pd.DataFrame") -> bytes:
    """A table as CSV without any formula; signed figures such as "-0.02" stay as they are.

    Args:
        frame: of numbers and texts; its index is left out.
    """
    safe = frame.map(lambda cell: _no_formula_but_figures(cell) if isinstance(cell, str) else cell)
    safe.columns = [no_formula(str(name)) for name in frame.columns]
    return str(safe.to_csv(index=False)).encode()


def _no_formula_but_figures(cell: str) -> str:
    return cell if _FIGURE.fullmatch(cell) else no_formula(cell)
