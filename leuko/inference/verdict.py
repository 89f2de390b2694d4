"""What to tell a reader about one picture: a class, several, or that the model must not say.

One verdict combines the kind of the picture, its quality, how unlike the training pictures it is
and the model's prediction set. No torch, so that pages and tables may form it anew whenever a
threshold changes.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leuko.imaging.quality_ranges import QualityFinding, QualityRanges, judge_quality
from leuko.inference.result import Result
from leuko.inference.verdict_words import coverage_words, either, misfit
from leuko.labels import InputKind, class_title
from leuko.models.card import ModelCard

if TYPE_CHECKING:  # pages form verdicts of what was measured before
    from leuko.imaging.kind import KindGuess
    from leuko.imaging.quality import QualityMeasures

REFER = "refer to a haematologist"
STRANGE = "The picture is unlike those that this model learnt from."
OTHER_CLASS = "At the threshold in force another class is suggested than the prediction set holds."
NO_GATES = (
    "This model has no gates: whether the picture is like those that it learnt from is not known."
)
NO_STRANGENESS = "Whether the picture is like those that the model learnt from was not measured."
USED_ANYWAY = "_used_anyway"
"""In the names of files made from a picture that the model was not made for."""
_BLANK_ALONE = QualityRanges(pictures=1, by_measure={})
"""What is judged without the ranges of a model: whether there is anything to see."""


@dataclass(frozen=True)
class Verdict:
    """What to tell about one picture.

    Attributes:
        label: class that the model suggests at the threshold in force, short name.
        probability: of that class.
        model_kind: kind of picture that the model reads.
        kind: kind that the picture seems to be; None for no blood picture, or where nobody looked.
        kind_probability: of that kind; None where nobody looked.
        kind_fits: whether the model reads such pictures; None where nobody looked or nobody can
            tell.
        quality: findings against the pictures that the model learnt from.
        quality_checked: whether its quality was held against those.
        in_distribution: whether the picture is like those; None without that gate.
        strangeness: how unlike those it is; None without that gate.
        prediction_set: classes that belong to the set, the most probable first; None without it.
        coverage: stated share of pictures whose class is in their set.
        measured_coverage: share found on test pictures where it contradicts the stated one; else
            None.
        n_classes: number of classes that the model tells apart.
        deferred: whether a person has to decide; always so for a picture of another kind.
        reasons: why it is deferred, one sentence each.
        remarks: what else to know, one sentence each: mild findings, gates that are not there.
        used_anyway: whether the reader wants an answer although the kind does not fit.
    """

    label: str
    probability: float
    model_kind: InputKind
    kind: InputKind | None = None
    kind_probability: float | None = None
    kind_fits: bool | None = None
    quality: tuple[QualityFinding, ...] = ()
    quality_checked: bool = False
    in_distribution: bool | None = None
    strangeness: float | None = None
    prediction_set: tuple[str, ...] | None = None
    coverage: float | None = None
    measured_coverage: float | None = None
    n_classes: int = 2
    deferred: bool = False
    reasons: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    used_anyway: bool = False

    @property
    def kind_name(self) -> str | None:
        """Kind of the picture for a table, ``none`` for no blood; None where nobody looked."""
        if self.kind_probability is None:
            return None
        return str(self.kind) if self.kind is not None else "none"

    @property
    def refused(self) -> bool:
        """Whether no class may be shown: the picture is of another kind, and nobody insisted."""
        return self.kind_fits is False and not self.used_anyway

    @property
    def sentence(self) -> str:
        """The verdict in words, the same on pages, in the terminal and in tables."""
        if self.kind_fits is False and not self.used_anyway:
            return misfit(self.kind, self.model_kind)
        said = f"Model suggests: {self.suggestion}"
        set_explains = self.prediction_set is not None and len(self.prediction_set) != 1
        others = self.reasons[1:] if set_explains else self.reasons
        sentences = [f"{said}; {REFER}." if self.deferred else f"{said}.", *others]
        return " ".join(sentences)

    @property
    def suggestion(self) -> str:
        """What the model suggests: a class, several at a stated coverage, or none, in words."""
        own = f"{class_title(self.label)}, {self.probability:.2f}"
        names = self.prediction_set
        if names is None or len(names) == 1:
            return own
        promise = f"{coverage_words(self.coverage, self.measured_coverage)}"
        if not names:
            return f"no class with enough certainty ({promise}; most probable is {own})"
        if len(names) == self.n_classes:
            return f"any of its {len(names)} classes ({promise}; most probable is {own})"
        return f"{either([class_title(name) for name in names])} ({promise})"


@dataclass
class _Findings:
    """Reasons and remarks as they are found."""

    reasons: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def verdict_of(card: ModelCard, result: Result, *, anyway: bool = False) -> Verdict:
    """The verdict on a result that brings its kind and quality along; see :func:`give_verdict`."""
    return give_verdict(card, result, result.kind_guess, result.quality, anyway=anyway)


def give_verdict(
    card: ModelCard,
    result: Result,
    kind_guess: "KindGuess | None",
    quality: "QualityMeasures | None",
    *,
    anyway: bool = False,
) -> Verdict:
    """Combine what is known about a picture.

    Args:
        card: of the model.
        result: what the model says, at the threshold in force.
        kind_guess: kind of the picture; None where nobody looked.
        quality: measures of the picture; None where nobody looked.
        anyway: whether the reader wants an answer although the kind does not fit.
    """
    found = _Findings()
    kind_fits = _judge_kind(card, kind_guess, found)
    prediction_set = _judge_set(card, result, found)
    in_distribution = _judge_strangeness(card, result, found)
    findings = _judge_quality(card, quality, found)
    if kind_fits is False:
        sentence = misfit(kind_guess.kind if kind_guess else None, card.input.kind)
        found.reasons.append(
            f"Read anyway: {sentence[0].lower()}{sentence[1:]}" if anyway else sentence
        )
    if card.gates is None:
        found.remarks.append(NO_GATES)
    return Verdict(
        label=result.label,
        probability=result.probabilities[result.label],
        model_kind=card.input.kind,
        kind=kind_guess.kind if kind_guess is not None else None,
        kind_probability=kind_guess.probability if kind_guess is not None else None,
        kind_fits=kind_fits,
        quality=findings,
        quality_checked=quality is not None and card.gates is not None and bool(card.gates.quality),
        in_distribution=in_distribution,
        strangeness=result.strangeness,
        prediction_set=prediction_set,
        coverage=card.gates.coverage if card.gates is not None else None,
        measured_coverage=card.gates.level.broken_promise if card.gates is not None else None,
        n_classes=len(card.classes),
        deferred=bool(found.reasons),
        reasons=tuple(found.reasons),
        remarks=tuple(found.remarks),
        used_anyway=anyway and kind_fits is False,
    )


def _judge_kind(card: ModelCard, guess: "KindGuess | None", found: _Findings) -> bool | None:
    own = card.input.kind
    if guess is None or not own.is_blood:
        return None  # the gate knows blood pictures alone
    fits = guess.fits(own)
    if fits is None and guess.kind is not own:
        found.remarks.append(f"The model reads {own.plural}; this picture may be none of them.")
    return fits


def _judge_set(card: ModelCard, result: Result, found: _Findings) -> tuple[str, ...] | None:
    gates = card.gates
    if gates is None:
        return None
    least = gates.level.limit or 0.0
    ordered = sorted(result.probabilities.items(), key=lambda item: -item[1])
    names = tuple(name for name, probability in ordered if probability >= least)
    promise = f"{100 * gates.coverage:.3g} % coverage"
    if not names:
        found.reasons.append(f"No class is probable enough for {promise}.")
    elif len(names) > 1:
        found.reasons.append(f"{len(names)} classes are possible at {promise}.")
    elif names[0] != result.label:
        found.reasons.append(OTHER_CLASS)
    return names


def _judge_strangeness(card: ModelCard, result: Result, found: _Findings) -> bool | None:
    gate = card.gates.strangeness if card.gates is not None else None
    if gate is None or result.strangeness is None:
        if card.gates is not None:
            found.remarks.append(NO_STRANGENESS)
        return None
    like = result.strangeness <= gate.threshold
    if not like:
        found.reasons.append(STRANGE)
    return like


def _judge_quality(
    card: ModelCard, measures: "QualityMeasures | None", found: _Findings
) -> tuple[QualityFinding, ...]:
    if measures is None:
        return ()
    ranges = card.gates.quality if card.gates is not None else None
    findings = judge_quality(measures, ranges if ranges is not None else _BLANK_ALONE)
    for one in findings:
        (found.reasons if one.severity == "severe" else found.remarks).append(one.sentence)
    return findings
