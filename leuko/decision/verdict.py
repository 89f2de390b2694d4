"""What to tell a reader about one picture: a class, several, or that the model must not say.

One verdict combines the kind of the picture, its quality, how unlike the training pictures it is
and the model's prediction set. No torch, so that pages and tables may form it anew whenever a
threshold changes.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leuko.decision.findings import (
    SET_CODES,
    Finding,
    FindingCode,
    find_kind,
    find_novelty,
    find_quality,
    find_set,
    kind_fits,
    prediction_set,
)
from leuko.decision.wording import (
    OTHER_KIND,
    coverage_words,
    either,
    either_short,
    misfit,
    sentence_of,
)
from leuko.inference.result import Result
from leuko.labels import InputKind, class_title
from leuko.models.card import ModelCard

if TYPE_CHECKING:  # pages form verdicts of what was measured before
    from leuko.inspection.kind.classify import KindGuess
    from leuko.inspection.quality.measures import QualityMeasures

REFER = "refer to a haematologist"
USED_ANYWAY = "_used_anyway"
"""In the names of files made from a picture that the model was not made for."""


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
        quality_checked: whether its quality was held against those.
        in_distribution: whether the picture is like those; None without that gate.
        novelty: how unlike those it is; None without that gate.
        prediction_set: classes that belong to the set, the most probable first; None without it.
        coverage: stated share of pictures whose class is in their set.
        measured_coverage: share found on test pictures where it contradicts the stated one; else
            None.
        n_classes: number of classes that the model tells apart.
        deferred: whether a person has to decide; always so for a picture of another kind.
        findings: why it is deferred and what else to know; that the picture is of another kind
            comes first.
        used_anyway: whether the reader wants an answer although the kind does not fit.
        most_probable: class of the highest probability, short name, which need not be ``label``:
            the threshold decides on the side first. None where nobody said.
        highest_probability: of that class.
        malignant: the malignant ones of the model's classes.
    """

    label: str
    probability: float
    model_kind: InputKind
    kind: InputKind | None = None
    kind_probability: float | None = None
    kind_fits: bool | None = None
    quality_checked: bool = False
    in_distribution: bool | None = None
    novelty: float | None = None
    prediction_set: tuple[str, ...] | None = None
    coverage: float | None = None
    measured_coverage: float | None = None
    n_classes: int = 2
    deferred: bool = False
    findings: tuple[Finding, ...] = ()
    used_anyway: bool = False
    most_probable: str | None = None
    highest_probability: float | None = None
    malignant: frozenset[str] = frozenset()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is deferred, one sentence each."""
        return tuple(sentence_of(one) for one in self.findings if one.severity == "reason")

    @property
    def remarks(self) -> tuple[str, ...]:
        """What else to know, one sentence each: mild findings, gates that are not there."""
        return tuple(sentence_of(one) for one in self.findings if one.severity == "remark")

    @property
    def quality(self) -> tuple[Finding, ...]:
        """Findings against the pictures that the model learnt from, the severe ones first."""
        return tuple(one for one in self.findings if one.code is FindingCode.QUALITY)

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
    def named(self) -> tuple[str, ...]:
        """The classes that the verdict names, short names; empty where it names none.

        The suggested class, or all of the prediction set where that is not exactly one.
        """
        if self.refused:
            return ()
        names = self.prediction_set
        return (self.label,) if names is None or len(names) == 1 else names

    @property
    def is_one_class(self) -> bool:
        """Whether the verdict names exactly one class; a person may have to decide all the same."""
        return len(self.named) == 1

    @property
    def shown_first(self) -> str:
        """The class whose evidence is shown where nobody asked for one: the suggested one.

        The most probable one where the verdict names it as such, for it names no class or all.
        """
        names = self.prediction_set
        if names is None or (self.label in names and len(names) < self.n_classes):
            return self.label
        return self.most_probable or self.label

    @property
    def decision(self) -> str:
        """Whose turn it is: empty where the model answers, else why it does not, in a word."""
        if self.refused:
            return "refused"
        if self.used_anyway:
            return "used anyway"
        return "refer" if self.deferred else ""

    @property
    def suggests_malignant(self) -> bool:
        """Whether the verdict suggests malignant: one malignant class, or malignant ones alone.

        Also where it is deferred: "Early or Pre" leaves the subtype open, not the malignancy. Not
        so where the classes named lie on both sides or there are none, nor where P(malignant) does
        not reach the threshold in force. What is not so is not benign by that.
        """
        reached = self.label in self.malignant
        return reached and bool(self.named) and self.malignant.issuperset(self.named)

    @property
    def short(self) -> str:
        """The verdict in a few words, for tables: the same on pages, in JSON and in CSV.

        Such as "Early pre-B ALL", "Pre-B or Early pre-B ALL", "any of 4 classes", "no certain
        class" or "other kind of picture".
        """
        if self.refused:
            return OTHER_KIND
        if not self.named:
            return "no certain class"
        if self.prediction_set is not None and len(self.named) == self.n_classes:
            return f"any of {self.n_classes} classes"
        return either_short([class_title(name) for name in self.named])

    @property
    def sentence(self) -> str:
        """The verdict in words, the same on pages, in the terminal and in tables."""
        if self.refused:
            return misfit(self.kind, self.model_kind)
        said = f"Model suggests: {self.suggestion}"
        others = [
            sentence_of(one)
            for one in self.findings
            if one.severity == "reason" and one.code not in SET_CODES
        ]
        return " ".join([f"{said}; {REFER}." if self.deferred else f"{said}.", *others])

    @property
    def suggestion(self) -> str:
        """What the model suggests: a class, several at a stated coverage, or none, in words."""
        if self.prediction_set is None or len(self.prediction_set) == 1:
            return f"{class_title(self.label)}, {self.probability:.2f}"
        what, detail = self.open_suggestion
        return f"{what} ({detail})"

    @property
    def open_suggestion(self) -> tuple[str, str]:
        """What is suggested where that is not one class, and what was promised of it."""
        names = self.prediction_set or ()
        promise = coverage_words(self.coverage, self.measured_coverage)
        if names and len(names) < self.n_classes:
            return either([class_title(name) for name in names]), promise
        likely = class_title(self.most_probable or self.label)
        share = self.probability if self.highest_probability is None else self.highest_probability
        what = f"any of its {len(names)} classes" if names else "no class with enough certainty"
        return what, f"{promise}; most probable is {likely}, {share:.2f}"


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
    novelty, in_distribution = find_novelty(card, result)
    fits, names = kind_fits(card, kind_guess), prediction_set(card, result)
    findings = [
        *find_kind(card, kind_guess, fits, anyway=anyway),
        *find_set(card, result, names),
        *novelty,
        *find_quality(card, quality),
    ]
    if card.gates is None:
        findings.append(Finding(code=FindingCode.NO_GATES, severity="remark"))
    most_probable = max(result.probabilities, key=lambda name: result.probabilities[name])
    return Verdict(
        label=result.label,
        probability=result.probabilities[result.label],
        model_kind=card.input.kind,
        kind=kind_guess.kind if kind_guess is not None else None,
        kind_probability=kind_guess.probability if kind_guess is not None else None,
        kind_fits=fits,
        quality_checked=quality is not None and card.gates is not None and bool(card.gates.quality),
        in_distribution=in_distribution,
        novelty=result.novelty,
        prediction_set=names,
        coverage=card.gates.coverage if card.gates is not None else None,
        measured_coverage=card.gates.level.broken_promise if card.gates is not None else None,
        n_classes=len(card.classes),
        deferred=any(one.severity == "reason" for one in findings),
        findings=tuple(findings),
        used_anyway=anyway and fits is False,
        most_probable=most_probable,
        highest_probability=result.probabilities[most_probable],
        malignant=card.class_set.malignant,
    )
