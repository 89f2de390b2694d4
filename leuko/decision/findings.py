"""What speaks for leaving a picture to a person: its kind, prediction set, strangeness, quality."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leuko.decision.wording import set_reason
from leuko.inference.result import Result
from leuko.inspection.quality.reference_ranges import QualityFinding, QualityRanges, judge_quality
from leuko.models.card import ModelCard

if TYPE_CHECKING:  # pages form verdicts of what was measured before
    from leuko.inspection.kind.classify import KindGuess
    from leuko.inspection.quality.measures import QualityMeasures

STRANGE = "The picture is unlike those that this model learnt from."
OTHER_CLASS = "At the threshold in force another class is suggested than the prediction set holds."
NO_STRANGENESS = "Whether the picture is like those that the model learnt from was not measured."
_BLANK_ALONE = QualityRanges(pictures=1, by_measure={})
"""What is judged without the ranges of a model: whether there is anything to see."""


@dataclass
class Findings:
    """Reasons to leave a picture to a person and remarks on it, in the order of finding."""

    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def find_kind(card: ModelCard, guess: "KindGuess | None", found: Findings) -> bool | None:
    """Whether the model reads such a picture; None where nobody can tell."""
    own = card.input.kind
    if guess is None or not own.is_blood:
        return None  # the gate knows blood pictures alone
    fits = guess.fits(own)
    if fits is None and guess.kind is not own:
        found.remarks.append(f"The model reads {own.plural}; this picture may be none of them.")
    return fits


def find_set(card: ModelCard, result: Result, found: Findings) -> tuple[str, ...] | None:
    """The prediction set, the most probable class first; None without that gate."""
    gates = card.gates
    if gates is None:
        return None
    least = gates.level.limit or 0.0
    ordered = sorted(result.probabilities.items(), key=lambda item: -item[1])
    names = tuple(name for name, probability in ordered if probability >= least)
    reason = set_reason(names, gates.coverage)
    if reason is not None:
        found.reasons.append(reason)
    elif names[0] != result.label:
        found.reasons.append(OTHER_CLASS)
    return names


def find_strangeness(card: ModelCard, result: Result, found: Findings) -> bool | None:
    """Whether the picture is like the training pictures; None without that gate."""
    gate = card.gates.strangeness if card.gates is not None else None
    if gate is None or result.strangeness is None:
        if card.gates is not None:
            found.remarks.append(NO_STRANGENESS)
        return None
    like = result.strangeness <= gate.threshold
    if not like:
        found.reasons.append(STRANGE)
    return like


def find_quality(
    card: ModelCard, measures: "QualityMeasures | None", found: Findings
) -> tuple[QualityFinding, ...]:
    """Findings against the training pictures, the severe ones first."""
    if measures is None:
        return ()
    ranges = card.gates.quality if card.gates is not None else None
    findings = judge_quality(measures, ranges if ranges is not None else _BLANK_ALONE)
    for one in findings:
        (found.reasons if one.severity == "severe" else found.remarks).append(one.sentence)
    return findings
