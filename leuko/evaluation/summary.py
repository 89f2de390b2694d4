"""Everything that the pages show about one model, computed from its held-out predictions."""

from dataclasses import dataclass

from leuko.evaluation.count_metrics import TestSample
from leuko.evaluation.counts import Cells, Outcomes
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.score_metrics import Scores
from leuko.labels import ClassSet
from leuko.statistics.estimate import Estimate, supported_digits
from leuko.statistics.intervals import RESAMPLES


@dataclass(frozen=True)
class BinaryMetrics:
    """Clinical binary: any malignant class against benign.

    Attributes:
        accuracy, sensitivity, specificity, precision, f1: as decided by the threshold.
        auroc, average_precision: how P(malignant) ranks images, at all thresholds at once.
        brier, ece: how near P(malignant) comes to the truth; 0 is the best.
    """

    accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate
    precision: Estimate
    f1: Estimate
    auroc: Estimate
    average_precision: Estimate
    brier: Estimate
    ece: Estimate


@dataclass(frozen=True)
class ClassMetrics:
    """One class against all others, decided by the suggested class.

    Attributes:
        name: the class.
        n: test images that truly belong to it.
        n_groups: groups that hold any of them.
    """

    name: str
    n: int
    n_groups: int
    sensitivity: Estimate
    specificity: Estimate
    precision: Estimate
    f1: Estimate
    auroc: Estimate


@dataclass(frozen=True)
class OverallMetrics:
    """All classes at once, decided by the suggested class.

    Attributes:
        accuracy: share of images given their true class.
        balanced_accuracy: macro recall, the unweighted mean of the classes' sensitivities.
        macro_precision, macro_f1: unweighted means over the classes.
    """

    accuracy: Estimate
    balanced_accuracy: Estimate
    macro_precision: Estimate
    macro_f1: Estimate

    @property
    def macro_recall(self) -> Estimate:
        """Another name of balanced accuracy."""
        return self.balanced_accuracy


@dataclass(frozen=True)
class Summary:
    """Figures of one model on its test images, each with a 95 % interval.

    Attributes:
        classes: the classes and which of them are malignant.
        threshold: P(malignant) at or above which an image counts as suggested malignant.
        n, n_groups: test images, and groups they belong to.
        has_groups: whether intervals are resampled by group.
        confusion: counts of images, rows the true class, columns the suggested one.
        true_positives, false_negatives, false_positives, true_negatives: clinical binary.
        binary, overall, per_class: the metrics.
        resamples, seed: of the bootstrap.
    """

    classes: ClassSet
    threshold: float
    n: int
    n_groups: int
    has_groups: bool
    confusion: tuple[tuple[int, ...], ...]
    true_positives: int
    false_negatives: int
    false_positives: int
    true_negatives: int
    binary: BinaryMetrics
    overall: OverallMetrics
    per_class: tuple[ClassMetrics, ...]
    resamples: int
    seed: int

    @property
    def units(self) -> int:
        """Independent units: groups where groups exist, else images."""
        return self.n_groups if self.has_groups else self.n

    @property
    def digits(self) -> int:
        """Decimals that this test set supports."""
        return supported_digits(self.units)


def summarise(
    predictions: Predictions,
    threshold: float = 0.5,
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> Summary:
    """Compute all figures of one model.

    Intervals are percentile bootstraps over groups where some group has several images (for the
    calibration error, symmetric ones). Where every image stands alone, proportions get Wilson's
    interval, AUROC DeLong's, and all others a bootstrap over images. Where the data show no
    variance at all, Wilson's (or, for AUROC, Newcombe's) interval with one trial a unit stands in
    for a point. Above ``EXACT_IMAGES`` images the bootstrap draws random blocks of units and ranks
    by levels of scores (:mod:`leuko.statistics.large_samples`), so that a million images take
    seconds; the values themselves are exact at any size.

    Args:
        predictions: checked held-out predictions.
        threshold: P(malignant) at or above which an image counts as suggested malignant.
        seed: of the bootstrap.
        resamples: of the bootstrap.

    Raises:
        ValueError: unless the threshold lies in [0, 1].
    """
    if not 0 <= threshold <= 1:
        raise ValueError(f"a threshold lies between 0 and 1, found {threshold}")
    sample = TestSample(predictions, threshold, seed, resamples)
    scores = Scores(predictions, seed, resamples)
    confusion = sample.total.confusion.astype(int)
    table = sample.total.binary()
    return Summary(
        classes=predictions.classes,
        threshold=threshold,
        n=predictions.n,
        n_groups=predictions.n_groups,
        has_groups=predictions.has_groups,
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        true_positives=int(table.true_positives),
        false_negatives=int(table.false_negatives),
        false_positives=int(table.false_positives),
        true_negatives=int(table.true_negatives),
        binary=_binary(sample, scores),
        overall=_overall(sample),
        per_class=tuple(
            _one_class(sample, scores, position)
            for position in range(len(predictions.classes.names))
        ),
        resamples=resamples,
        seed=seed,
    )


@dataclass(frozen=True)
class Headline:
    """The few figures that stand beside a suggestion; see :class:`Summary` for the others."""

    n: int
    digits: int
    accuracy: Estimate
    balanced_accuracy: Estimate
    sensitivity: Estimate
    specificity: Estimate


def headline(
    predictions: Predictions, threshold: float = 0.5, seed: int = 0, resamples: int = RESAMPLES
) -> Headline:
    """As :func:`summarise`, and equal to it, but only what stands beside a suggestion.

    Needs neither scikit-learn nor pandas, so that a page can show it at once.
    """
    sample = TestSample(predictions, threshold, seed, resamples)
    units = predictions.n_groups if predictions.has_groups else predictions.n
    return Headline(
        n=predictions.n,
        digits=supported_digits(units),
        accuracy=sample.right_class(),
        balanced_accuracy=sample.mean_over_classes(Outcomes.sensitivity),
        sensitivity=sample.share(Cells.binary, Outcomes.sensitivity),
        specificity=sample.share(Cells.binary, Outcomes.specificity),
    )


def _binary(sample: TestSample, scores: Scores) -> BinaryMetrics:
    return BinaryMetrics(
        accuracy=sample.share(Cells.binary, Outcomes.accuracy),
        sensitivity=sample.share(Cells.binary, Outcomes.sensitivity),
        specificity=sample.share(Cells.binary, Outcomes.specificity),
        precision=sample.share(Cells.binary, Outcomes.precision),
        f1=sample.share(Cells.binary, Outcomes.f1),
        auroc=scores.auroc(),
        average_precision=scores.average_precision(),
        brier=scores.brier(),
        ece=scores.ece(),
    )


def _overall(sample: TestSample) -> OverallMetrics:
    return OverallMetrics(
        accuracy=sample.right_class(),
        balanced_accuracy=sample.mean_over_classes(Outcomes.sensitivity),
        macro_precision=sample.mean_over_classes(Outcomes.precision),
        macro_f1=sample.mean_over_classes(Outcomes.f1),
    )


def _one_class(sample: TestSample, scores: Scores, position: int) -> ClassMetrics:
    def select(cells: Cells) -> Outcomes:
        return cells.one_versus_rest(position)

    return ClassMetrics(
        name=sample.predictions.classes.names[position],
        n=int(select(sample.total).cases),
        n_groups=sample.units(select, Outcomes.sensitivity),
        sensitivity=sample.share(select, Outcomes.sensitivity),
        specificity=sample.share(select, Outcomes.specificity),
        precision=sample.share(select, Outcomes.precision),
        f1=sample.share(select, Outcomes.f1),
        auroc=scores.auroc(position),
    )
