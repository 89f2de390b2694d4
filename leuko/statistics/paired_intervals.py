"""Differences of two models on the same images, with intervals."""

import math
from dataclasses import dataclass

from leuko.statistics.estimate import FEW_UNITS, MOST_DIGITS, IntervalMethod
from leuko.statistics.intervals import Z_95, Limits

BISECTIONS = 60
MINUS = "−"


@dataclass(frozen=True)
class Signed:
    """A value that may be negative, such as a difference or a kappa, with its interval.

    Attributes:
        value: in [-1, 1], or None when not measurable.
        low, high: limits of the 95 % interval, or None when there is none.
        method: how the interval was computed, in words for a reader.
        reason: why the value is not measurable, or why a value has no interval; else empty.
        units: independent units (images or groups) that stand behind the value.
        p: two-sided bootstrap p value of "no difference", where one was computed.
        interval: how the interval was computed; None when there is none.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = ""
    units: int = 0
    p: float | None = None
    interval: IntervalMethod | None = None

    @property
    def rests_on_few(self) -> bool:
        """Whether the interval is a bootstrap with fewer than ten units behind the value."""
        return self.interval is IntervalMethod.BOOTSTRAP and self.units < FEW_UNITS

    @property
    def leaves_out_zero(self) -> bool:
        """Whether the whole interval lies on one side of 0."""
        return self.low is not None and self.high is not None and not self.low <= 0 <= self.high

    def text(self, digits: int = 2) -> str:
        """The value as a reader sees it, such as "−0.01 (−0.03 to 0.01)".

        Args:
            digits: decimals; more are used only where the interval would look like a point.
        """
        if self.value is None:
            return f"not measurable ({self.reason})"
        if self.low is None or self.high is None:
            return f"{signed(self.value, digits)} (no interval: {self.reason})"
        while signed(self.low, digits) == signed(self.high, digits) and digits < MOST_DIGITS:
            digits += 1
        low, high = signed(self.low, digits), signed(self.high, digits)
        return f"{signed(self.value, digits)} ({low} to {high})"


def signed(value: float, digits: int) -> str:
    """A number with a true minus sign, and none before a zero."""
    text = f"{abs(value):.{digits}f}"
    return f"{MINUS}{text}" if value < 0 and float(text) else text


def tango_interval(first_only: int, second_only: int, n: int, z: float = Z_95) -> Limits:
    """Score interval of the difference of two proportions of the same independent images.

    Args:
        first_only: images on which only the first model is right.
        second_only: images on which only the second model is right.
        n: all images.
        z: standard-normal quantile.

    Returns:
        (low, high), in [-1, 1]. It stays wide without a single unlike image:
        plus and minus z² / (n + z²).

    Raises:
        ValueError: unless the unlike images are at most n and n > 0.

    Source: Tango (1998), Stat. Med. 17:891-908. Resample by group instead when one patient gives
    many images.
    """
    if min(first_only, second_only) < 0 or first_only + second_only > n or n <= 0:
        raise ValueError(f"no paired proportions: {first_only} and {second_only} of {n}")
    observed = (first_only - second_only) / n

    def too_far(candidate: float) -> bool:
        linear = (2 * n - first_only + second_only) * candidate - first_only - second_only
        free = second_only * candidate * (1 - candidate)
        share = (math.sqrt(max(0.0, linear * linear + 8 * n * free)) - linear) / (4 * n)
        variance = n * (2 * share + candidate * (1 - candidate))
        gap = abs(n * (observed - candidate))
        return gap > z * math.sqrt(max(variance, 0.0))

    def boundary(outside: float) -> float:
        inside = observed
        for _ in range(BISECTIONS):
            middle = (inside + outside) / 2
            inside, outside = (inside, middle) if too_far(middle) else (middle, outside)
        return inside

    low = -1.0 if observed == -1 else boundary(-1.0)
    high = 1.0 if observed == 1 else boundary(1.0)
    return low, high
