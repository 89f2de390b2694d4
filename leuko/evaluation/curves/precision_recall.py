"""The precision-recall curve."""

from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats
from leuko.evaluation.curves.roc import average_precision
from leuko.evaluation.predictions import Predictions
from leuko.statistics.large_samples import curve_points


@dataclass(frozen=True, eq=False)
class PrecisionRecallCurve:
    """Precision of malignant suggestions against the share of malignant images found.

    Attributes:
        recalls: ascending, (p,).
        precisions: at the same thresholds, (p,); the first is 1 by convention.
        thresholds: P(malignant) at or above which an image counts as positive, descending, (p,);
            the first is infinite: nothing is positive.
        average_precision: area under the curve, by steps.
        share_malignant: of the test images; the precision of a model that guesses.
        operating_point: (recall, precision) at the decision threshold; None where the model
            suggests malignant for no image.
        threshold: the decision threshold.
    """

    recalls: Floats
    precisions: Floats
    thresholds: Floats
    average_precision: float
    share_malignant: float
    operating_point: tuple[float, float] | None
    threshold: float


def precision_recall_curve(
    predictions: Predictions, threshold: float
) -> PrecisionRecallCurve | None:
    """Precision-recall curve of the clinical binary with its operating point, by 2,000 points.

    Args:
        predictions: checked predictions.
        threshold: P(malignant) at or above which the model suggests malignant.

    Returns:
        The curve, or None when the test images are all malignant or all benign.

    Source: scikit-learn's ``precision_recall_curve``.
    """
    positive, scores = predictions.is_malignant, predictions.malignant_probability
    area = average_precision(positive, scores)
    if area is None:
        return None
    from sklearn.metrics import precision_recall_curve as sklearn_curve

    precisions, recalls, thresholds = sklearn_curve(positive, scores, drop_intermediate=True)
    suggested = scores >= threshold
    point = None
    if suggested.any():
        point = (float(suggested[positive].mean()), float(positive[suggested].mean()))
    drawn = curve_points(recalls[::-1], precisions[::-1])
    return PrecisionRecallCurve(
        recalls=np.asarray(recalls[::-1][drawn], dtype=np.float64),
        precisions=np.asarray(precisions[::-1][drawn], dtype=np.float64),
        thresholds=np.append(np.inf, thresholds[::-1])[drawn].astype(np.float64),
        average_precision=area,
        share_malignant=float(positive.mean()),
        operating_point=point,
        threshold=threshold,
    )
