"""When a model defers to a person: every threshold of a model's gates, as stored in its card.

The gates are fitted by ``python -m leuko calibrate``: distributions on training pictures,
thresholds on validation pictures; what they do is measured on test pictures.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from leuko.inspection.quality.reference_ranges import QualityRanges
from leuko.models.gates.measurements import (
    Calibration,
    Deferral,
    FittedOn,
    GateTally,
    MeasuredSets,
    OutOfDistributionSet,
)
from leuko.models.records import Count, Fraction, Positive, Sha256, Strict, Total

NOVELTY_FILE = "strangeness.safetensors"
COVERAGES = (0.8, 0.9, 0.95)
"""Stated coverages of prediction sets that are fitted."""
Share = Annotated[float, Field(gt=0, lt=1)]


class SetLevel(Strict):
    """Prediction sets of one stated coverage.

    Attributes:
        coverage: stated share of pictures whose true class is in their set.
        limit: a class belongs to the set when its probability is at least this; None where
            validation pictures are too few to promise the coverage, so that every class does.
        measured: on test pictures.
    """

    coverage: Share
    limit: Fraction | None
    measured: MeasuredSets

    @property
    def broken_promise(self) -> float | None:
        """Share measured where even the upper end of its interval lies below the stated one."""
        high = self.measured.high
        return self.measured.covered.share if high is not None and high < self.coverage else None


class NoveltyGate(Strict):
    """Pictures unlike those that the model learnt from.

    Attributes:
        sha256, bytes: of ``strangeness.safetensors``.
        directions: of the features of the model's last layer that were kept apart.
        stated: share of validation pictures at or below the threshold.
        threshold: novelty above which a picture is taken for out of distribution.
        accepted: test pictures at or below the threshold.
        out_of_distribution: other data sets, where there were any.
    """

    sha256: Sha256
    bytes: Total
    directions: Total
    stated: Share
    threshold: Positive
    accepted: GateTally
    out_of_distribution: tuple[OutOfDistributionSet, ...] = Field((), alias="strangers")


class Gates(Strict):
    """The gates of one model.

    Attributes:
        gates_version: layout of this record.
        weights_sha256: of the weights that they belong to.
        temperature: of the probabilities that the limits apply to.
        coverage: stated coverage of the sets that verdicts use; one of ``levels``.
        levels: prediction sets by stated coverage, ascending.
        novelty: None where it was not fitted.
        quality: what pictures of the training distribution measure; None where not fitted.
        calibration: of the probabilities.
        deferral: all gates together.
        fitted_on: pictures.
        seed: of the choice of training and out-of-distribution pictures.
        made: date, ISO 8601.
    """

    gates_version: Literal[1] = 1
    weights_sha256: Sha256
    temperature: Positive
    coverage: Share
    levels: Annotated[tuple[SetLevel, ...], Field(min_length=1)]
    novelty: NoveltyGate | None = Field(alias="strangeness")
    quality: QualityRanges | None
    calibration: Calibration
    deferral: Deferral
    fitted_on: FittedOn
    seed: Count
    made: str

    @model_validator(mode="after")
    def _levels_ascend_and_hold_the_one_in_force(self) -> Self:
        stated = [level.coverage for level in self.levels]
        if stated != sorted(set(stated)):
            raise ValueError("levels must ascend")
        if self.coverage not in stated:
            raise ValueError("no level has the coverage in force")
        limits = [_as_number(level.limit) for level in self.levels]
        if limits != sorted(limits, reverse=True):
            raise ValueError("a higher coverage needs a limit no higher")
        return self

    @property
    def level(self) -> SetLevel:
        """The level in force."""
        return next(level for level in self.levels if level.coverage == self.coverage)


def _as_number(limit: float | None) -> float:
    return 0.0 if limit is None else limit
