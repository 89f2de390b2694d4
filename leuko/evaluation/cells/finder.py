"""Measured figures of the finder of leukocytes: the file that ``leuko measure-cells`` writes."""

from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from leuko.errors import PredictionsError
from leuko.imaging.filenames import display_name
from leuko.models.bounded_read import read_json
from leuko.models.records import Count, Fraction, Positive, Strict, Total
from leuko.statistics.estimate import Estimate, IntervalMethod

FIGURES_FILE: Final = Path(__file__).parents[1] / "finder" / "figures.json"
"""Comes with the package, for the finder is part of the product and of no model."""
LARGEST_BYTES: Final = 4_000_000
MOST_ROWS: Final = 20_000
LONGEST_CAUSE: Final = 200
REMEDY = "make it again with 'python -m leuko measure-cells'"

Name = Annotated[str, Field(min_length=1, max_length=200)]
Identity = Annotated[str, Field(max_length=80)]


class FieldCount(Strict):
    """Leukocytes of one field.

    Attributes:
        set: collection that the field is from.
        picture: name of the field.
        left_out: whether nothing of this laboratory was used to make the finder.
        true: cells that a person marked.
        found: cells that were found.
        matched: of these, those that overlap a marked one of their own by half at least.
    """

    set: Name
    picture: Name
    left_out: bool
    true: Count
    found: Count
    matched: Count

    @model_validator(mode="after")
    def _matches_are_among_both(self) -> Self:
        if self.matched > min(self.true, self.found):
            raise ValueError("more cells are matched than marked or found")
        return self


class MaskDice(Strict):
    """Agreement of outlines with masks that a person drew, of one laboratory.

    Attributes:
        laboratory: whose slides.
        left_out: whether nothing of this laboratory was used to make the finder.
        region: ``whole cell`` is nucleus and cytoplasm together.
        pictures: with a mask; one in which no cell was found counts with 0.
        mean, low, high: Dice coefficient with its 95 % interval, pictures resampled.
        median, fifth_percentile, worst: of the pictures.
    """

    laboratory: Name
    left_out: bool
    region: Literal["whole cell", "nucleus"]
    pictures: Total
    mean: Fraction
    low: Fraction | None
    high: Fraction | None
    median: Fraction
    fifth_percentile: Fraction
    worst: Fraction

    @model_validator(mode="after")
    def _limits_come_in_pairs_and_in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both of its limits")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the lower limit of an interval lies above the upper one")
        return self

    @property
    def estimate(self) -> Estimate:
        """The mean as pages show it."""
        if self.low is None:
            return Estimate(self.mean, reason=f"{self.pictures} pictures", units=self.pictures)
        method, kind = "bootstrap over pictures", IntervalMethod.BOOTSTRAP
        return Estimate(self.mean, self.low, self.high, method, units=self.pictures, interval=kind)


class Speed(Strict):
    """What the search costs.

    Attributes:
        set: data set.
        width_px, height_px: of a usual picture.
        pictures: how many were timed.
        milliseconds: a picture, median, on ``threads`` processors.
        milliseconds_per_megapixel: of all pictures together.
        threads: processors used.
    """

    set: Name
    width_px: Total
    height_px: Total
    pictures: Total
    milliseconds: Positive
    milliseconds_per_megapixel: Positive
    threads: Total


class FinderFigures(Strict):
    """Everything measured on the finder.

    Attributes:
        sha256: of the network that was measured; empty where there is none.
        detection: sums of ``counts``, which are computed anew here.
        counts: one a field whose cells were marked by a person.
        dice: one a laboratory with masks, region, and way of use.
        speed: one a data set that was timed.
    """

    sha256: Identity = ""
    detection: Annotated[tuple[dict[str, object], ...], Field(max_length=MOST_ROWS)] = ()
    counts: Annotated[tuple[FieldCount, ...], Field(max_length=MOST_ROWS)] = ()
    dice: Annotated[tuple[MaskDice, ...], Field(max_length=MOST_ROWS)] = ()
    speed: Annotated[tuple[Speed, ...], Field(max_length=MOST_ROWS)] = ()


def read_finder_figures(path: Path | None = None) -> FinderFigures | None:
    """Read and check the figures of the finder.

    Args:
        path: of the file; None for the one that comes with the package.

    Returns:
        None where nobody has measured.

    Raises:
        PredictionsError: when the file cannot be read or breaks a rule; the message says how to
            make it again.
    """
    path = FIGURES_FILE if path is None else path
    try:
        raw = read_json(path, LARGEST_BYTES)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as problem:
        reason = display_name(str(getattr(problem, "strerror", None) or problem), LONGEST_CAUSE)
        raise PredictionsError(f"{path.name} cannot be read ({reason}): {REMEDY}.") from problem
    return _checked(raw, path.name)


def _checked(raw: Any, name: str) -> FinderFigures:  # noqa: ANN401  (checked here)
    try:
        return FinderFigures.model_validate(raw)
    except ValidationError as problem:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        where = display_name(place, LONGEST_CAUSE)
        cause = display_name(first["msg"], LONGEST_CAUSE)
        raise PredictionsError(f"{name} is wrong at '{where}' ({cause}): {REMEDY}.") from problem
