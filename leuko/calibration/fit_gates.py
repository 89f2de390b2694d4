"""Fit the gates of a model: distributions on training pictures, thresholds on validation pictures.

What the gates do is then measured on test pictures, which no threshold has seen.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leuko.calibration.collect import Look, Progress, Seen
from leuko.calibration.conformal import SetsOnTest, limit_for, sets_at, true_probabilities
from leuko.calibration.deferral import measure_deferral
from leuko.calibration.novelty import auroc_of_novelty, fit_novelty, threshold_for
from leuko.calibration.temperature import soften
from leuko.data.dataset import Sample
from leuko.data.splitting.split import GROUPED, Split
from leuko.data.splitting.stratified_sample import choose_pictures
from leuko.errors import GatesError
from leuko.evaluation.brier_and_ece import CalibrationError, MeanSquaredError
from leuko.evaluation.predictions import Predictions
from leuko.inference.classifier import Classifier
from leuko.inspection.quality.reference_ranges import ranges_from
from leuko.models.card import ModelCard
from leuko.models.gates.measurements import (
    GROUP_FROM,
    Calibration,
    CalibrationFigures,
    Deferral,
    FittedOn,
    GateTally,
    MeasuredSets,
    OutOfDistributionSet,
)
from leuko.models.gates.novelty import NoveltyReference, encode_novelty
from leuko.models.gates.thresholds import COVERAGES, Gates, NoveltyGate, SetLevel

TRAINING_PICTURES = 1000
STATED_ACCEPTED = 0.95
SEED = 0
FIGURES = 4


@dataclass(frozen=True)
class FittedGates:
    """Gates that are ready to be stored.

    Attributes:
        gates: for the card.
        novelty: content of ``strangeness.safetensors``; None where it was not fitted.
    """

    gates: Gates
    novelty: bytes | None


@dataclass(frozen=True)
class Sources:
    """Pictures for the gates.

    Attributes:
        split: training pictures (or a laboratory's own in their place), validation and test.
        title: of the data set.
        own: whether they are a laboratory's own.
        group_meaning: what one group is.
        out_of_distribution: pictures of other data sets by title; they choose nothing.
    """

    split: Split
    title: str
    own: bool
    group_meaning: str
    out_of_distribution: Mapping[str, Sequence[Path]]


def fit_gates(
    classifier: Classifier,
    sources: Sources,
    *,
    made: str,
    coverage: float,
    check: Callable[[Predictions], None] = lambda _: None,
    progress: Progress = lambda *_: None,
) -> FittedGates:
    """Fit and measure the gates of a model; nothing is written.

    Args:
        classifier: the model, in float32.
        sources: pictures.
        made: date, ISO 8601.
        coverage: stated coverage of the sets that verdicts use, one of ``COVERAGES``.
        check: is shown the predictions on test pictures before anything is fitted.
        progress: is told (what, pictures done, pictures in all).

    Raises:
        GatesError: when the model has no weights or there are too few pictures.
        ImageError: when a picture cannot be read.
    """
    card = classifier.card
    if card.weights is None:
        raise GatesError(f"'{card.id}' has no weights: train it first.")
    look = Look(classifier, progress)
    test = look.at("test", sources.split.test, quality=True, kinds=True)
    check(test.predictions)
    validation = look.at("validation", sources.split.validation)
    train = look.at("training", _sample(sources.split.train), quality=True)
    levels = tuple(_level(stated, validation, test) for stated in COVERAGES)
    distances = _fit(card, train)
    content = encode_novelty(distances)
    gates = Gates(
        weights_sha256=card.weights.sha256,
        temperature=card.temperature,
        coverage=coverage,
        levels=levels,
        novelty=_novelty_gate(
            distances,
            content,
            validation,
            test,
            look.out_of_distribution(sources.out_of_distribution),
        ),
        quality=ranges_from(train.quality),
        calibration=_calibration(test.predictions, card.temperature),
        deferral=Deferral(
            right=GateTally(hits=0, images=test.predictions.n),
            kept=GateTally(hits=0, images=test.predictions.n),
            reasons={},
        ),
        fitted_on=_fitted_on(sources, train, validation, test),
        seed=SEED,
        made=made,
    )
    deferral = measure_deferral(
        card.model_copy(update={"gates": gates}),
        test.predictions,
        distances.of(test.pooled),
        test.kinds,
        test.quality,
    )
    gates = gates.model_copy(update={"deferral": deferral})
    return FittedGates(gates, content if gates.novelty is not None else None)


def _fit(card: ModelCard, train: Seen) -> NoveltyReference:
    try:
        return fit_novelty(train.pooled, train.predictions.label_indices)
    except ValueError as problem:
        raise GatesError(
            f"The gates of '{card.id}' cannot be fitted: {problem}; add training pictures."
        ) from problem


def _sample(samples: Sequence[Sample]) -> list[Sample]:
    rows = choose_pictures(
        [sample.label for sample in samples],
        [sample.group for sample in samples],
        TRAINING_PICTURES,
        SEED,
    )
    return [samples[row] for row in rows]


def _level(stated: float, validation: Seen, test: Seen) -> SetLevel:
    limit = limit_for(true_probabilities(validation.predictions), stated)
    sets = SetsOnTest(test.predictions, sets_at(test.predictions.probabilities, limit))
    estimate = sets.coverage()
    single = sets.sizes == 1
    by_group = dict(sets.coverage_by_group()) if test.predictions.has_groups else {}
    return SetLevel(
        coverage=stated,
        limit=limit,
        measured=MeasuredSets(
            covered=_tally(sets.covered),
            low=estimate.low,
            high=estimate.high,
            by_class={
                name: GateTally(hits=found.hits, images=found.trials)
                for name, found in sets.coverage_by_class(resamples=1)
                if found.trials and found.hits is not None
            },
            by_group={
                name: GateTally(hits=found.hits or 0, images=found.trials or 0)
                for name, found in sorted(by_group.items())
                if (found.trials or 0) >= GROUP_FROM
            },
            single=_tally(sets.covered[single]),
            several=int((sets.sizes > 1).sum()),
            none=int((sets.sizes == 0).sum()),
        ),
    )


def _novelty_gate(
    distances: NoveltyReference,
    content: bytes,
    validation: Seen,
    test: Seen,
    out_of_distribution: Iterator[tuple[str, NDArray[np.float32]]],
) -> NoveltyGate | None:
    threshold = threshold_for(distances.of(validation.pooled), STATED_ACCEPTED)
    if threshold is None:
        return None  # too few validation pictures to promise anything
    own = distances.of(test.pooled)
    others = []
    for title, pooled in out_of_distribution:
        found = distances.of(pooled)
        others.append(
            OutOfDistributionSet(
                title=title,
                images=len(found),
                auroc=round(auroc_of_novelty(own, found), FIGURES),
                refused=int((found > threshold).sum()),
            )
        )
    return NoveltyGate(
        sha256=hashlib.sha256(content).hexdigest(),
        bytes=len(content),
        directions=len(distances.spreads),
        stated=STATED_ACCEPTED,
        threshold=threshold,
        accepted=_tally(own <= threshold),
        out_of_distribution=tuple(others),
    )


def _calibration(test: Predictions, temperature: float) -> Calibration:
    def reliability(predictions: Predictions) -> CalibrationFigures:
        return CalibrationFigures(
            ece=round(CalibrationError(predictions).value, FIGURES),
            brier=round(MeanSquaredError(predictions).value, FIGURES),
        )

    return Calibration(before=reliability(soften(test, 1 / temperature)), after=reliability(test))


def _fitted_on(sources: Sources, train: Seen, validation: Seen, test: Seen) -> FittedOn:
    return FittedOn(
        title=sources.title,
        own=sources.own,
        train=train.predictions.n,
        validation=validation.predictions.n,
        test=test.predictions.n,
        validation_groups=validation.predictions.n_groups,
        test_groups=test.predictions.n_groups,
        by_group=sources.split.plan.policy == GROUPED and test.predictions.has_groups,
        group_meaning=sources.group_meaning,
    )


def _tally(hits: NDArray[np.bool_]) -> GateTally:
    return GateTally(hits=int(hits.sum()), images=len(hits))
