"""Figures of a cell model on labelled cells: blasts, labels, groups of classes, each with interval.

A suggested class is right when it is one of those that the cell's label stands for: of a cell that
is known to be "Not a blast cell" and no more, every class but blast is right.
"""

from dataclasses import dataclass

import numpy as np

from leuko.arrays import Booleans, Integers
from leuko.cell_classes import GROUPS
from leuko.evaluation.cells.recalls import Recalls
from leuko.evaluation.cells.table import CellPredictions, classes_of
from leuko.evaluation.predictions import Predictions
from leuko.evaluation.score_metrics import Scores
from leuko.evaluation.units import NO_CASES
from leuko.labels import ClassSet
from leuko.statistics.estimate import Estimate, supported_digits
from leuko.statistics.intervals import RESAMPLES

BENIGN, MALIGNANT = "benign", "malignant"
SIDES = ClassSet((BENIGN, MALIGNANT), frozenset({MALIGNANT}))


@dataclass(frozen=True)
class Share:
    """What a model made of the cells of one label, class or group of classes.

    Attributes:
        name: of the label or group.
        cells: that bear it.
        groups: that hold any of them.
        right: share of the cells whose suggested class fits.
    """

    name: str
    cells: int
    groups: int
    right: Estimate


@dataclass(frozen=True)
class CellFigures:
    """Figures on one set of labelled cells.

    Attributes:
        laboratory: where the cells are from; empty for all together.
        cells, groups: labelled cells, and groups that they belong to.
        blasts, others: cells known to be malignant, and known not to be.
        false_blasts: of the others, those that the model calls malignant at its threshold.
        auroc: of P(malignant), blasts against others.
        sensitivity: share of the blasts called malignant.
        specificity: share of the others not called malignant.
        false_blast_share: share of the others called malignant.
        accuracy: share of all cells whose suggested class fits their label.
        balanced_accuracy: mean over the labels of the share that fits.
        group_accuracy, group_balanced_accuracy: the same by groups of classes
            (``cell_classes.GROUPS``), over the cells whose label lies in one group.
        labels: one label after the other, as in ``LABEL_SETS``.
        class_groups: one group after the other that has a cell, as in ``GROUPS``.
        confusion: counts of cells, rows the labels, columns the suggested classes.
    """

    laboratory: str
    cells: int
    groups: int
    blasts: int
    others: int
    false_blasts: int
    auroc: Estimate
    sensitivity: Estimate
    specificity: Estimate
    false_blast_share: Estimate
    accuracy: Estimate
    balanced_accuracy: Estimate
    group_accuracy: Estimate
    group_balanced_accuracy: Estimate
    labels: tuple[Share, ...]
    class_groups: tuple[Share, ...]
    confusion: tuple[tuple[int, ...], ...]

    @property
    def digits(self) -> int:
        """Decimals that these cells support: groups count where cells come in groups."""
        return supported_digits(self.groups)


def cell_figures(
    table: CellPredictions,
    threshold: float,
    laboratory: str = "",
    seed: int = 0,
    resamples: int = RESAMPLES,
) -> CellFigures:
    """Compute all figures of a set of labelled cells.

    Intervals are percentile bootstraps over groups; where every cell stands alone, proportions get
    Wilson's interval and AUROC DeLong's. What has no case is not measurable, never 0.

    Args:
        table: checked predictions.
        threshold: P(malignant) at or above which a cell is called malignant.
        laboratory: name that the figures bear.
        seed: of the bootstrap.
        resamples: of the bootstrap.
    """
    suggested = table.suggested_indices(threshold)
    by_label = label_recalls(table, suggested, seed, resamples)
    by_group, group_names = _group_recalls(table, suggested, seed, resamples)
    sides = _side_recalls(table, suggested, seed, resamples)
    others, kept = (int(count) for count in (sides.trials[0], sides.hits[0]))
    return CellFigures(
        laboratory=laboratory,
        cells=table.n,
        groups=len(set(table.group_ids)),
        blasts=int(sides.trials[1]),
        others=others,
        false_blasts=others - kept,
        auroc=_auroc(table, seed, resamples),
        sensitivity=sides.of(1),
        specificity=sides.of(0),
        false_blast_share=_complement(sides.of(0)),
        accuracy=by_label.everyone(),
        balanced_accuracy=by_label.mean(),
        group_accuracy=by_group.everyone(),
        group_balanced_accuracy=by_group.mean(),
        labels=_shares(by_label, table.label_names),
        class_groups=_shares(by_group, group_names),
        confusion=_confusion(table, suggested),
    )


def label_recalls(
    table: CellPredictions, suggested: Integers, seed: int, resamples: int
) -> Recalls:
    """Which cells of each label got a class that fits, in the order of ``label_names``."""
    right = table.agrees(suggested)
    kinds = len(table.label_names)
    return Recalls(kinds, table.label_indices, right, table.group_ids, resamples, seed)


def _group_recalls(
    table: CellPredictions, suggested: Integers, seed: int, resamples: int
) -> tuple[Recalls, tuple[str, ...]]:
    """Cells whose label lies in one group of classes, right where the suggestion lies there too."""
    names = tuple(GROUPS)
    of_label = [_group_holding(classes_of(label, table.classes)) for label in table.label_names]
    of_class = np.array([_group_holding((name,)) for name in table.classes.names])
    truth = np.array(of_label)[table.label_indices]  # (n,), -1 for a label of several groups
    chosen = truth >= 0
    return (
        Recalls(
            len(names),
            truth[chosen],
            of_class[suggested[chosen]] == truth[chosen],
            _chosen(table.group_ids, chosen),
            resamples,
            seed,
        ),
        names,
    )


def _group_holding(members: tuple[str, ...]) -> int:
    """Position of the one group that holds all these classes; -1 where there is none."""
    holding = [place for place, names in enumerate(GROUPS.values()) if set(members) <= set(names)]
    return holding[0] if len(holding) == 1 else -1


def _side_recalls(
    table: CellPredictions, suggested: Integers, seed: int, resamples: int
) -> Recalls:
    """Cells whose side is known: 0 not malignant, 1 malignant; right on their side."""
    chosen = table.is_malignant | table.is_not_malignant
    called = np.isin(suggested, table.classes.malignant_indices)
    truth = table.is_malignant[chosen]
    return Recalls(
        2,
        truth.astype(np.int64),
        called[chosen] == truth,
        _chosen(table.group_ids, chosen),
        resamples,
        seed,
    )


def _auroc(table: CellPredictions, seed: int, resamples: int) -> Estimate:
    chosen = table.is_malignant | table.is_not_malignant
    positive = table.is_malignant[chosen]
    if not positive.any() or positive.all():
        return Estimate(None, reason=NO_CASES)
    score = table.malignant_probability[chosen]
    sides = Predictions(
        tuple(str(place) for place in range(len(score))),
        _chosen(table.group_ids, chosen),
        tuple(MALIGNANT if one else BENIGN for one in positive),
        np.column_stack([1 - score, score]),
        SIDES,
    )
    return Scores(sides, seed, resamples).auroc()


def _chosen(names: tuple[str, ...], chosen: Booleans) -> tuple[str, ...]:
    return tuple(name for name, one in zip(names, chosen, strict=True) if one)


def _complement(share: Estimate) -> Estimate:
    """One minus a proportion, with its limits turned round."""
    if share.value is None:
        return share
    low = None if share.high is None else 1 - share.high
    high = None if share.low is None else 1 - share.low
    hits = None if share.hits is None or share.trials is None else share.trials - share.hits
    return Estimate(
        1 - share.value, low, high, share.method, share.reason, share.units, hits, share.trials,
        share.interval,
    )  # fmt: skip


def _shares(recalls: Recalls, names: tuple[str, ...]) -> tuple[Share, ...]:
    return tuple(
        Share(name, int(recalls.trials[kind]), int(recalls.groups[kind]), recalls.of(kind))
        for kind, name in enumerate(names)
        if recalls.trials[kind]
    )


def _confusion(table: CellPredictions, suggested: Integers) -> tuple[tuple[int, ...], ...]:
    rows, columns = len(table.label_names), len(table.classes.names)
    counts = np.bincount(table.label_indices * columns + suggested, minlength=rows * columns)
    return tuple(tuple(int(one) for one in row) for row in counts.reshape(rows, columns))
