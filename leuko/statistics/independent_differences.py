"""How far a figure differs between two independent sets of images, with a 95 % interval."""

import math
from dataclasses import dataclass

from leuko.arrays import Floats
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import Z_95, Limits, is_point, percentile_interval, wilson_interval

BY_NEWCOMBE = "Newcombe's hybrid score"
BY_BOOTSTRAP = "bootstrap of both sets"
BY_HYBRID = "hybrid of both intervals"
NO_INTERVAL = "one of the two figures has no interval"
NOT_MEASURED = "one of the two figures is not measurable"
POINTS = 100


def newcombe_difference(
    first_hits: int, first_trials: int, second_hits: int, second_trials: int, z: float = Z_95
) -> Limits:
    """Confidence interval of the difference of two independent proportions, first minus second.

    Args:
        first_hits: hits of the first sample.
        first_trials: hits and misses of the first sample.
        second_hits: hits of the second sample.
        second_trials: hits and misses of the second sample.
        z: standard-normal quantile; the default gives a two-sided 95 % interval.

    Returns:
        (low, high) in [-1, 1].

    Raises:
        ValueError: unless 0 <= hits <= trials and trials > 0, on both sides.

    Source: Newcombe (1998), Stat. Med. 17:873-890, method 10: hybrid score interval without
    continuity correction. Assumes independent images on both sides.
    """
    return hybrid_difference(
        first_hits / max(first_trials, 1),
        wilson_interval(first_hits, first_trials, z),
        second_hits / max(second_trials, 1),
        wilson_interval(second_hits, second_trials, z),
    )


def hybrid_difference(
    first: float, first_limits: Limits, second: float, second_limits: Limits
) -> Limits:
    """Interval of the difference of two independent values from their own intervals.

    Args:
        first: value in the first sample.
        first_limits: its interval.
        second: value in the second sample.
        second_limits: its interval, at the same confidence.

    Returns:
        (low, high) of first minus second, at that confidence.

    Source: Zou and Donner (2008), Stat. Med. 27:1693-1702 (MOVER). With Wilson's intervals it is
    Newcombe's method 10.
    """
    value = first - second
    below = math.hypot(first - first_limits[0], second_limits[1] - second)
    above = math.hypot(first_limits[1] - first, second - second_limits[0])
    return value - below, value + above


@dataclass(frozen=True)
class Difference:
    """First figure minus second, as a fraction.

    Attributes:
        value: in [-1, 1], or None when one of the two is not measurable.
        low, high: limits of the 95 % interval, or None when there is none.
        method: how the interval was computed.
        reason: why there is no value or no interval; else empty.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    method: str = ""
    reason: str = ""

    def text(self, digits: int = 2) -> str:
        """In percentage points, such as "16 (9 to 24)".

        Args:
            digits: decimals that the smaller of the two sets supports as a fraction.
        """
        if self.value is None:
            return f"not measurable ({self.reason})"
        shown = points(self.value, digits)
        if self.low is None or self.high is None:
            return f"{shown} (no interval: {self.reason})"
        return f"{shown} ({points(self.low, digits)} to {points(self.high, digits)})"


def points(fraction: float, digits: int = 2) -> str:
    """A fraction as percentage points: 0.157 is "16", with three digits "15.7", with one "20".

    A minus sign is typographic; zero has none.
    """
    rounded = round(fraction * POINTS, digits - 2)
    text = f"{abs(rounded):.{max(digits - 2, 0)}f}"
    return f"−{text}" if rounded < 0 else text


def difference(
    first: Estimate,
    second: Estimate,
    first_resampled: Floats | None = None,
    second_resampled: Floats | None = None,
) -> Difference:
    """Difference of one figure between two independent sets of images.

    Two proportions of independent images get Newcombe's hybrid score interval. Otherwise the
    two sets are resampled apart from each other, by group where groups exist, and the middle
    95 % of the differences are taken. Where one of the sets shows no variance at all, or nothing
    was resampled, the interval is put together from those of the two figures.

    Args:
        first: the figure on the first set.
        second: the figure on the second set.
        first_resampled: (R,) its values on resamples of the first set.
        second_resampled: (R,) the same of the second set, drawn with another seed.

    Source: Newcombe (1998), see :func:`newcombe_difference`; Davison and Hinkley (1997), Bootstrap
    Methods and their Application, section 3.3, for several samples; Zou and Donner (2008), see
    :func:`hybrid_difference`.
    """
    if first.value is None or second.value is None:
        return Difference(None, reason=NOT_MEASURED)
    value = first.value - second.value
    if first.low is None or first.high is None or second.low is None or second.high is None:
        return Difference(value, reason=NO_INTERVAL)
    if first.interval is second.interval is IntervalMethod.WILSON:
        counts = (first.hits or 0, first.trials or 0, second.hits or 0, second.trials or 0)
        return Difference(value, *newcombe_difference(*counts), method=BY_NEWCOMBE)
    drawn = _bootstrap(first_resampled, second_resampled)
    if drawn is not None:
        return Difference(value, *drawn, method=BY_BOOTSTRAP)
    limits = hybrid_difference(
        first.value, (first.low, first.high), second.value, (second.low, second.high)
    )
    return Difference(value, *limits, method=BY_HYBRID)


def _bootstrap(first: Floats | None, second: Floats | None) -> Limits | None:
    """Percentile interval of the differences; None where a set shows no variance."""
    if first is None or second is None:
        return None
    for one in (first, second):
        limits = percentile_interval(one)
        if limits is None or is_point(limits):
            return None
    return percentile_interval(first - second)
