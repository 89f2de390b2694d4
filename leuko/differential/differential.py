"""The differential count of labels: n, per cent with its interval, what is given per 100, flags."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from leuko.cell_classes import CELL_CLASSES, is_leukocyte
from leuko.differential.flags import Flag, Patient, raised_flags
from leuko.differential.review import NOT_A_CELL, NOT_CLASSED, READER_LABELS
from leuko.statistics.intervals import wilson_interval

LEAST_FOR_PER_CENT: Final = 100
"""Leukocytes below which a share is not yet a per cent: a routine count has 100 cells, that of CLSI
H20-A2 has 200 by each of two readers."""
TARGETS: Final = (100, 200, 500)
"""Numbers of leukocytes that are counted: blood, the reference count of CLSI H20-A2, marrow."""


@dataclass(frozen=True)
class Row:
    """One class of leukocytes.

    Attributes:
        name: of the class.
        n: cells.
        share: of all leukocytes, in [0, 1]; None without any.
        low, high: limits of its 95 % interval after Wilson.
        flags: what its number calls for.
    """

    name: str
    n: int
    share: float | None
    low: float | None
    high: float | None
    flags: tuple[Flag, ...] = ()

    @property
    def per_cent(self) -> float | None:
        """``share`` in per cent."""
        return None if self.share is None else 100 * self.share


@dataclass(frozen=True)
class Beside:
    """One class that is no leukocyte.

    Attributes:
        name: of the class.
        n: cells.
        per_100: for 100 leukocytes; None without leukocytes.
        low, high: limits of its 95 % interval: Wilson's of n among n and leukocytes together, as
            odds; ``high`` is None where it has no bound.
    """

    name: str
    n: int
    per_100: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Differential:
    """A count, classes in the order of the ICSH.

    Attributes:
        rows: leukocytes by class, classes without a cell as well.
        beside: what is given per 100 leukocytes.
        leukocytes: number of all cells of ``rows``.
        not_classed: cells whose class is left open.
        not_cells: finds that the reader threw out.
        target: leukocytes that were to be counted.
        flags: all that are raised, in the order of the rules.
    """

    rows: tuple[Row, ...]
    beside: tuple[Beside, ...]
    leukocytes: int
    not_classed: int
    not_cells: int
    target: int
    flags: tuple[Flag, ...] = ()

    @property
    def is_per_cent(self) -> bool:
        """Whether enough leukocytes were counted to speak of per cent."""
        return self.leukocytes >= LEAST_FOR_PER_CENT

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self.leukocytes >= self.target

    @property
    def found(self) -> int:
        """Cells that were found, those that are no leukocytes among them, without ``not_cells``."""
        return self.leukocytes + sum(one.n for one in self.beside) + self.not_classed

    @property
    def remark(self) -> str:
        """Why there is no per cent yet, or how much of the target is missing; empty otherwise."""
        if not self.is_per_cent:
            counted = "leukocyte is" if self.leukocytes == 1 else "leukocytes are"
            return (
                f"No per cent yet: {self.leukocytes} {counted} counted, and "
                f"{LEAST_FOR_PER_CENT} are needed."
            )
        if not self.reached:
            return f"{self.leukocytes} of {self.target} leukocytes are counted."
        return ""


def differential(
    labels: Sequence[str],
    target: int = LEAST_FOR_PER_CENT,
    patient: Patient | None = None,
) -> Differential:
    """Count labels of cells.

    Args:
        labels: one a cell, of ``READER_LABELS``, in any order.
        target: leukocytes that are to be counted.
        patient: whose limits are used for flags; None for those of adults and of children.

    Raises:
        ValueError: for a label that is none, or a target below 1.

    Source: Rümke (1979), in Koepke (ed.), Differential Leukocyte Counting, 39-45, and CLSI H20-A2:
    an interval beside every per cent, cells of a smear taken for independent draws. Wilson (1927)
    for the interval itself.
    """
    counts = Counter(labels)
    unknown = counts.keys() - set(READER_LABELS)
    if unknown:
        raise ValueError(f"{sorted(unknown)} are none of {', '.join(READER_LABELS)}")
    if target < 1:
        raise ValueError(f"a target of {target} leukocytes is none")
    by_class = {name: counts[name] for name in CELL_CLASSES if is_leukocyte(name)}
    total = sum(by_class.values())
    flags = raised_flags(by_class, patient, per_cent=total >= LEAST_FOR_PER_CENT)
    return Differential(
        rows=tuple(_row(name, n, total, flags) for name, n in by_class.items()),
        beside=tuple(
            _beside(name, counts[name], total) for name in CELL_CLASSES if not is_leukocyte(name)
        ),
        leukocytes=total,
        not_classed=counts[NOT_CLASSED],
        not_cells=counts[NOT_A_CELL],
        target=target,
        flags=flags,
    )


def _row(name: str, n: int, total: int, flags: Sequence[Flag]) -> Row:
    own = tuple(flag for flag in flags if flag.name == name)
    if not total:
        return Row(name, n, None, None, None, own)
    return Row(name, n, n / total, *wilson_interval(n, total), own)


def _beside(name: str, n: int, leukocytes: int) -> Beside:
    if not leukocytes:
        return Beside(name, n, None, None, None)
    low, high = (limit / (1 - limit) for limit in wilson_interval(n, n + leukocytes))
    return Beside(name, n, 100 * n / leukocytes, 100 * low, 100 * high)
