"""Found against true numbers of cells, field by field: agreement after Bland and Altman."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from leuko.arrays import Floats
from leuko.statistics.intervals import Z_95, Limits

LEAST_PAIRS = 3
TWO_SIDED_95 = 0.975


class FieldCount(Protocol):
    """Cells of one field."""

    @property
    def set(self) -> str:
        """Collection that the field is from."""

    @property
    def true(self) -> int:
        """Cells that a person marked."""

    @property
    def found(self) -> int:
        """Cells that were found."""

    @property
    def left_out(self) -> bool:
        """Whether nothing of this laboratory was used to make or tune the finder."""


@dataclass(frozen=True)
class Agreement:
    """How far one measurement lies from another of the same thing.

    Attributes:
        pairs: number of things measured by both.
        bias: mean of the differences, in the unit of the measurements.
        deviation: standard deviation of the differences.
        lower, upper: limits of agreement, between which about 95 % of differences lie.
        bias_limits, lower_limits, upper_limits: 95 % confidence intervals of these three.
    """

    pairs: int
    bias: float
    deviation: float
    lower: float
    upper: float
    bias_limits: Limits
    lower_limits: Limits
    upper_limits: Limits


@dataclass(frozen=True)
class CountAgreement:
    """Found against true counts of one collection.

    Attributes:
        set: its name.
        left_out: as in :class:`FieldCount`.
        fields: number of fields.
        true, found: cells in all fields together.
        exact: fields whose count is right.
        within_one: fields whose count is right or wrong by one cell.
        agreement: found minus true; None with fewer than three fields.
    """

    set: str
    left_out: bool
    fields: int
    true: int
    found: int
    exact: int
    within_one: int
    agreement: Agreement | None


def limits_of_agreement(differences: Floats | Sequence[float], multiple: float = Z_95) -> Agreement:
    """Bias and limits of agreement of paired measurements.

    Args:
        differences: (n,), one measurement minus the other, of independent things; n at least 3.
        multiple: standard deviations from the bias to a limit; 1.96 holds 95 % of normal
            differences, the paper calculates with 2.

    Returns:
        The bias and its limits, each with a 95 % confidence interval by Student's t.

    Raises:
        ValueError: with fewer than three differences.

    Source: Bland and Altman (1986), Lancet 327:307-310; the standard error of a limit is
    sqrt(3 s^2 / n) there.
    """
    values = np.asarray(differences, dtype=np.float64)
    n = len(values)
    if n < LEAST_PAIRS:
        raise ValueError(f"agreement needs {LEAST_PAIRS} pairs or more, found {n}")
    bias, deviation = float(values.mean()), float(values.std(ddof=1))
    from scipy.special import stdtrit  # here, so that pages which show no counts load no SciPy

    t = float(stdtrit(n - 1, TWO_SIDED_95))
    of_bias = t * deviation / math.sqrt(n)
    of_limit = t * deviation * math.sqrt(3 / n)
    lower, upper = bias - multiple * deviation, bias + multiple * deviation
    return Agreement(
        pairs=n,
        bias=bias,
        deviation=deviation,
        lower=lower,
        upper=upper,
        bias_limits=(bias - of_bias, bias + of_bias),
        lower_limits=(lower - of_limit, lower + of_limit),
        upper_limits=(upper - of_limit, upper + of_limit),
    )


def count_agreements(fields: Sequence[FieldCount]) -> list[CountAgreement]:
    """Agreement of each collection, in the order in which they first occur.

    Args:
        fields: in any order; a collection of which parts were used and parts left out gives two.
    """
    sides = dict.fromkeys((one.set, one.left_out) for one in fields)
    return [
        _of_collection([one for one in fields if (one.set, one.left_out) == side]) for side in sides
    ]


def _of_collection(fields: Sequence[FieldCount]) -> CountAgreement:
    differences = np.array([one.found - one.true for one in fields], dtype=np.float64)
    enough = len(fields) >= LEAST_PAIRS
    return CountAgreement(
        set=fields[0].set,
        left_out=fields[0].left_out,
        fields=len(fields),
        true=sum(one.true for one in fields),
        found=sum(one.found for one in fields),
        exact=int(np.count_nonzero(differences == 0)),
        within_one=int(np.count_nonzero(np.abs(differences) <= 1)),
        agreement=limits_of_agreement(differences) if enough else None,
    )
