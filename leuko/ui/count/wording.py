"""Sentences and figures of the Count page."""

from leuko.differential.agreement import Agreement
from leuko.differential.differential import Beside, Differential, Row
from leuko.differential.flags import Flag
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED
from leuko.differential.wording import NONE, interval_words, per_cent_words, per_hundred_words
from leuko.ui.count.messages import PLACES


def summary(fields: int, unreadable: int, waiting: int, reviewed: Differential) -> str:
    """The counts of a batch in one line.

    Args:
        fields: that are counted.
        unreadable: files that cannot be read.
        waiting: files that are not counted yet.
        reviewed: count of all cells as they are classed now.
    """
    classed = reviewed.found - reviewed.not_classed
    parts = [
        _so_many(fields, "field"),
        f"{_so_many(reviewed.found, 'leukocyte')} found",
        f"{classed} classed",
        f"{reviewed.not_classed} not classed",
    ]
    if reviewed.not_cells:
        parts.append(f"{reviewed.not_cells} set aside as no cell")
    if unreadable:
        parts.append(f"{_so_many(unreadable, 'file')} not readable")
    if waiting:
        parts.append(f"{waiting} waiting")
    return " · ".join(parts)


def left_sentence(left: int, cells: int) -> str:
    """How much is to be looked at before the count may be called reviewed."""
    if not cells:
        return ""
    if not left:
        return "Reviewed: every uncertain cell and every possible blast was looked at."
    return (
        f"{_so_many(left, 'cell')} left to look at before this count may be called reviewed: "
        "every uncertain one and every possible blast."
    )


def agreement_sentence(found: Agreement) -> str:
    """How the reader's labels stand to the suggested ones, on the cells that were looked at."""
    rate, interval = found.all.rate, found.all.interval
    if rate is None or interval is None:
        return "Change rate and kappa stand here once cells were looked at."
    low, high = (100 * limit for limit in interval)
    words = (
        f"Changed {found.all.changed} of {found.all.n} looked at: {100 * rate:.1f} % "
        f"({low:.1f}–{high:.1f})"
    )
    if found.kappa is None:
        return f"{words} · kappa not measurable: one class alone"
    return f"{words} · kappa {found.kappa:.2f}"


def table_data(suggested: Differential, reviewed: Differential, agreed: str) -> dict[str, object]:
    """The differential as the browser shows it: texts alone, numbers as they are to be read."""
    listed: list[tuple[Row | Beside, Row | Beside]] = [
        *zip(suggested.rows, reviewed.rows, strict=True),
        *zip(suggested.beside, reviewed.beside, strict=True),
    ]
    rows = [_row(before, after, reviewed) for before, after in listed]
    rows += [
        _open(NOT_CLASSED, suggested.not_classed, reviewed.not_classed),
        _open(NOT_A_CELL, suggested.not_cells, reviewed.not_cells),
    ]
    return {
        "rows": rows,
        "suggested": str(suggested.leukocytes),
        "reviewed": str(reviewed.leukocytes),
        "total_share": "100" if reviewed.is_per_cent else NONE,
        "share_title": "%",
        "remark": reviewed.remark or f"Target of {reviewed.target} leukocytes reached.",
        "flags": [_flag(flag) for flag in reviewed.flags],
        "agreement": agreed,
    }


def _row(before: Row | Beside, after: Row | Beside, counted: Differential) -> dict[str, object]:
    if isinstance(after, Beside):
        share, interval = per_hundred_words(after, counted), ""
    else:
        share, interval = per_cent_words(after, counted), interval_words(after, counted)
    beside = isinstance(after, Beside)
    flags = () if isinstance(after, Beside) else after.flags
    return {
        "place": PLACES[after.name],
        "kind": " ".join(
            [*(["beside"] if beside else []), *([] if after.n or before.n else ["empty"])]
        ),
        "suggested": str(before.n),
        "reviewed": str(after.n),
        "share": share,
        "interval": interval,
        "flag": "; ".join(_short(flag) for flag in flags),
        "flag_source": " ".join(dict.fromkeys(flag.rule.source for flag in flags)),
    }


def _short(flag: Flag) -> str:
    """Such as "any", "≥ 20 %" or "≥ 20 %?" where the interval holds the limit."""
    rule = flag.rule
    if rule.at_least_per_cent is not None:
        words = f"≥ {rule.at_least_per_cent:g} %"
    else:
        words = "any" if rule.at_least_cells == 1 else f"≥ {rule.at_least_cells}"
    whose = f" {rule.patient}" if rule.patient is not None else ""
    return f"{words}{whose}{'?' if flag.state == 'open' else ''}"


def _flag(flag: Flag) -> dict[str, str]:
    return {"sentence": flag.sentence, "source": flag.rule.source, "state": flag.state}


def _open(name: str, before: int, after: int) -> dict[str, object]:
    return {
        "place": PLACES[name],
        "kind": "open" if before or after else "open empty",
        "suggested": str(before),
        "reviewed": str(after),
        "share": "",
        "interval": "",
        "flag": "",
        "flag_source": "",
    }


def _so_many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
