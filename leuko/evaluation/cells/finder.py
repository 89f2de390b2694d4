"""Measured figures of the finder of leukocytes: the file that ``leuko measure-cells`` writes."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, ValidationError, model_validator

from leuko.errors import PredictionsError
from leuko.evaluation.cells.counts import FieldCount
from leuko.imaging.filenames import display_name
from leuko.models.bounded_read import read_json
from leuko.models.records import Count, Fraction, Positive, Strict, Total, replace_file
from leuko.statistics.estimate import Estimate

FIGURES_FILE: Final = Path(__file__).parent / "finder_figures.json"
"""Comes with the package, for the finder is part of the product and of no model."""
FIGURES_VERSION: Final = 1
LARGEST_BYTES: Final = 4_000_000
MOST_ROWS: Final = 20_000
LONGEST_CAUSE: Final = 200
REMEDY = "make it again with 'python -m leuko measure-cells'"

Name = Annotated[str, Field(min_length=1, max_length=200)]


class Interval(Strict):
    """A figure in [0, 1] with its 95 % interval.

    Attributes:
        value: the figure.
        low, high: limits; both None where there is no interval.
        units: pictures, or groups of them, that were resampled.
    """

    value: Fraction
    low: Fraction | None = None
    high: Fraction | None = None
    units: Count

    @model_validator(mode="after")
    def _limits_come_in_pairs_and_in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both of its limits")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the lower limit of an interval lies above the upper one")
        return self

    def estimate(self) -> Estimate:
        """The figure as pages show it."""
        reason = "" if self.low is not None else f"{self.units} pictures"
        method = "bootstrap over pictures" if self.low is not None else ""
        return Estimate(self.value, self.low, self.high, method, reason, self.units)


class Detection(Strict):
    """Leukocytes of one collection that were found.

    Attributes:
        set: name of the collection.
        pictures: looked at.
        iou: overlap (intersection over union) from which a found cell is the marked one.
        true, found, hits: cells marked, cells found, and found cells that are marked ones.
        precision, recall, f1: hits by found, hits by true, and their harmonic mean.
        left_out: whether nothing of this collection was used to make or tune the finder.
    """

    set: Name
    pictures: Total
    iou: Fraction
    true: Count
    found: Count
    hits: Count
    precision: Interval
    recall: Interval
    f1: Interval
    left_out: bool

    @model_validator(mode="after")
    def _hits_are_among_both(self) -> Self:
        if self.hits > min(self.true, self.found):
            raise ValueError("there are more hits than cells marked or found")
        return self


class Overlap(Strict):
    """Agreement of outlines with masks that a person drew, of one laboratory.

    Attributes:
        laboratory: whose slides.
        part: ``cell`` is nucleus and cytoplasm together.
        pictures: with a mask.
        dice: mean Dice coefficient.
        left_out: whether the finder measured here was made without this laboratory.
    """

    laboratory: Name
    part: Literal["cell", "nucleus"]
    pictures: Total
    dice: Interval
    left_out: bool


class CountedField(Strict):
    """Cells of one field; see :class:`leuko.evaluation.cells.counts.FieldCount`."""

    set: Name
    picture: Name
    true: Count
    found: Count
    left_out: bool


class FinderFigures(Strict):
    """Everything measured on the finder, as stored in ``finder_figures.json``.

    Attributes:
        figures_version: layout of this file; a newer one than ours is refused.
        made: date, ISO 8601.
        detections: one a collection with boxes.
        overlaps: one a laboratory with masks, part, and way of use.
        fields: one a field whose cells were counted by a person.
        milliseconds_a_megapixel: median time to find the cells; None where nobody measured.
        device: on which the time was measured; empty where nobody measured.
    """

    figures_version: Literal[1] = 1
    made: str
    detections: Annotated[tuple[Detection, ...], Field(max_length=MOST_ROWS)] = ()
    overlaps: Annotated[tuple[Overlap, ...], Field(max_length=MOST_ROWS)] = ()
    fields: Annotated[tuple[CountedField, ...], Field(max_length=MOST_ROWS)] = ()
    milliseconds_a_megapixel: Positive | None = None
    device: str = ""

    @property
    def counts(self) -> list[FieldCount]:
        """Found and true numbers of cells, field by field."""
        return [
            FieldCount(one.set, one.picture, one.true, one.found, one.left_out)
            for one in self.fields
        ]


def read_finder_figures(path: Path = FIGURES_FILE) -> FinderFigures | None:
    """Read and check the figures of the finder.

    Args:
        path: of the file; by default the one that comes with the package.

    Returns:
        None where nobody has measured.

    Raises:
        PredictionsError: when the file cannot be read, is newer than this version or breaks a
            rule; the message says how to make it again.
    """
    try:
        raw = read_json(path, LARGEST_BYTES)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as problem:
        reason = display_name(str(getattr(problem, "strerror", None) or problem), LONGEST_CAUSE)
        raise PredictionsError(f"{path.name} cannot be read ({reason}): {REMEDY}.") from problem
    version = raw.get("figures_version") if isinstance(raw, Mapping) else None
    if isinstance(version, int) and version > FIGURES_VERSION:
        raise PredictionsError(
            f"{path.name} is of version {version}, this leuko reads up to version "
            f"{FIGURES_VERSION}: install a newer leuko."
        )
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


def write_finder_figures(figures: FinderFigures, path: Path = FIGURES_FILE) -> None:
    """Write the figures, whole or not at all.

    Raises:
        OSError: when the file cannot be written.
    """
    text = json.dumps(figures.model_dump(mode="json"), indent=1, ensure_ascii=False)
    replace_file(path, f"{text}\n".encode())
