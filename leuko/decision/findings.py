"""What was found on a picture beside its class: typed, with numbers; words are made last.

See :mod:`leuko.decision.wording` for the sentences.
"""

from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from leuko.inference.result import Result
from leuko.inspection.quality.reference_ranges import BLANK_ALONE, Severity, Side, judge_quality
from leuko.labels import InputKind
from leuko.models.card import ModelCard
from leuko.models.records import Finite, Fraction, Strict

if TYPE_CHECKING:  # pages form verdicts of what was measured before
    from leuko.inspection.kind.classify import KindGuess
    from leuko.inspection.quality.measures import QualityMeasures


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


class Finding(Strict):
    """One thing that was found; what does not belong to its code is None.

    Attributes:
        code: what it is.
        severity: ``reason`` leaves the picture to a person, ``remark`` does not.
        kind: that the picture seems to be; None for no blood picture as well.
        model_kind: that the model reads.
        read_anyway: whether the reader wanted an answer all the same.
        n_classes: size of the prediction set.
        coverage: stated share of pictures whose class is in their set.
        measure: of quality, such as ``focus``.
        side: of the limit, or that the picture is blank.
        value: what was measured.
        limit: that the value is beyond.
    """

    code: FindingCode
    severity: Literal["reason", "remark"]
    kind: InputKind | None = None
    model_kind: InputKind | None = None
    read_anyway: bool | None = None
    n_classes: int | None = None
    coverage: Fraction | None = None
    measure: str | None = None
    side: Side | None = None
    value: Finite | None = None
    limit: Finite | None = None

    @property
    def grade(self) -> Severity:
        """Of a finding on quality."""
        return "severe" if self.severity == "reason" else "mild"


def kind_fits(card: ModelCard, guess: "KindGuess | None") -> bool | None:
    """Whether the model reads such a picture; None where nobody can tell."""
    own = card.input.kind
    if guess is None or not own.is_blood:
        return None  # the gate knows blood pictures alone
    return guess.fits(own)


def find_kind(
    card: ModelCard, guess: "KindGuess | None", fits: bool | None, *, anyway: bool
) -> list[Finding]:
    """That the picture is, or may be, of another kind than the model reads.

    Args:
        card: of the model.
        guess: kind of the picture; None where nobody looked.
        fits: see :func:`kind_fits`.
        anyway: whether the reader wants an answer all the same.
    """
    own = card.input.kind
    if guess is None or not own.is_blood or fits or guess.kind is own:
        return []
    if fits is None:
        unsure = FindingCode.KIND_UNSURE
        return [Finding(code=unsure, severity="remark", kind=guess.kind, model_kind=own)]
    return [
        Finding(
            code=FindingCode.KIND,
            severity="reason",
            kind=guess.kind,
            model_kind=own,
            read_anyway=anyway,
        )
    ]


def prediction_set(card: ModelCard, result: Result) -> tuple[str, ...] | None:
    """The prediction set, the most probable class first; None without that gate."""
    if card.gates is None:
        return None
    least = card.gates.level.limit or 0.0
    ordered = sorted(result.probabilities.items(), key=lambda item: -item[1])
    return tuple(name for name, probability in ordered if probability >= least)


def find_set(card: ModelCard, result: Result, names: tuple[str, ...] | None) -> list[Finding]:
    """That the prediction set is not one class, or another one than is suggested.

    Args:
        card: of the model.
        result: at the threshold in force.
        names: see :func:`prediction_set`.
    """
    if names is None or card.gates is None or names == (result.label,):
        return []
    if len(names) == 1:
        return [Finding(code=FindingCode.OTHER_CLASS, severity="reason")]
    code = FindingCode.SET_SEVERAL if names else FindingCode.SET_EMPTY
    coverage = card.gates.coverage
    return [Finding(code=code, severity="reason", n_classes=len(names), coverage=coverage)]


def find_novelty(card: ModelCard, result: Result) -> tuple[list[Finding], bool | None]:
    """What was found, and whether the picture is like the training pictures.

    The latter is None without that gate.
    """
    gate = card.gates.novelty if card.gates is not None else None
    if gate is None or result.novelty is None:
        missing = Finding(code=FindingCode.NOVELTY_NOT_MEASURED, severity="remark")
        return ([missing] if card.gates is not None else []), None
    if result.novelty <= gate.threshold:
        return [], True
    value, limit = result.novelty, gate.threshold
    return [Finding(code=FindingCode.NOVELTY, severity="reason", value=value, limit=limit)], False


def find_quality(card: ModelCard, measures: "QualityMeasures | None") -> list[Finding]:
    """Findings against the training pictures, the severe ones first."""
    if measures is None:
        return []
    ranges = card.gates.quality if card.gates is not None else None
    return [
        Finding(
            code=FindingCode.QUALITY,
            severity="reason" if one.severity == "severe" else "remark",
            measure=one.measure,
            side=one.side,
            value=one.value,
            limit=one.limit,
        )
        for one in judge_quality(measures, ranges if ranges is not None else BLANK_ALONE)
    ]
