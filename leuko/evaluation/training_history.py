"""The training history of one model: one row an epoch."""

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from leuko.errors import PredictionsError
from leuko.imaging.filenames import display_name
from leuko.models.bounded_read import LARGEST_HISTORY_BYTES, read_bounded

if TYPE_CHECKING:
    import pandas as pd

HISTORY_COLUMNS = (
    "epoch",
    "train_loss",
    "validation_loss",
    "train_accuracy",
    "validation_accuracy",
    "learning_rate",
)


def read_history(path: Path) -> "pd.DataFrame":
    """Read a training history.

    Args:
        path: CSV with the column ``epoch`` (from 1) and any of ``HISTORY_COLUMNS``; others are
            ignored.

    Returns:
        The known columns that are present, as numbers, by epoch; NaN where a cell is empty.

    Raises:
        PredictionsError: when the file is missing, no CSV, without epochs, or holds a word where
            a number belongs.
    """
    import pandas as pd

    where = f"{path.parent.name}/{path.name}"
    try:
        frame = pd.read_csv(BytesIO(read_bounded(path, LARGEST_HISTORY_BYTES)))
    except FileNotFoundError:
        raise PredictionsError(
            f"{where} is missing: the curves appear once the model is trained again."
        ) from None
    except (OSError, ValueError) as problem:
        reason = display_name(str(getattr(problem, "strerror", None) or problem), 200)
        raise PredictionsError(
            f"{where} cannot be read as a CSV table: copy it again. ({reason})"
        ) from problem
    if "epoch" not in frame.columns or frame.empty:
        raise PredictionsError(f"{where} holds no epochs: copy it again or train the model again.")
    known = frame[[column for column in HISTORY_COLUMNS if column in frame.columns]]
    try:
        numbers = known.astype(float).sort_values("epoch", ignore_index=True)
    except (ValueError, OverflowError) as problem:
        reason = display_name(str(problem))
        raise PredictionsError(
            f"{where} holds something that is no number: copy it again. ({reason})"
        ) from problem
    if not np.isfinite(numbers["epoch"]).all() or np.isinf(numbers).any(axis=None):
        raise PredictionsError(
            f"{where} holds something that is no number (an epoch or an infinite value): copy it "
            "again."
        )
    return numbers
