"""All figures of a model that describes cells, each beside what two readers reach."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leuko.arrays import Floats, Integers
from leuko.evaluation.attributes.figures import confusion, macro_f1_of_tables
from leuko.evaluation.attributes.predictions import AttributePredictions, TwoReaders
from leuko.statistics.cluster_bootstrap import Statistic, Weights, resampled
from leuko.statistics.estimate import Estimate, IntervalMethod
from leuko.statistics.intervals import (
    RESAMPLES,
    is_point,
    percentile_interval,
    wilson_interval,
)
from leuko.statistics.kappa import cohens_kappa

SEED = 0
LEAST_CELLS = 2


@dataclass(frozen=True)
class Agreement:
    """How two readers agree on one attribute.

    Attributes:
        same: share of cells of which both say the same.
        kappa: Cohen's, agreement beyond chance; may be below 0.
        macro_f1: of the second reader, the first taken for the truth.
    """

    same: Estimate
    kappa: Estimate
    macro_f1: Estimate


@dataclass(frozen=True)
class AttributeFigures:
    """One attribute, or the mean over all.

    Attributes:
        name: of the attribute.
        model: macro F1 on the official test side.
        readers: agreement over all cells that were read twice; None for a folder without them.
        model_on_shared: macro F1 of the model on the cells of the test side that were read twice.
        readers_on_shared: macro F1 of the second reader on the same cells.
    """

    name: str
    model: Estimate
    readers: Agreement | None = None
    model_on_shared: Estimate | None = None
    readers_on_shared: Estimate | None = None


@dataclass(frozen=True)
class AttributesSummary:
    """Figures of one model.

    Attributes:
        attributes: one each, in the order of the card.
        mean: macro F1 averaged over the attributes; its readers' entry has the averages too.
        cells: of the test side.
        read_twice: cells that two readers described; 0 where none are stored.
        shared: of these, those of the test side.
    """

    attributes: tuple[AttributeFigures, ...]
    mean: AttributeFigures
    cells: int
    read_twice: int
    shared: int


@dataclass(frozen=True, eq=False)
class _Pairs:
    """What is true and what is told of the same cells, attribute by attribute."""

    truth: Sequence[Integers]
    told: Sequence[Integers]
    counts: Sequence[int]

    @property
    def cells(self) -> int:
        return len(self.truth[0])


def summarise_attributes(
    predictions: AttributePredictions, readers: TwoReaders | None, resamples: int = RESAMPLES
) -> AttributesSummary:
    """Compute all figures from what is stored.

    Args:
        predictions: on the official test side.
        readers: what two readers said of the same cells; None where that is not stored.
        resamples: draws of the bootstrap over cells.
    """
    names = list(predictions.values)
    counts = [len(known) for known in predictions.values.values()]
    truth = [predictions.truth[name] for name in names]
    told = [predictions.told(name) for name in names]
    model = _macro_f1(_Pairs(truth, told, counts), resamples)
    if readers is None:
        rows = [AttributeFigures(*pair) for pair in zip([*names, "mean"], model, strict=True)]
        return AttributesSummary(tuple(rows[:-1]), rows[-1], predictions.n, 0, 0)
    agreements = _agreements(readers, names, counts, resamples)
    place = {name: at for at, name in enumerate(predictions.image_ids)}
    here = [at for at, name in enumerate(readers.image_ids) if name in place]
    there = [place[readers.image_ids[at]] for at in here]
    shared: tuple[list[Estimate | None], list[Estimate | None]]
    shared = ([None] * len(model), [None] * len(model))
    if here:
        first = [readers.first[name][here] for name in names]
        second = [readers.second[name][here] for name in names]
        model_pairs = _Pairs(first, [each[there] for each in told], counts)
        shared = (
            list(_macro_f1(model_pairs, resamples)),
            list(_macro_f1(_Pairs(first, second, counts), resamples)),
        )
    rows = [
        AttributeFigures(*row)
        for row in zip([*names, "mean"], model, agreements, *shared, strict=True)
    ]
    return AttributesSummary(
        tuple(rows[:-1]), rows[-1], predictions.n, len(readers.image_ids), len(here)
    )


def _macro_f1(pairs: _Pairs, resamples: int) -> list[Estimate]:
    """Macro F1 of each attribute, then their mean; all from the same draws of cells."""
    statistics = _statistics(pairs)
    whole = np.ones((1, pairs.cells), np.float32)
    values = np.array([float(statistic(whole)[0]) for statistic in statistics])
    drawn = resampled(statistics, pairs.cells, pairs.cells, resamples, SEED)  # (R, attributes)
    columns = [*drawn.T, drawn.mean(axis=1)]
    return [
        _estimate(float(value), column, pairs.cells)
        for value, column in zip([*values, values.mean()], columns, strict=True)
    ]


def _statistics(pairs: _Pairs) -> list[Statistic]:
    def of(truth: Integers, told: Integers, count: int) -> Statistic:
        hot = np.zeros((len(truth), count * count), np.float32)
        hot[np.arange(len(truth)), truth * count + told] = 1

        def statistic(weights: Weights) -> Floats:
            tables = (weights @ hot).astype(np.float64).reshape(-1, count, count)
            return macro_f1_of_tables(tables)

        return statistic

    return [of(*each) for each in zip(pairs.truth, pairs.told, pairs.counts, strict=True)]


def _agreements(
    readers: TwoReaders, names: Sequence[str], counts: Sequence[int], resamples: int
) -> list[Agreement]:
    first = [readers.first[name] for name in names]
    second = [readers.second[name] for name in names]
    pairs = _Pairs(first, second, counts)
    scores = _macro_f1(pairs, resamples)
    tables = [confusion(*each) for each in zip(first, second, counts, strict=True)]
    kappas = [float(cohens_kappa(table)) for table in tables]
    drawn = resampled(_kappa_statistics(pairs), pairs.cells, pairs.cells, resamples, SEED)
    n = pairs.cells
    found = []
    for place, table in enumerate(tables):
        hits = int(np.trace(table))
        low, high = wilson_interval(hits, n)
        same = Estimate(
            hits / n, low, high, "Wilson", units=n, hits=hits, trials=n,
            interval=IntervalMethod.WILSON,
        )  # fmt: skip
        found.append(Agreement(same, _estimate(kappas[place], drawn[:, place], n), scores[place]))
    all_same = np.mean([f == s for f, s in zip(first, second, strict=True)], axis=0)  # (n,)
    weights = np.random.default_rng(SEED).integers(0, n, (resamples, n))
    mean_same = _estimate(float(all_same.mean()), all_same[weights].mean(axis=1), n)
    mean_kappa = _estimate(float(np.mean(kappas)), drawn.mean(axis=1), n)
    return [*found, Agreement(mean_same, mean_kappa, scores[-1])]


def _kappa_statistics(pairs: _Pairs) -> list[Statistic]:
    def of(first: Integers, second: Integers, count: int) -> Statistic:
        hot = np.zeros((len(first), count * count), np.float32)
        hot[np.arange(len(first)), first * count + second] = 1

        def statistic(weights: Weights) -> Floats:
            tables = (weights @ hot).astype(np.float64).reshape(-1, count, count)
            return cohens_kappa(tables)

        return statistic

    return [of(*each) for each in zip(pairs.truth, pairs.told, pairs.counts, strict=True)]


def _estimate(value: float, drawn: Floats, cells: int) -> Estimate:
    if not np.isfinite(value):
        return Estimate(None, reason="only one value occurs", units=cells)
    limits = percentile_interval(drawn) if cells >= LEAST_CELLS else None
    if limits is None:
        return Estimate(value, reason="too few cells to draw from", units=cells)
    if is_point(limits):
        return Estimate(value, reason="all cells agree, so resampling tells nothing", units=cells)
    return Estimate(
        value, *limits, f"bootstrap over {cells} cells", units=cells,
        interval=IntervalMethod.BOOTSTRAP,
    )  # fmt: skip
