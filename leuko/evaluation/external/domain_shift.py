"""The same figures on a laboratory's own pictures, and the drop against a model's test set."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats
from leuko.evaluation.count_metrics import TestSample
from leuko.evaluation.counts import Metric, Outcomes
from leuko.evaluation.curves.roc import RocCurve, roc_curve
from leuko.evaluation.external.test_set import OwnSet
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.summary import Summary, summarise
from leuko.statistics.auroc import bootstrap_auroc
from leuko.statistics.estimate import Estimate
from leuko.statistics.independent_differences import Difference, difference
from leuko.statistics.intervals import RESAMPLES

ACCURACY, SENSITIVITY, SPECIFICITY, AUROC = "Accuracy", "Sensitivity", "Specificity", "AUROC"
ONE_SIDE = "the images are all on one side"
OWN_SEED, TEST_SEED = 0, 1  # different, or equal draws would tie the two sets to each other


@dataclass(frozen=True)
class FigureOnBoth:
    """One figure on the user's pictures and on the model's own test set.

    Attributes:
        name: of the figure.
        own: on the user's pictures.
        test: on the model's test set, or None where it has no held-out results.
        drop: test minus own, so that a fall is positive; None without held-out results.
    """

    name: str
    own: Estimate
    test: Estimate | None
    drop: Difference | None


@dataclass(frozen=True, eq=False)
class OwnEvaluation:
    """Everything that is shown about one model on the user's pictures.

    Attributes:
        own: the pictures and the model's answers.
        summary: figures on them.
        test: figures on the model's own test set, or None.
        curve: ROC on the user's pictures; None when they are all on one side.
        figures: on both sets.
    """

    own: OwnSet
    summary: Summary
    test: Summary | None
    curve: RocCurve | None
    figures: tuple[FigureOnBoth, ...]

    @property
    def digits(self) -> int:
        """Decimals that the smaller of the two sets supports."""
        sets = [self.summary] if self.test is None else [self.summary, self.test]
        return min(each.digits for each in sets)

    def figure(self, name: str) -> FigureOnBoth:
        """The figure of that name.

        Raises:
            StopIteration: when there is none.
        """
        return next(figure for figure in self.figures if figure.name == name)


@dataclass(frozen=True)
class _Figure:
    name: str
    estimate: Callable[[Summary], Estimate]
    resampled: Callable[[TestSample], Floats]
    of_sides: bool = True
    needs_both_sides: bool = False


def _binary(metric: Metric) -> Callable[[TestSample], Floats]:
    return lambda sample: sample.resampled.binary().measured(metric)


def _areas(sample: TestSample) -> Floats:
    one = sample.predictions
    scores, positive = one.malignant_probability[:, None], one.is_malignant[:, None]
    areas = bootstrap_auroc(scores, positive, one.group_indices, sample.resamples, sample.seed)
    return np.asarray(areas[:, 0], dtype=np.float64)


_FIGURES = (
    _Figure(ACCURACY, lambda s: s.binary.accuracy, _binary(Outcomes.accuracy)),
    _Figure(SENSITIVITY, lambda s: s.binary.sensitivity, _binary(Outcomes.sensitivity)),
    _Figure(SPECIFICITY, lambda s: s.binary.specificity, _binary(Outcomes.specificity)),
    _Figure(
        "Precision",
        lambda s: s.binary.precision,
        _binary(Outcomes.precision),
        needs_both_sides=True,
    ),
    _Figure("F1", lambda s: s.binary.f1, _binary(Outcomes.f1), needs_both_sides=True),
    _Figure(AUROC, lambda s: s.binary.auroc, _areas),
    _Figure(
        "Accuracy, all classes",
        lambda s: s.overall.accuracy,
        lambda sample: sample.resampled.right_class().value,
        of_sides=False,
    ),
    _Figure(
        "Balanced accuracy, all classes",
        lambda s: s.overall.balanced_accuracy,
        lambda sample: sample.resampled.mean_over_classes(Outcomes.sensitivity),
        of_sides=False,
    ),
)


def evaluate_own(
    own: OwnSet,
    threshold: float,
    test: Predictions | None = None,
    test_summary: Summary | None = None,
    resamples: int = RESAMPLES,
) -> OwnEvaluation:
    """Figures of one model on a user's pictures, beside those on its own test set.

    Args:
        own: the pictures and the model's answers.
        threshold: the model's decision threshold.
        test: its held-out predictions, or None where there are none.
        test_summary: the figures of ``test``; computed where not given.
        resamples: of the bootstrap.

    Returns:
        The evaluation; its drops are those of two independent samples. Precision and F1 are not
        compared where the user's pictures are all on one side, for there they say nothing.
    """
    summary = summarise(own.predictions, threshold, resamples=resamples)
    if test is not None and test_summary is None:
        test_summary = summarise(test, threshold, resamples=resamples)
    mine = TestSample(own.predictions, threshold, OWN_SEED, resamples)
    theirs = None if test is None else TestSample(test, threshold, TEST_SEED, resamples)
    one_side = len(set(own.predictions.is_malignant.tolist())) == 1
    figures = []
    for figure in _FIGURES:
        if own.sides_only and not figure.of_sides:
            continue
        here = figure.estimate(summary)
        there = None if test_summary is None else figure.estimate(test_summary)
        drop: Difference | None = None
        if theirs is not None and there is not None:
            if one_side and figure.needs_both_sides:
                drop = Difference(None, reason=ONE_SIDE)
            elif here.value is None or there.value is None:
                drop = difference(there, here)
            else:
                drop = difference(there, here, figure.resampled(theirs), figure.resampled(mine))
        figures.append(FigureOnBoth(figure.name, here, there, drop))
    return OwnEvaluation(
        own, summary, test_summary, roc_curve(own.predictions, threshold), tuple(figures)
    )
