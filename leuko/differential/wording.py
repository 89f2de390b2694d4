"""How figures of a count are written, the same on the page, in the terminal and in tables."""

from typing import Final

from leuko.differential.differential import Beside, Differential, Row

NONE: Final = "–"
ONE_DECIMAL_FROM: Final = 200
"""Leukocytes from which one cell is half a per cent or less, and a decimal says something."""


def per_cent_words(row: Row, count: Differential) -> str:
    """Such as "21" or, of 200 leukocytes and more, "20.5"; a dash where it is no per cent yet."""
    if row.share is None or not count.is_per_cent:
        return NONE
    return f"{100 * row.share:.{_decimals(count)}f}"


def interval_words(row: Row, count: Differential) -> str:
    """Such as "15–30"; a dash where there is no per cent yet."""
    if row.low is None or row.high is None or not count.is_per_cent:
        return NONE
    digits = _decimals(count)
    return f"{100 * row.low:.{digits}f}–{100 * row.high:.{digits}f}"


def per_hundred_words(one: Beside, count: Differential) -> str:
    """Such as "3 per 100 leukocytes (1–8)"; a dash where so few leukocytes tell nothing."""
    if one.per_100 is None or one.low is None or one.high is None or not count.is_per_cent:
        return NONE
    digits = _decimals(count)
    low, high = f"{one.low:.{digits}f}", f"{one.high:.{digits}f}"
    return f"{one.per_100:.{digits}f} per 100 leukocytes ({low}–{high})"


def summary(count: Differential, fields: int) -> str:
    """Such as "4 fields · 112 leukocytes · 3 others · 4 not classed"."""
    others = sum(one.n for one in count.beside)
    parts = [
        f"{fields} field{'' if fields == 1 else 's'}",
        f"{count.leukocytes} leukocyte{'' if count.leukocytes == 1 else 's'}",
    ]
    if others:
        parts.append(f"{others} other{'' if others == 1 else 's'}")
    if count.not_classed:
        parts.append(f"{count.not_classed} not classed")
    return " · ".join(parts)


def _decimals(count: Differential) -> int:
    return 1 if count.leukocytes >= ONE_DECIMAL_FROM else 0
