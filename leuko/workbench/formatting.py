"""How figures and cells are written, on every page and in every table."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from leuko.statistics.estimate import Estimate

if TYPE_CHECKING:
    import pandas as pd

THRESHOLD_DECIMALS = 2
SURE_ABOVE, UNSURE_BELOW = 0.995, 0.005
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet takes for a formula; the wide signs are those of Japanese ones."""
FORMULA_INSIDE = re.compile(r"(?<=[;\t])(?= *[=+\-@＝＋－＠])")
"""Where one begins in the middle of a cell: semicolon and tab part cells in many countries."""
FIGURE = re.compile(r"[+-]?[\d.]+( %)?( \([\w.,:;%–−+\- ]*\))?")
"""Such as "+0.02 (−0.01 to 0.05)": nothing in it could call a function."""
MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""The byte order mark, by which Excel knows that a CSV is UTF-8; our own readers take it off."""


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
    cell = FORMULA_INSIDE.sub("'", cell)
    return f"'{cell}" if cell.lstrip(" ").startswith(FORMULA_STARTS) else cell


def csv_for_people(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table as the CSV that people download: every spreadsheet program reads it as it is meant.

    It begins with a byte order mark, and no text in it is taken for a formula.

    Args:
        header: names of the columns.
        rows: their cells; None is an empty one, and numbers are written as they are.

    Returns:
        The text of the file; encode it as UTF-8.
    """
    stream = io.StringIO()
    stream.write(MARK)
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([no_formula(name) for name in header])
    for row in rows:
        writer.writerow([no_formula(cell) if isinstance(cell, str) else cell for cell in row])
    return stream.getvalue()


def table_csv(frame: "pd.DataFrame") -> bytes:
    """The file of :func:`csv_for_people` of a table; signed figures such as "-0.02" stay.

    Args:
        frame: of numbers and texts; its index is left out.
    """
    safe = frame.rename(columns=lambda name: no_formula(str(name)))
    for place, kind in enumerate(frame.dtypes):
        if kind.kind == "O":  # numbers and truth values are no formulas
            safe.isetitem(place, [_no_formula_but_figures(c) for c in frame.iloc[:, place]])
    return (MARK + safe.to_csv(index=False, lineterminator="\r\n")).encode()


def _no_formula_but_figures(cell: object) -> object:
    return cell if not isinstance(cell, str) or FIGURE.fullmatch(cell) else no_formula(cell)
