"""What the gates of a model do together on pictures whose class is known."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leuko.decision.verdict import Verdict, give_verdict
from leuko.evaluation.predictions import Predictions
from leuko.inference.result import result_of
from leuko.inspection.kind.classify import KindGuess
from leuko.inspection.quality.measures import QualityMeasures
from leuko.models.card import ModelCard
from leuko.models.gates.measurements import Deferral, GateTally

Reason = Literal["kind", "quality", "strangeness", "set"]


def measure_deferral(
    card: ModelCard,
    predictions: Predictions,
    novelty: NDArray[np.float64],
    kinds: Sequence[KindGuess],
    quality: Sequence[QualityMeasures],
) -> Deferral:
    """Give a verdict on each picture and count, by the rule that the application uses.

    Args:
        card: with its gates.
        predictions: of the pictures.
        novelty: (n,) of each.
        kinds: guess of each.
        quality: measures of each.
    """
    suggested = predictions.suggested_indices(card.decision_threshold)
    right = suggested == predictions.label_indices
    reasons: Counter[Reason] = Counter()
    kept = np.zeros(predictions.n, dtype=bool)
    for row in range(predictions.n):
        values = predictions.probabilities[row].tolist()
        result = result_of(card, values, novelty=float(novelty[row]))
        verdict = give_verdict(card, result, kinds[row], quality[row])
        kept[row] = not verdict.deferred
        reasons.update(_reasons(verdict))
    return Deferral(
        right=GateTally(hits=int(right.sum()), images=len(right)),
        kept=GateTally(hits=int(right[kept].sum()), images=int(kept.sum())),
        reasons={name: reasons[name] for name in ("kind", "quality", "strangeness", "set")},
    )


def _reasons(verdict: Verdict) -> Iterator[Reason]:
    if verdict.kind_fits is False:
        yield "kind"
    if any(finding.severity == "reason" for finding in verdict.quality):
        yield "quality"
    if verdict.in_distribution is False:
        yield "strangeness"
    if verdict.prediction_set is not None and verdict.prediction_set != (verdict.label,):
        yield "set"
