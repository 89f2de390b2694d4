"""When a model defers to a person: every threshold of a model's gates, as stored in its card.

The gates are fitted by ``python -m leuko calibrate``: distributions on training pictures,
thresholds on validation pictures; what they do is measured on test pictures.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from leuko.imaging.quality_ranges import QualityRanges
from leuko.models.records import Count, Finite, Fraction, Positive, Sha256, Strict

STRANGENESS_FILE = "strangeness.safetensors"
COVERAGES = (0.8, 0.9, 0.95)
"""Stated coverages of prediction sets that are fitted."""
GROUP_FROM = 5
"""Test pictures from which the coverage of a group is told: a share of fewer says nothing."""
Share = Annotated[float, Field(gt=0, lt=1)]


class Tally(Strict):
    """A share as counts of pictures.

    Attributes:
        hits: pictures of which something is true.
        images: pictures asked.
    """

    hits: Count
    images: Count

    @model_validator(mode="after")
    def _no_more_hits_than_images(self) -> Self:
        if self.hits > self.images:
            raise ValueError("more hits than pictures")
        return self

    @property
    def share(self) -> float | None:
        """Of ``images``, between 0 and 1; None without pictures."""
        return self.hits / self.images if self.images else None


class FittedOn(Strict):
    """The pictures that the gates were fitted and measured on.

    Attributes:
        title: of the data set, or the name of a laboratory's own folder.
        own: whether they are a laboratory's own pictures and not the model's data set.
        train: pictures whose distribution was taken: a sample of those the model learnt from, or
            a part of the laboratory's own.
        validation: pictures that the thresholds were chosen on.
        test: pictures that the gates were measured on; no threshold has seen them.
        validation_groups, test_groups: groups (subjects, blocks) that hold them.
        by_group: whether the sides share no group, so that they may differ as patients do.
        group_meaning: what one group is.
    """

    title: str
    own: bool
    train: Count
    validation: Annotated[int, Field(ge=1)]
    test: Annotated[int, Field(ge=1)]
    validation_groups: Count
    test_groups: Count
    by_group: bool
    group_meaning: str


class MeasuredSets(Strict):
    """What prediction sets did on test pictures.

    Attributes:
        covered: pictures whose true class is in their set.
        low, high: 95 % interval of that share, resampled by group where groups exist; both None
            where there are too few groups.
        by_class: the same by true class; classes without a test picture are absent.
        by_group: the same for each group of ``GROUP_FROM`` test pictures or more.
        single: pictures whose set is one class; ``hits`` are those whose class it is.
        several: pictures whose set is two classes or more.
        none: pictures whose set is empty: no class is as probable as the limit asks.
    """

    covered: Tally
    low: Fraction | None
    high: Fraction | None
    by_class: dict[str, Tally]
    by_group: dict[str, Tally]
    single: Tally
    several: Count
    none: Count

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if self.single.images + self.several + self.none != self.covered.images:
            raise ValueError("sets of one, several and no class are not all sets")
        hits, images = _sum(self.by_group)
        if (self.by_class and _sum(self.by_class) != _sum({"": self.covered})) or not (
            hits <= self.covered.hits and images <= self.covered.images
        ):
            raise ValueError("the parts do not add up to all test pictures")
        return self


def _sum(parts: dict[str, Tally]) -> tuple[int, int]:
    tallies = parts.values()
    return sum(one.hits for one in tallies), sum(one.images for one in tallies)


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


class Stranger(Strict):
    """Another data set beside the test pictures.

    Attributes:
        title: of the data set.
        images: of it.
        auroc: how well strangeness tells it from the test pictures; 0.5 is not at all, 1 is always.
        refused: its pictures above the threshold.
    """

    title: str
    images: Annotated[int, Field(ge=1)]
    auroc: Fraction
    refused: Count


class StrangenessGate(Strict):
    """Pictures unlike those that the model learnt from.

    Attributes:
        sha256, bytes: of ``strangeness.safetensors``.
        directions: of the features of the model's last layer that were kept apart.
        stated: share of validation pictures at or below the threshold.
        threshold: strangeness above which a picture is taken for a stranger.
        accepted: test pictures at or below the threshold.
        strangers: other data sets, where there were any.
    """

    sha256: Sha256
    bytes: Annotated[int, Field(gt=0)]
    directions: Annotated[int, Field(ge=1)]
    stated: Share
    threshold: Positive
    accepted: Tally
    strangers: tuple[Stranger, ...] = ()


class Reliability(Strict):
    """How near P(malignant) comes to the truth on test pictures.

    Attributes:
        ece: expected calibration error in ten bins, in [0, 1].
        brier: Brier score, in [0, 1].
    """

    ece: Fraction
    brier: Fraction


class Calibration(Strict):
    """What the card's temperature does.

    Attributes:
        before: at temperature 1.
        after: at the card's temperature, which is what the model says.
    """

    before: Reliability
    after: Reliability


class Deferral(Strict):
    """What deferring does to the answers on test pictures, all gates together.

    Attributes:
        right: pictures whose suggested class is theirs; ``images`` are all test pictures.
        kept: the same among those that are not deferred.
        reasons: pictures deferred for each reason; one picture may have several.
    """

    right: Tally
    kept: Tally
    reasons: dict[Literal["kind", "quality", "strangeness", "set"], Count]

    @property
    def deferred(self) -> int:
        """Test pictures that are left to a person."""
        return self.right.images - self.kept.images


class Gates(Strict):
    """The gates of one model.

    Attributes:
        gates_version: layout of this record.
        weights_sha256: of the weights that they belong to.
        temperature: of the probabilities that the limits apply to.
        coverage: stated coverage of the sets that verdicts use; one of ``levels``.
        levels: prediction sets by stated coverage, ascending.
        strangeness: None where it was not fitted.
        quality: what pictures of the training distribution measure; None where not fitted.
        calibration: of the probabilities.
        deferral: all gates together.
        fitted_on: pictures.
        seed: of the choice of training pictures and strangers.
        made: date, ISO 8601.
    """

    gates_version: Literal[1] = 1
    weights_sha256: Sha256
    temperature: Positive
    coverage: Share
    levels: Annotated[tuple[SetLevel, ...], Field(min_length=1)]
    strangeness: StrangenessGate | None
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


def _as_number(limit: Finite | None) -> float:
    return 0.0 if limit is None else limit
