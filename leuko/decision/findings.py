"""What was found on a picture beside its class: typed, with numbers; words are made last.

See :mod:`leuko.decision.wording` for the sentences.
"""

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from leuko.inference.result import Result
from leuko.inspection.quality.reference_ranges import QualityFinding, QualityRanges, judge_quality
from leuko.labels import InputKind
from leuko.models.card import ModelCard

if TYPE_CHECKING:  # pages form verdicts of what was measured before
    from leuko.inspection.kind.classify import KindGuess
    from leuko.inspection.quality.measures import QualityMeasures

_BLANK_ALONE = QualityRanges(pictures=1, by_measure={})
"""What is judged without the ranges of a model: whether there is anything to see."""


class FindingCode(StrEnum):
    """What was found."""

    KIND = "kind"
    KIND_UNSURE = "kind_unsure"
    SET_EMPTY = "set_empty"
    SET_SEVERAL = "set_several"
    OTHER_CLASS = "other_class"
    NOVELTY = "novelty"
    NOVELTY_NOT_MEASURED = "novelty_not_measured"
    QUALITY = "quality"
    NO_GATES = "no_gates"


SET_CODES = (FindingCode.SET_EMPTY, FindingCode.SET_SEVERAL)


@dataclass(frozen=True)
class Finding:
    """One thing that was found; what does not belong to its code is None.

    Attributes:
        code: what it is.
        severity: ``reason`` leaves the picture to a person, ``remark`` does not.
        kind: that the picture seems to be; None for no blood picture as well.
        model_kind: that the model reads.
        read_anyway: whether the reader wanted an answer all the same.
        n_classes: size of the prediction set.
        coverage: stated share of pictures whose class is in their set.
        value: what was measured.
        limit: that the value is beyond.
        measure: of quality, such as ``focus``.
        quality: the finding on quality itself.
    """

    code: FindingCode
    severity: Literal["reason", "remark"]
    kind: InputKind | None = None
    model_kind: InputKind | None = None
    read_anyway: bool | None = None
    n_classes: int | None = None
    coverage: float | None = None
    value: float | None = None
    limit: float | None = None
    measure: str | None = None
    quality: QualityFinding | None = None

    def as_record(self) -> dict[str, object]:
        """For JSON: code, severity and whatever belongs to the code."""
        record = {
            field.name: getattr(self, field.name)
            for field in fields(self)
            if field.name != "quality" and getattr(self, field.name) is not None
        }
        return {name: str(v) if isinstance(v, StrEnum) else v for name, v in record.items()}


def kind_fits(card: ModelCard, guess: "KindGuess | None") -> bool | None:
    """Whether the model reads such a picture; None where nobody can tell."""
    own = card.input.kind
    if guess is None or not own.is_blood:
        return None  # the gate knows blood pictures alone
    return guess.fits(own)


def find_kind(card: ModelCard, guess: "KindGuess | None", *, anyway: bool) -> list[Finding]:
    """That the picture is, or may be, of another kind than the model reads."""
    own, fits = card.input.kind, kind_fits(card, guess)
    if guess is None or not own.is_blood:
        return []
    if fits is False:
        return [Finding(FindingCode.KIND, "reason", guess.kind, own, read_anyway=anyway)]
    if fits is None and guess.kind is not own:
        return [Finding(FindingCode.KIND_UNSURE, "remark", guess.kind, own)]
    return []


def prediction_set(card: ModelCard, result: Result) -> tuple[str, ...] | None:
    """The prediction set, the most probable class first; None without that gate."""
    if card.gates is None:
        return None
    least = card.gates.level.limit or 0.0
    ordered = sorted(result.probabilities.items(), key=lambda item: -item[1])
    return tuple(name for name, probability in ordered if probability >= least)


def find_set(card: ModelCard, result: Result) -> list[Finding]:
    """That the prediction set is not one class, or another one than is suggested."""
    names = prediction_set(card, result)
    if names is None or card.gates is None:
        return []
    if len(names) != 1:
        code = FindingCode.SET_SEVERAL if names else FindingCode.SET_EMPTY
        return [Finding(code, "reason", n_classes=len(names), coverage=card.gates.coverage)]
    other = names[0] != result.label
    return [Finding(FindingCode.OTHER_CLASS, "reason")] if other else []


def find_novelty(card: ModelCard, result: Result) -> tuple[list[Finding], bool | None]:
    """Whether the picture is like the training pictures, None without that gate; and if not so."""
    gate = card.gates.strangeness if card.gates is not None else None
    if gate is None or result.strangeness is None:
        missing = Finding(FindingCode.NOVELTY_NOT_MEASURED, "remark")
        return ([missing] if card.gates is not None else []), None
    if result.strangeness <= gate.threshold:
        return [], True
    value, limit = result.strangeness, gate.threshold
    return [Finding(FindingCode.NOVELTY, "reason", value=value, limit=limit)], False


def find_quality(card: ModelCard, measures: "QualityMeasures | None") -> list[Finding]:
    """Findings against the training pictures, the severe ones first."""
    if measures is None:
        return []
    ranges = card.gates.quality if card.gates is not None else None
    found = judge_quality(measures, ranges if ranges is not None else _BLANK_ALONE)
    return [
        Finding(
            FindingCode.QUALITY,
            "reason" if one.severity == "severe" else "remark",
            value=one.value,
            limit=one.limit,
            measure=one.measure,
            quality=one,
        )
        for one in found
    ]
