"""The receiver operating characteristic and where on it the decision threshold stands."""

from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans, Floats
from leuko.evaluation.predictions import Predictions
from leuko.statistics.large_samples import curve_points


@dataclass(frozen=True, eq=False)
class RocCurve:
    """ROC of P(malignant) against "any malignant class".

    Attributes:
        false_positive_rates: 1 - specificity, ascending, (p,).
        true_positive_rates: sensitivity at the same thresholds, (p,).
        thresholds: P(malignant) at or above which an image counts as positive, descending, (p,);
            the first is infinite: nothing is positive.
        auroc: area under the curve.
        operating_point: (1 - specificity, sensitivity) at the decision threshold.
        threshold: the decision threshold.
    """

    false_positive_rates: Floats
    true_positive_rates: Floats
    thresholds: Floats
    auroc: float
    operating_point: tuple[float, float]
    threshold: float


def area_under_roc(positive: Booleans, scores: Floats) -> float | None:
    """Area under the ROC curve.

    Args:
        positive: bool (n,), truth.
        scores: (n,), higher means more likely positive.

    Returns:
        Value in [0, 1], or None when all images lie on one side.

    Source: scikit-learn's ``roc_auc_score``; ties count one half.
    """
    if positive.all() or not positive.any():
        return None
    from sklearn.metrics import roc_auc_score

    return float(roc_auc_score(positive, scores))


def average_precision(positive: Booleans, scores: Floats) -> float | None:
    """Area under the precision-recall curve by steps.

    Args:
        positive: bool (n,), truth.
        scores: (n,), higher means more likely positive.

    Returns:
        Value in (0, 1], or None when all images lie on one side: without positives there is
        none, and without negatives it is 1 whatever the scores.

    Source: scikit-learn's ``average_precision_score``.
    """
    if positive.all() or not positive.any():
        return None
    from sklearn.metrics import average_precision_score

    return float(average_precision_score(positive, scores))


def roc_curve(predictions: Predictions, threshold: float) -> RocCurve | None:
    """ROC curve of the clinical binary with its operating point, by at most 2,000 points.

    Args:
        predictions: checked predictions.
        threshold: P(malignant) at or above which the model suggests malignant.

    Returns:
        The curve, or None when the test images are all malignant or all benign.

    Source: scikit-learn's ``roc_curve``.
    """
    positive, scores = predictions.is_malignant, predictions.malignant_probability
    area = area_under_roc(positive, scores)
    if area is None:
        return None
    from sklearn.metrics import roc_curve as sklearn_roc_curve

    false_rates, true_rates, thresholds = sklearn_roc_curve(positive, scores)
    suggested = scores >= threshold
    drawn = curve_points(false_rates, true_rates)
    return RocCurve(
        false_positive_rates=np.asarray(false_rates[drawn], dtype=np.float64),
        true_positive_rates=np.asarray(true_rates[drawn], dtype=np.float64),
        thresholds=np.asarray(thresholds[drawn], dtype=np.float64),
        auroc=area,
        operating_point=(float(suggested[~positive].mean()), float(suggested[positive].mean())),
        threshold=threshold,
    )
