"""The same draws of groups for every model: what a paired bootstrap needs."""

from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans, Floats
from leuko.evaluation.comparison.contender import Contender
from leuko.evaluation.curves.roc import area_under_roc
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.units import MOSTLY_UNMEASURABLE, NO_CASES, units_where
from leuko.statistics.cluster_bootstrap import drawn_weights
from leuko.statistics.estimate import IntervalMethod
from leuko.statistics.intervals import RESAMPLES, is_point, percentile_interval
from leuko.statistics.large_samples import LEVELS
from leuko.statistics.paired_intervals import Signed, tango_interval
from leuko.statistics.paired_tests import bootstrap_p
from leuko.statistics.ranking import PairsWon

ACCURACY = "accuracy"
BALANCED_ACCURACY = "balanced_accuracy"
SENSITIVITY = "sensitivity"
SPECIFICITY = "specificity"
AUROC = "auroc"
CLASS_ACCURACY = "class_accuracy"
CLASS_BALANCED_ACCURACY = "class_balanced_accuracy"
BINARY_MEASURES = (ACCURACY, AUROC, SENSITIVITY, SPECIFICITY, BALANCED_ACCURACY)
CLASS_MEASURES = (CLASS_ACCURACY, CLASS_BALANCED_ACCURACY)
MEASURES = BINARY_MEASURES + CLASS_MEASURES
PROPORTIONS = (ACCURACY, SENSITIVITY, SPECIFICITY, CLASS_ACCURACY)
LEAST_UNITS = 5  # four groups give 35 different draws: too few for the outer 5 %
NEVER_DIFFER = "no resample shows a difference"


@dataclass(frozen=True, eq=False)
class Resampled:
    """Measures of one model on its test images and on every draw of their groups.

    Attributes:
        measured: (m,), in the order of ``MEASURES``; NaN where not measurable.
        drawn: (R, m), the same on each draw.
    """

    measured: Floats
    drawn: Floats


def resample(one: Contender, resamples: int = RESAMPLES, seed: int = 0) -> Resampled:
    """Measure one model on draws of whole groups.

    Two models tested on the same images meet the same draws as long as the seed is the same, so
    differences of their values are paired.

    Args:
        one: the model's answers.
        resamples: number of draws R.
        seed: of the random choices.

    Source: cluster bootstrap; Davison and Hinkley (1997), Bootstrap Methods and their
    Application, section 3.8.
    """
    predictions = one.predictions
    positive, scores = predictions.is_malignant, predictions.malignant_probability
    counts = _counts_by_group(one)  # (G, 4 + 2k)
    area = area_under_roc(positive, scores)
    observed = np.array([np.nan if area is None else area])
    units, ranked = predictions.drawn_indices, predictions.ranking_scores(scores)
    area_of, lost = PairsWon(ranked, positive, units), 0.0
    if predictions.is_large:  # what levels of scores cost, added again
        once = np.ones((1, predictions.n_drawn), dtype=np.float32)
        lost = float(observed[0] - area_of(once)[0])
    steps = LEVELS if predictions.is_large else predictions.n
    drawn = [
        _measures(weights.astype(np.float64) @ counts, area_of(weights) + lost)
        for weights in drawn_weights(predictions.n_drawn, steps, resamples, seed)
    ]
    return Resampled(
        _measures(counts.sum(axis=0, keepdims=True), observed)[0], np.concatenate(drawn)
    )


def _counts_by_group(one: Contender) -> Floats:
    """Hits and cases of the malignant side, the benign side, each class; by unit drawn."""
    predictions = one.predictions
    sides = (predictions.is_malignant, ~predictions.is_malignant)
    columns = [column for side in sides for column in (side & one.right_side, side)]
    for position in range(len(predictions.classes.names)):
        members = predictions.label_indices == position
        columns += [members & one.right_class, members]
    units = predictions.drawn_indices
    sums = [np.bincount(units[column], minlength=predictions.n_drawn) for column in columns]
    return np.stack(sums, axis=1).astype(np.float64)


def _measures(counts: Floats, areas: Floats) -> Floats:
    """(R, m) measures from (R, 4 + 2k) counts and (R,) areas."""
    hits, cases = counts[:, ::2], counts[:, 1::2]
    shares = np.full(hits.shape, np.nan)
    np.divide(hits, cases, out=shares, where=cases > 0)
    every = cases[:, 0] + cases[:, 1]
    found = {
        ACCURACY: (hits[:, 0] + hits[:, 1]) / every,
        AUROC: areas,
        SENSITIVITY: shares[:, 0],
        SPECIFICITY: shares[:, 1],
        BALANCED_ACCURACY: shares[:, :2].mean(axis=1),
        CLASS_ACCURACY: hits[:, 2:].sum(axis=1) / every,
        CLASS_BALANCED_ACCURACY: shares[:, 2:].mean(axis=1),
    }
    return np.column_stack([found[name] for name in MEASURES])


def difference(
    first: Contender,
    second: Contender,
    resampled: tuple[Resampled, Resampled],
    measure: str,
) -> Signed:
    """First minus second, with the interval that fits the images.

    Where images are grouped, and for AUROC and balanced accuracies also where they stand alone,
    the interval is a paired percentile bootstrap; a proportion of single images has Tango's score
    interval. Where no group tells the two apart a bootstrap would shrink to a point: a proportion
    then has Tango's interval with each group as one pair, anything else none. Fewer than five
    groups give no interval and no p value.

    Args:
        first: a model.
        second: another that ``why_not_paired`` lets pass.
        resampled: of each, with the same seed and number of draws.
        measure: one of ``MEASURES``.
    """
    column = MEASURES.index(measure)
    value = float(resampled[0].measured[column] - resampled[1].measured[column])
    predictions = first.predictions
    units = min(_units(predictions, members) for members in _sides(predictions, measure))
    if np.isnan(value):
        return Signed(None, reason=NO_CASES)
    if measure in PROPORTIONS and not predictions.has_groups:
        limits = tango_interval(*_unlike(first, second, measure), units)
        by = IntervalMethod.TANGO
        return Signed(value, *limits, method="Tango's score", units=units, interval=by)
    if units < LEAST_UNITS:
        return Signed(value, reason=_words(units, predictions.has_groups), units=units)
    drawn = resampled[0].drawn[:, column] - resampled[1].drawn[:, column]
    interval = percentile_interval(drawn)
    p = bootstrap_p(drawn)
    if interval is None:
        return Signed(value, reason=MOSTLY_UNMEASURABLE, units=units)
    if is_point(interval):
        return _without_spread(value, measure in PROPORTIONS, units, p)
    blocks = f"{predictions.n_drawn:,} random blocks of "
    over = blocks if predictions.n_drawn < predictions.n_groups else ""
    method = f"bootstrap over {over}{_words(predictions.n_groups, predictions.has_groups)}"
    by = IntervalMethod.BOOTSTRAP
    return Signed(value, *interval, method=method, units=units, p=p, interval=by)


def _words(units: int, grouped: bool) -> str:
    return f"{units:,} {'group' if grouped else 'image'}{'' if units == 1 else 's'}"


def _without_spread(value: float, is_proportion: bool, units: int, p: float | None) -> Signed:
    if not is_proportion:
        return Signed(value, reason=NEVER_DIFFER, units=units, p=p)
    method = f"Tango's score with {_words(units, grouped=True)} as pairs"
    limits, by = tango_interval(0, 0, units), IntervalMethod.TANGO
    return Signed(value, *limits, method=method, units=units, p=p, interval=by)


def _sides(predictions: Predictions, measure: str) -> list[Booleans]:
    """The images that a measure needs, one mask a part of which each must be there."""
    malignant = predictions.is_malignant
    if measure in (ACCURACY, CLASS_ACCURACY):
        return [np.ones(predictions.n, dtype=np.bool_)]
    if measure == CLASS_BALANCED_ACCURACY:
        positions = range(len(predictions.classes.names))
        return [np.asarray(predictions.label_indices == position) for position in positions]
    chosen = {SENSITIVITY: [malignant], SPECIFICITY: [~malignant]}
    return chosen.get(measure, [malignant, ~malignant])


def _units(predictions: Predictions, members: Booleans) -> int:
    return units_where(predictions, members)


def _unlike(first: Contender, second: Contender, measure: str) -> tuple[int, int]:
    """Images on which only the first, and only the second, is right."""
    by_class = measure == CLASS_ACCURACY
    one, other = (
        (first.right_class, second.right_class)
        if by_class
        else (first.right_side, second.right_side)
    )
    members = _sides(first.predictions, measure)[0]
    return int((one & ~other & members).sum()), int((other & ~one & members).sum())
