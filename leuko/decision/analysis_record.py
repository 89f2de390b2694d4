"""What one model said of one picture, to be kept: written and read back without loss."""

from datetime import datetime
from typing import Literal, Self

from pydantic import AwareDatetime

from leuko import __version__
from leuko.decision.findings import Finding
from leuko.decision.verdict import Verdict
from leuko.inference.result import Result
from leuko.labels import InputKind
from leuko.models.card import ModelCard
from leuko.models.records import Finite, Fraction, Sha256, Strict


class AnalysisRecord(Strict):
    """One analysis; immutable, for a later decision stands beside it and never changes it.

    Attributes:
        record_version: layout of the record.
        software: version of leuko that made it.
        made: when, with its zone.
        file_name: as the user gave it.
        picture_sha256: of the bytes of the file.
        model_id: of the card.
        model_fingerprint: see :attr:`leuko.models.card.ModelCard.fingerprint`.
        threshold: decision threshold in force, on P(malignant).
        label: class that the model suggests at that threshold.
        probabilities: class to probability, in the order of the card.
        malignant_probability: sum over the malignant classes.
        kind: kind that the picture seems to be; None for no blood picture or where nobody looked.
        kind_probability: of that kind.
        kind_fits: whether the model reads such pictures; None where nobody can tell.
        in_distribution: whether the picture is like the training pictures.
        novelty: how unlike those it is; None without that gate.
        prediction_set: classes of the set, the most probable first; None without one.
        coverage: stated share of pictures whose class is in their set.
        deferred: whether a person has to decide.
        used_anyway: whether the reader wanted an answer although the kind does not fit.
        findings: reasons and remarks.
        notes: what was done to the values when the picture was read.
    """

    record_version: Literal[1] = 1
    software: str = __version__
    made: AwareDatetime
    file_name: str
    picture_sha256: Sha256
    model_id: str
    model_fingerprint: Sha256
    threshold: Fraction
    label: str
    probabilities: dict[str, Fraction]
    malignant_probability: Finite
    kind: InputKind | None
    kind_probability: Fraction | None
    kind_fits: bool | None
    in_distribution: bool | None
    novelty: Finite | None
    prediction_set: tuple[str, ...] | None
    coverage: Fraction | None
    deferred: bool
    used_anyway: bool
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls,
        card: ModelCard,
        result: Result,
        verdict: Verdict,
        *,
        file_name: str,
        picture_sha256: str,
        threshold: float,
        made: datetime,
        notes: tuple[str, ...] = (),
    ) -> Self:
        """The record of a result and the verdict on it.

        Args:
            card: of the model.
            result: at the threshold in force.
            verdict: on the result.
            file_name: of the picture.
            picture_sha256: of the bytes of the file.
            threshold: in force.
            made: when, with a zone.
            notes: of the picture.

        Raises:
            ValueError: when something is not of its kind, such as a time without a zone.
        """
        return cls(
            made=made,
            file_name=file_name,
            picture_sha256=picture_sha256,
            model_id=card.id,
            model_fingerprint=card.fingerprint,
            threshold=threshold,
            label=result.label,
            probabilities=result.probabilities,
            malignant_probability=result.malignant_probability,
            kind=verdict.kind,
            kind_probability=verdict.kind_probability,
            kind_fits=verdict.kind_fits,
            in_distribution=verdict.in_distribution,
            novelty=verdict.novelty,
            prediction_set=verdict.prediction_set,
            coverage=verdict.coverage,
            deferred=verdict.deferred,
            used_anyway=verdict.used_anyway,
            findings=verdict.findings,
            notes=notes,
        )
