"""What gates were fitted and measured on, and what they did there, as stored in a card."""

from typing import Literal, Self

from pydantic import model_validator

from leuko.models.records import Count, Fraction, Strict, Total

GROUP_FROM = 5
"""Test pictures from which the coverage of a group is told: a share of fewer says nothing."""


class GateTally(Strict):
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
    validation: Total
    test: Total
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

    covered: GateTally
    low: Fraction | None
    high: Fraction | None
    by_class: dict[str, GateTally]
    by_group: dict[str, GateTally]
    single: GateTally
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


def _sum(parts: dict[str, GateTally]) -> tuple[int, int]:
    tallies = parts.values()
    return sum(one.hits for one in tallies), sum(one.images for one in tallies)


class OutOfDistributionSet(Strict):
    """Another data set beside the test pictures.

    Attributes:
        title: of the data set.
        images: of it.
        auroc: how well novelty tells it from the test pictures; 0.5 is not at all, 1 is always.
        refused: its pictures above the threshold.
    """

    title: str
    images: Total
    auroc: Fraction
    refused: Count


class CalibrationFigures(Strict):
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

    before: CalibrationFigures
    after: CalibrationFigures


class Deferral(Strict):
    """What deferring does to the answers on test pictures, all gates together.

    Attributes:
        right: pictures whose suggested class is theirs; ``images`` are all test pictures.
        kept: the same among those that are not deferred.
        reasons: pictures deferred for each reason; one picture may have several.
    """

    right: GateTally
    kept: GateTally
    reasons: dict[Literal["kind", "quality", "strangeness", "set"], Count]

    @property
    def deferred(self) -> int:
        """Test pictures that are left to a person."""
        return self.right.images - self.kept.images
