"""Figures of the cell finder as they are stored beside it; made by ``measure-cells``."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict

from leuko.arrays import Floats
from leuko.statistics.intervals import bootstrap_interval

FIGURES_FILE: Final = Path(__file__).with_name("figures.json")


class _Stored(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldCount(_Stored):
    """Leukocytes of one picture.

    Attributes:
        set: data set, and the source within it.
        picture: name of the file.
        left_out: whether the network was trained without pictures of this laboratory.
        true: number of boxes.
        found: number of cells found.
        matched: of these, how many overlap a true box of their own by half at least.
    """

    set: str
    picture: str
    left_out: bool
    true: int
    found: int
    matched: int


class Detection(_Stored):
    """How many of the leukocytes in boxes were found.

    Attributes:
        set, left_out: as in :class:`FieldCount`.
        pictures, true, found, matched: sums.
        recall, precision, f1: in [0, 1]; None where there is nothing to divide by.
        f1_low, f1_high: 95 % interval, pictures resampled; None where there is none.
    """

    set: str
    left_out: bool
    pictures: int
    true: int
    found: int
    matched: int
    recall: float | None
    precision: float | None
    f1: float | None
    f1_low: float | None
    f1_high: float | None


class MaskDice(_Stored):
    """Dice coefficients against hand-drawn masks of one laboratory.

    Attributes:
        laboratory: by name.
        left_out: whether the network was trained without it.
        region: ``whole cell`` or ``nucleus``.
        pictures: how many; one in which no cell was found counts with 0.
        mean, low, high: with a 95 % interval, pictures resampled.
        median, fifth_percentile, worst: of the pictures.
    """

    laboratory: str
    left_out: bool
    region: str
    pictures: int
    mean: float
    low: float | None
    high: float | None
    median: float
    fifth_percentile: float
    worst: float


class Speed(_Stored):
    """What the search costs.

    Attributes:
        set: data set.
        width_px, height_px: of a usual picture.
        pictures: how many were timed.
        milliseconds: of processor time a picture, all threads together, median.
        milliseconds_per_megapixel: of all pictures together.
        threads: of OpenCV.
    """

    set: str
    width_px: int
    height_px: int
    pictures: int
    milliseconds: float
    milliseconds_per_megapixel: float
    threads: int


class TwinRecord(_Stored):
    """A network that was trained without a laboratory, to measure on that.

    Attributes:
        without: the laboratory.
        sha256: of its file.
        laboratories: what it was trained on.
        steps: of the training.
    """

    without: str
    sha256: str
    laboratories: tuple[str, ...]
    steps: int


class FinderFigures(_Stored):
    """All figures of the finder.

    Attributes:
        sha256: of the network that was measured; figures of another are stale.
        twins: networks that the figures of what was left out come from.
        detection: by set.
        counts: picture by picture, what ``detection`` sums up.
        dice: by laboratory.
        speed: by set.
    """

    sha256: str
    twins: tuple[TwinRecord, ...]
    detection: tuple[Detection, ...]
    counts: tuple[FieldCount, ...]
    dice: tuple[MaskDice, ...]
    speed: tuple[Speed, ...]


def summarise(counts: Sequence[FieldCount]) -> list[Detection]:
    """Sums of each set and of whether it was left out, in the order in which they come."""
    kinds = dict.fromkeys((one.set, one.left_out) for one in counts)
    return [
        _detection([one for one in counts if (one.set, one.left_out) == kind]) for kind in kinds
    ]


def _detection(counts: Sequence[FieldCount]) -> Detection:
    sums = np.array([(one.true, one.found, one.matched) for one in counts], np.float64)
    true, found, matched = (int(total) for total in sums.sum(axis=0))
    interval = bootstrap_interval(sums, _f1)
    low, high = interval if interval is not None else (None, None)
    return Detection(
        set=counts[0].set,
        left_out=counts[0].left_out,
        pictures=len(counts),
        true=true,
        found=found,
        matched=matched,
        recall=matched / true if true else None,
        precision=matched / found if found else None,
        f1=2 * matched / (true + found) if true + found else None,
        f1_low=low,
        f1_high=high,
    )


def _f1(sums: Floats) -> Floats:
    """F1 of sums (R, 3) of true, found and matched; NaN where there is nothing."""
    both = sums[:, 0] + sums[:, 1]
    return np.asarray(np.where(both > 0, 2 * sums[:, 2] / np.maximum(both, 1), np.nan))


@cache
def read_figures(path: Path = FIGURES_FILE) -> FinderFigures | None:
    """Stored figures; None where none are stored.

    Raises:
        ValidationError: when the file is not as written.
    """
    if not path.is_file():
        return None
    return FinderFigures.model_validate_json(path.read_bytes())
