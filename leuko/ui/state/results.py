"""Held-out results of the installed models, computed once for each content of a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from leuko.errors import PredictionsError
from leuko.evaluation.cells.left_out import LeftOutFigures
from leuko.evaluation.cells.ranking import ranked_cell_models
from leuko.evaluation.cells.stored import content_sha256
from leuko.evaluation.curves.roc import RocCurve, roc_curve
from leuko.evaluation.predictions import Predictions, read_predictions
from leuko.evaluation.summary import Headline, Summary, headline, summarise
from leuko.evaluation.summary_cache import keep_summary, kept_summary, summary_key
from leuko.evaluation.training_history import read_history
from leuko.labels import ClassSet
from leuko.models.store import InstalledModel, Inventory
from leuko.reporting.charts.palette import ModelStyle, model_styles
from leuko.ui.state.cell_results import load_left_out

if TYPE_CHECKING:
    import pandas as pd

KEPT_RESULTS = 256
KEPT_TABLES = 96

NO_RESULTS = (
    "This model has no held-out results. Evaluate it on its test images, or copy "
    "test_predictions.csv into its folder, and its figures appear here."
)


@dataclass(frozen=True)
class ModelResults:
    """One installed model and what is known of its performance.

    Attributes:
        model: the model.
        style: how it is drawn.
        summary: its figures, or None.
        problem: why there are none, and what to do; empty when there are.
        predictions_sha256: hash of its table of predictions; empty when there is none.
        left_out: of a cell model, its figures in laboratories left out, or None.
    """

    model: InstalledModel
    style: ModelStyle
    summary: Summary | None
    problem: str = ""
    predictions_sha256: str = ""
    left_out: LeftOutFigures | None = None


def load_results(inventory: Inventory) -> list[ModelResults]:
    """Figures of all models; one broken table never hides the other models.

    Models made for use come before those that repeat a published row, cell models before others
    and ranked by laboratories left out, recommended ones first.
    """
    styles = model_styles(model.card for model in inventory.models)
    cells = [model.id for model in ranked_cell_models(inventory.models, load_left_out)]

    def rank(model: InstalledModel) -> tuple[bool, int, bool, str]:
        card = model.card
        place = cells.index(model.id) if card.reads_cells else len(cells)
        return card.study_row is not None, place, not card.recommended, model.id

    ordered = sorted(inventory.models, key=rank)
    return [_load_one(model, styles[model.id]) for model in ordered]


def _load_one(model: InstalledModel, style: ModelStyle) -> ModelResults:
    left_out = _left_out_or_none(model)
    if not model.predictions_path.is_file():
        return ModelResults(model, style, None, NO_RESULTS, left_out=left_out)
    try:
        sha256 = content_sha256(model.predictions_path)
        classes, threshold = model.card.class_set, model.card.decision_threshold
        key = summary_key(sha256, classes, threshold)
        summary = _summary(key, classes, threshold, model.predictions_path)
    except PredictionsError as problem:
        return ModelResults(model, style, None, str(problem), left_out=left_out)
    return ModelResults(model, style, summary, predictions_sha256=sha256, left_out=left_out)


def _left_out_or_none(model: InstalledModel) -> LeftOutFigures | None:
    """Figures of a cell model in laboratories left out; its own view says why there are none."""
    if not model.card.reads_cells:
        return None
    try:
        return load_left_out(model)
    except PredictionsError:
        return None


@st.cache_resource(max_entries=KEPT_RESULTS, show_spinner="Computing figures and intervals …")
def _summary(key: str, _classes: ClassSet, _threshold: float, _path: Path) -> Summary:
    """From this server's memory, else from disk, else computed and kept in both."""
    summary = kept_summary(key)
    if summary is None:
        summary = summarise(read_predictions(_path, _classes), _threshold)
        keep_summary(key, summary)
    return summary


def load_headline(model: InstalledModel, threshold: float | None = None) -> Headline:
    """The figures that stand beside a model's suggestions.

    Args:
        model: the model.
        threshold: at which it suggests; None for its own.

    Raises:
        PredictionsError: when its table of predictions is missing or broken.
    """
    if not model.predictions_path.is_file():
        raise PredictionsError(NO_RESULTS)
    return _headline(
        content_sha256(model.predictions_path),
        model.card.class_set,
        model.card.decision_threshold if threshold is None else threshold,
        model.predictions_path,
    )


@st.cache_data(max_entries=KEPT_RESULTS, show_spinner=False)
def _headline(sha256: str, classes: ClassSet, threshold: float, _path: Path) -> Headline:
    del sha256  # part of the cache key only
    return headline(read_predictions(_path, classes), threshold)


def load_roc(results: ModelResults) -> RocCurve | None:
    """ROC curve of a model that has a summary; None when one side has no test image."""
    card = results.model.card
    return _roc(
        results.predictions_sha256,
        card.class_set,
        card.decision_threshold,
        results.model.predictions_path,
    )


@st.cache_data(max_entries=KEPT_RESULTS, show_spinner=False)
def _roc(sha256: str, classes: ClassSet, threshold: float, _path: Path) -> RocCurve | None:
    del sha256  # part of the cache key only
    return roc_curve(read_predictions(_path, classes), threshold)


def load_predictions(results: ModelResults) -> Predictions:
    """Held-out predictions of a model; shared by all sessions and never to be changed.

    Raises:
        PredictionsError: when its table of predictions is missing or broken.
    """
    model = results.model
    sha256 = results.predictions_sha256 or content_sha256(model.predictions_path)
    return _predictions(sha256, model.card.class_set, model.predictions_path)


def load_validation(model: InstalledModel) -> Predictions | None:
    """Predictions of a model on its validation pictures; None where none are stored.

    Raises:
        PredictionsError: when their table is broken.
    """
    path = model.validation_path
    if not path.is_file():
        return None
    return _predictions(content_sha256(path), model.card.class_set, path)


@st.cache_resource(max_entries=KEPT_TABLES, show_spinner=False)
def _predictions(sha256: str, classes: ClassSet, _path: Path) -> Predictions:
    del sha256  # part of the cache key only
    return read_predictions(_path, classes)


def load_history(model: InstalledModel) -> "pd.DataFrame":
    """Training history of a model.

    Raises:
        PredictionsError: when it is missing or broken.
    """
    if not model.history_path.is_file():
        return read_history(model.history_path)
    return _history(content_sha256(model.history_path), model.history_path)


@st.cache_data(max_entries=KEPT_RESULTS, show_spinner=False)
def _history(sha256: str, _path: Path) -> "pd.DataFrame":
    del sha256  # part of the cache key only
    return read_history(_path)
