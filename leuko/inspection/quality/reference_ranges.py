"""What a model's own training pictures say about the quality of another picture.

Limits by measure. A picture is remarked on as *mild* when it lies beyond the 1st or 99th percentile
of the training pictures by the least step that a person could see, so that a set whose pictures are
all alike, such as all of one size, remarks on none for a hair's breadth. It is *severe* half the
distance between median and percentile further out, and beyond 999 in 1,000 training pictures:
percentiles alone would call the odd training picture severe, and fixed limits alone would know
nothing of the microscope.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Final, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:  # a model card is read before anything is measured
    from leuko.inspection.quality.measures import QualityMeasures

Severity = Literal["mild", "severe"]
Side = Literal["low", "high", "blank"]
Limit = Annotated[float, Field(ge=-1e12, le=1e12)]

LOW_PERCENTILE, HIGH_PERCENTILE = 1.0, 99.0
LEAST_VALUE: Final = 1e-3
FAR_LOW_PERCENTILE, FAR_HIGH_PERCENTILE = 0.1, 99.9


@dataclass(frozen=True)
class _Judged:
    """How one measure is judged.

    Attributes:
        step: least difference that matters, in the unit of the measure or, where it is
            ``relative``, as a natural logarithm.
        low, high: whether a value below, or above, the limits is remarked on.
        relative: whether ratios matter instead of differences, as for light: cells on black are
            dark by themselves.
    """

    step: float
    low: bool = False
    high: bool = False
    relative: bool = False


JUDGED: Final[Mapping[str, _Judged]] = MappingProxyType(
    {
        "focus": _Judged(0.01, low=True),
        "detail": _Judged(0.05, low=True),
        "brightness": _Judged(0.08, low=True, high=True, relative=True),
        "contrast": _Judged(0.15, low=True, relative=True),
        "clipped_dark": _Judged(0.02, high=True),
        "clipped_bright": _Judged(0.1, high=True),
        "warmth": _Judged(0.05, low=True, high=True),
        "greenness": _Judged(0.03, low=True, high=True),
        "noise": _Judged(0.004, high=True),
        "blockiness": _Judged(0.15, high=True),
        "filled": _Judged(0.01, low=True),
        "short_side_px": _Judged(0.35, low=True, relative=True),
    }
)
"""By measure; the order is that of the findings."""
SHARPNESS: Final = ("focus", "detail")
"""Two measures of one thing: only the more severe finding is told. Likewise no grain is told of a
picture that is too small, for its cells have become as fine as grain."""


class Range(BaseModel):
    """Limits of one measure; None where that side is not judged.

    Attributes:
        severe_low, mild_low, mild_high, severe_high: in ascending order, unit of the measure.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    severe_low: Limit | None = None
    mild_low: Limit | None = None
    mild_high: Limit | None = None
    severe_high: Limit | None = None


class QualityRanges(BaseModel):
    """The quality of a model's training pictures.

    Attributes:
        pictures: how many were measured.
        on_black: whether most of them are cells on black ground.
        by_measure: limits by the name of the measure, see ``JUDGED``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    pictures: int = Field(gt=0, le=10**12)
    on_black: bool = False
    by_measure: dict[str, Range]


BLANK_ALONE: Final = QualityRanges(pictures=1, by_measure={})
"""What is judged without the ranges of a model: whether there is anything to see."""


@dataclass(frozen=True)
class QualityFinding:
    """One remark on a picture.

    Attributes:
        measure: name of the measure, such as ``focus``.
        severity: ``mild`` or ``severe``.
        side: whether the value lies below or above the limit, or the picture is ``blank``.
        value: of the measure; None for a blank picture.
        limit: that the value lies beyond, in the same unit.
    """

    measure: str
    severity: Severity
    side: Side
    value: float | None = None
    limit: float | None = None


def ranges_from(measures: "Sequence[QualityMeasures]") -> QualityRanges:
    """Limits from the training pictures of a model.

    Args:
        measures: of the training pictures, at least one.

    Raises:
        ValueError: without any picture.
    """
    if not measures:
        raise ValueError("no picture was measured")
    return QualityRanges(
        pictures=len(measures),
        on_black=sum(one.on_black for one in measures) * 2 > len(measures),
        by_measure={
            name: _range([float(getattr(one, name)) for one in measures], judged)
            for name, judged in JUDGED.items()
        },
    )


def judge_quality(measures: "QualityMeasures", ranges: QualityRanges) -> tuple[QualityFinding, ...]:
    """Remarks on one picture, the severe ones first.

    Args:
        measures: of the picture.
        ranges: of the model that is to read it.

    Returns:
        No remark for a picture like those that the model was trained on. Of a blank picture only
        that and its size are told, for nothing else that was measured on it means anything.
    """
    if measures.is_blank:
        blank = QualityFinding("contrast", "severe", "blank")
        return (blank, *_judge("short_side_px", measures, ranges))
    found = [finding for name in JUDGED for finding in _judge(name, measures, ranges)]
    found.sort(key=lambda one: one.severity == "mild")
    told_already = [one for one in found if one.measure in SHARPNESS][1:]
    if any(one.measure == "short_side_px" for one in found):
        told_already += [one for one in found if one.measure == "noise"]
    return tuple(one for one in found if one not in told_already)


def _range(values: Sequence[float], judged: _Judged) -> Range:
    scale = np.log(np.maximum(values, LEAST_VALUE)) if judged.relative else np.asarray(values)
    far_low, low, middle, high, far_high = np.percentile(
        scale, (FAR_LOW_PERCENTILE, LOW_PERCENTILE, 50, HIGH_PERCENTILE, FAR_HIGH_PERCENTILE)
    ).tolist()
    step = judged.step
    mild_low, mild_high = low - step, high + step
    severe_low = min(far_low, mild_low - max(step, (middle - low) / 2))
    severe_high = max(far_high, mild_high + max(step, (high - middle) / 2))
    limits = [severe_low, mild_low, mild_high, severe_high]
    if judged.relative:
        limits = [math.exp(limit) for limit in limits]
    return Range(
        severe_low=limits[0] if judged.low else None,
        mild_low=limits[1] if judged.low else None,
        mild_high=limits[2] if judged.high else None,
        severe_high=limits[3] if judged.high else None,
    )


def _judge(name: str, measures: "QualityMeasures", ranges: QualityRanges) -> list[QualityFinding]:
    judged, limits = JUDGED[name], ranges.by_measure.get(name)
    value = float(getattr(measures, name))
    if limits is None:
        return []
    if judged.low and limits.mild_low is not None and value < limits.mild_low:
        far = limits.severe_low is not None and value < limits.severe_low
        limit = limits.severe_low if far else limits.mild_low
        return [QualityFinding(name, "severe" if far else "mild", "low", value, limit)]
    if judged.high and limits.mild_high is not None and value > limits.mild_high:
        far = limits.severe_high is not None and value > limits.severe_high
        limit = limits.severe_high if far else limits.mild_high
        return [QualityFinding(name, "severe" if far else "mild", "high", value, limit)]
    return []
