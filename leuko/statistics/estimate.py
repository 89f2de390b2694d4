"""A measured value with its interval, or the reason why there is none."""

from dataclasses import dataclass
from enum import StrEnum

FEW_UNITS = 10
SINGLE_DIGIT_BELOW = 10
THREE_DIGITS_FROM = 2000
MOST_DIGITS = 4


class IntervalMethod(StrEnum):
    """How an interval was computed; what is decided by it asks this, never the words."""

    WILSON = "wilson"
    WILSON_BY_UNIT = "wilson_by_unit"
    BOOTSTRAP = "bootstrap"
    DELONG = "delong"
    NEWCOMBE = "newcombe"
    LOGIT = "logit"
    MOVER = "mover"
    TANGO = "tango"
    LARGE_SAMPLE = "large_sample"


@dataclass(frozen=True)
class Estimate:
    """One metric of one model.

    Attributes:
        value: in [0, 1], or None when not measurable.
        low, high: limits of the 95 % interval, or None when there is none.
        method: how the interval was computed, in words for a reader, such as "Wilson" or
            "bootstrap over 12 groups".
        reason: why the value is not measurable, or why a value has no interval; else empty.
        units: independent units (images or groups) that stand behind the value.
        interval: how the interval was computed; None when there is none.
        hits, trials: the fraction as counts of images where the metric is one, such as
            38 of 40; None for means and areas.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = ""
    units: int = 0
    hits: int | None = None
    trials: int | None = None
    interval: IntervalMethod | None = None

    @property
    def rests_on_few(self) -> bool:
        """Whether the interval is a bootstrap with fewer than ten units behind the value.

        Such an interval is too narrow, and the page says so.
        """
        return self.interval is IntervalMethod.BOOTSTRAP and self.units < FEW_UNITS

    def text(self, digits: int = 2) -> str:
        """The value as a reader sees it, such as "0.95 (0.92–0.97)".

        Args:
            digits: decimals; more are used only where the interval would look like a point.
        """
        return " ".join(self.parts(digits))

    def parts(self, digits: int = 2) -> tuple[str, str]:
        """The value, and its interval or the reason why there is none; see :meth:`text`."""
        if self.value is None:
            return "not measurable", f"({self.reason})"
        if self.low is None or self.high is None:
            return f"{self.value:.{digits}f}", f"(no interval: {self.reason})"
        while f"{self.low:.{digits}f}" == f"{self.high:.{digits}f}" and digits < MOST_DIGITS:
            digits += 1
        return f"{self.value:.{digits}f}", f"({self.low:.{digits}f}–{self.high:.{digits}f})"


def supported_digits(units: int) -> int:
    """Decimals that a test set supports.

    The standard error of a proportion is at most 0.5 / sqrt(units): two decimals up to two
    thousand independent images or groups, three above, one below ten.

    Args:
        units: independent images or groups.
    """
    if units < SINGLE_DIGIT_BELOW:
        return 1
    return 2 if units < THREE_DIGITS_FROM else 3
