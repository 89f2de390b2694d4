"""All that the charts of one model are drawn from, computed in one go."""

from dataclasses import dataclass

from leuko.evaluation.by_group import GroupResult, results_by_group
from leuko.evaluation.curves.bands import Band, precision_recall_band, roc_band
from leuko.evaluation.curves.precision_recall import PrecisionRecallCurve, precision_recall_curve
from leuko.evaluation.curves.reliability import (
    Reliability,
    ScoreHistogram,
    reliability,
    score_histogram,
)
from leuko.evaluation.curves.roc import RocCurve, roc_curve
from leuko.evaluation.predictions import Predictions


@dataclass(frozen=True, eq=False)
class ModelCurves:
    """Curves, bins and groups of one model on its test images.

    Attributes:
        roc, precision_recall: None when the test images are all malignant or all benign.
        roc_band, precision_recall_band: None when too few groups hold one side.
        reliability: stated against observed probability.
        scores: images by class and P(malignant).
        groups: the worst first; empty where every image stands alone.
    """

    roc: RocCurve | None
    roc_band: Band | None
    precision_recall: PrecisionRecallCurve | None
    precision_recall_band: Band | None
    reliability: Reliability
    scores: ScoreHistogram
    groups: tuple[GroupResult, ...]


def model_curves(predictions: Predictions, threshold: float) -> ModelCurves:
    """Compute them at a decision threshold.

    Args:
        predictions: checked predictions.
        threshold: P(malignant) at or above which the model suggests malignant.
    """
    return ModelCurves(
        roc=roc_curve(predictions, threshold),
        roc_band=roc_band(predictions),
        precision_recall=precision_recall_curve(predictions, threshold),
        precision_recall_band=precision_recall_band(predictions),
        reliability=reliability(predictions),
        scores=score_histogram(predictions),
        groups=results_by_group(predictions, threshold) if predictions.has_groups else (),
    )
