"""Figures of an installed cell model, from the tables in its folder; kept once computed."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from leuko.errors import PredictionsError
from leuko.evaluation.cells.left_out import (
    LEFT_OUT_FILE,
    LeftOutFigures,
    left_out_figures,
    read_left_out,
)
from leuko.evaluation.cells.pooled import PooledFigures, pooled_figures
from leuko.evaluation.cells.table import read_cell_predictions
from leuko.evaluation.summary_cache import keep_figures, kept_figures
from leuko.models.bounded_read import LARGEST_TABLE_BYTES, open_bounded
from leuko.models.card import ModelCard
from leuko.models.store import InstalledModel

FIGURES_VERSION = 1
"""Raise it whenever figures of the same table would come out different or have other fields."""

NO_TABLE = (
    "Nobody has measured this model on a laboratory that it never saw: train it again with the "
    "laboratories left out in turn."
)
Figures = TypeVar("Figures")


def left_out_of(model: InstalledModel) -> LeftOutFigures:
    """What the model is worth in a laboratory that it never saw.

    Args:
        model: one that reads cells.

    Raises:
        PredictionsError: when nobody has measured it, or the table is not in order.
    """
    path, card = model.folder / LEFT_OUT_FILE, model.card
    if not path.is_file():
        raise PredictionsError(NO_TABLE)
    return _kept(
        path,
        card,
        LeftOutFigures,
        lambda: left_out_figures(
            read_left_out(model.folder, card.class_set), card.decision_threshold
        ),
    )


def pooled_of(model: InstalledModel) -> PooledFigures:
    """What the model is worth on held-out cells of the laboratories that it knows.

    Args:
        model: one that reads cells.

    Raises:
        PredictionsError: when its table of predictions is missing or not in order.
    """
    path, card = model.predictions_path, model.card
    return _kept(
        path,
        card,
        PooledFigures,
        lambda: pooled_figures(
            read_cell_predictions(path, card.class_set, needs_laboratory=False),
            card.decision_threshold,
        ),
    )


def content_sha256(path: Path) -> str:
    """Hash of a table, in hex.

    Raises:
        PredictionsError: when it cannot be read.
    """
    try:
        with open_bounded(path, LARGEST_TABLE_BYTES) as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as problem:
        raise PredictionsError(
            f"{path.parent.name}/{path.name} cannot be read: check the rights of the file. "
            f"({problem.strerror or problem})"
        ) from problem


def _kept(
    path: Path, card: ModelCard, kind: type[Figures], compute: Callable[[], Figures]
) -> Figures:
    """From disk, else computed and kept there."""
    parts = [
        FIGURES_VERSION,
        kind.__name__,
        content_sha256(path),
        list(card.classes),
        sorted(card.malignant),
        card.decision_threshold,
    ]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    found = kept_figures(key, kind)
    if found is None:
        found = compute()
        keep_figures(key, found)
    return found
