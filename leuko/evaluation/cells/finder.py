"""The measured figures of the finder of leukocytes, read for the pages."""

from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from leuko.errors import PredictionsError
from leuko.evaluation.finder.figures import FIGURES_FILE, FinderFigures, MaskDice
from leuko.imaging.filenames import display_name
from leuko.models.bounded_read import read_json
from leuko.statistics.estimate import Estimate, IntervalMethod

LARGEST_BYTES: Final = 4_000_000
LONGEST_CAUSE: Final = 200
REMEDY = "make it again with 'python -m leuko measure-cells'"


def dice_estimate(found: MaskDice) -> Estimate:
    """Mean Dice coefficient of a laboratory as pages show it."""
    if found.low is None or found.high is None:
        return Estimate(found.mean, reason=f"pictures: {found.pictures}", units=found.pictures)
    return Estimate(
        found.mean,
        found.low,
        found.high,
        "bootstrap over pictures",
        units=found.pictures,
        interval=IntervalMethod.BOOTSTRAP,
    )


def read_finder_figures(path: Path | None = None) -> FinderFigures | None:
    """Read and check the figures of the finder.

    Args:
        path: of the file; None for the one that comes with the package.

    Returns:
        None where nobody has measured.

    Raises:
        PredictionsError: when the file cannot be read or is not as the command writes it; the
            message says how to make it again.
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
