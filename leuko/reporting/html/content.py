"""What a report of one model is made from, read from the model's folder."""

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.errors import ExplainReportError, PredictionsError
from leuko.evaluation.cells.left_out import LeftOutFigures
from leuko.evaluation.cells.pooled import PooledFigures
from leuko.evaluation.cells.stored import left_out_of, pooled_of
from leuko.evaluation.predictions import Predictions, read_predictions
from leuko.evaluation.summary import Summary, summarise
from leuko.evaluation.training_history import read_history
from leuko.models.card import ModelCard
from leuko.models.heatmap_report import ExplainReport
from leuko.models.store import InstalledModel
from leuko.reporting.charts.palette import ModelStyle

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class ReportContent:
    """What a report is made from.

    Attributes:
        card: of the model.
        style: how its charts are drawn.
        predictions: on its test images, or None.
        summary: figures computed from them, or None.
        problem: why there are none; empty when there are.
        history: of its training, or None.
        history_problem: why there is none; empty when there is one.
        heatmaps: how far its heatmaps can be trusted, or None.
        heatmaps_problem: why nothing is known of that; empty when nobody has measured it.
        left_out: of a cell model, its figures in laboratories left out, or None.
        left_out_problem: why there are none; empty when there are, and for other models.
        pooled: of a cell model, its figures on held-out cells, or None.
    """

    card: ModelCard
    style: ModelStyle
    predictions: Predictions | None
    summary: Summary | None
    problem: str
    history: "pd.DataFrame | None"
    history_problem: str
    heatmaps: ExplainReport | None = None
    heatmaps_problem: str = ""
    left_out: LeftOutFigures | None = None
    left_out_problem: str = ""
    pooled: PooledFigures | None = None


def report_content(
    model: InstalledModel, style: ModelStyle, summary: Summary | None = None
) -> ReportContent:
    """Read what a report needs from the folder of a model.

    Args:
        model: the model.
        style: how its charts are drawn.
        summary: its figures where they were computed before, at the threshold of its card.

    Returns:
        The content; a missing or broken table is a sentence in it, no error.
    """
    card, predictions, history, heatmaps = model.card, None, None, None
    problem = history_problem = heatmaps_problem = ""
    try:
        predictions = read_predictions(model.predictions_path, card.class_set)
        summary = summary or summarise(predictions, card.decision_threshold)
    except PredictionsError as error:
        summary, problem = None, str(error)
    try:
        history = read_history(model.history_path)
    except PredictionsError as error:
        history_problem = str(error)
    try:
        heatmaps = model.explain_report()
    except ExplainReportError as error:
        heatmaps_problem = str(error)
    left_out, pooled, left_out_problem = _of_cells(model)
    return ReportContent(
        card, style, predictions, summary, problem, history, history_problem, heatmaps,
        heatmaps_problem, left_out, left_out_problem, pooled,
    )  # fmt: skip


def _of_cells(
    model: InstalledModel,
) -> tuple[LeftOutFigures | None, PooledFigures | None, str]:
    """What only a model that reads cells has, and why a part of it is missing."""
    left_out, pooled, problem = None, None, ""
    if model.card.reads_cells:
        try:
            left_out = left_out_of(model)
        except PredictionsError as error:
            problem = str(error)
        with contextlib.suppress(PredictionsError):  # told where the other figures would stand
            pooled = pooled_of(model)
    return left_out, pooled, problem
