"""How far the heatmaps of a model can be trusted: measured figures, kept beside its weights."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from leuko.models.records import Count, Finite, Fraction, Sha256, Strict, Total

REPORT_VERSION = 1
HISTOGRAM_BINS = 10
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
SHARES_SUM_WITHIN = 0.01

Fractions = tuple[Fraction, ...]


class Measured(Strict):
    """A mean over pictures with its interval.

    Attributes:
        value: the mean.
        low, high: limits of the 95 % bootstrap interval; both None where there are too few units.
        units: groups (or pictures, where each stands alone) behind it.
    """

    value: Finite
    low: Finite | None = None
    high: Finite | None = None
    units: Count

    @model_validator(mode="after")
    def _limits_come_in_pairs_and_in_order(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval needs both of its limits")
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError("the lower limit of an interval lies above the upper one")
        return self


class RemovalCurves(Strict):
    """What becomes of the score while pixels are taken away or brought back.

    The score is P(class that the model suggests for the whole picture).

    Attributes:
        heatmap: mean score at each share of pixels, the most evidenced pixels first.
        random: the same in the order of random maps.
        heatmap_area, random_area: mean areas under the curves of the single pictures, in [0, 1].
        advantage: mean difference of the two areas of one picture, positive where the heatmap
            does better: random minus heatmap for removal, heatmap minus random for insertion.
    """

    heatmap: Fractions
    random: Fractions
    heatmap_area: Fraction
    random_area: Fraction
    advantage: Measured


class Removal(Strict):
    """Deletion and insertion curves (Petsiuk et al. 2018) beside those of random maps.

    Attributes:
        images: pictures measured: those with positive evidence for the suggested class.
        shares: shares of pixels, ascending from 0 to 1, at which the scores were taken.
        draws: random maps a picture.
        deletion: pixels take the colour of the picture's border.
        insertion: pixels return to a blurred copy of the picture.
        blur_sigma: of the copy, as a fraction of the side.
    """

    images: Count
    shares: Fractions
    draws: Total
    deletion: RemovalCurves
    insertion: RemovalCurves
    blur_sigma: Fraction

    @model_validator(mode="after")
    def _curves_have_one_score_a_share(self) -> Self:
        for curve in (self.deletion, self.insertion):
            if not len(curve.heatmap) == len(curve.random) == len(self.shares):
                raise ValueError("a curve needs one score a share of pixels")
        return self


class Randomisation(Strict):
    """Does the heatmap depend on what the network learnt (Adebayo et al. 2018)?

    Attributes:
        images: pictures measured.
        draws: times that the weights were shuffled.
        last_layer, whole_network: mean Spearman correlation of the map with the map after the
            weights of that part were shuffled; low where the map depends on them.
    """

    images: Count
    draws: Total
    last_layer: Measured
    whole_network: Measured


class PartShares(Strict):
    """Share of positive evidence on one part of the picture, over all pictures measured.

    Attributes:
        mean: of the shares.
        quantiles: 5th, 25th, 50th, 75th and 95th percentile.
        histogram: pictures in ten equal bins from 0 to 1.
        area: mean share of the picture's area, which is what evidence spread evenly would give.
    """

    mean: Fraction
    quantiles: tuple[Fraction, Fraction, Fraction, Fraction, Fraction]
    histogram: Annotated[
        tuple[Count, ...], Field(min_length=HISTOGRAM_BINS, max_length=HISTOGRAM_BINS)
    ]
    area: Fraction


class OnCells(Strict):
    """Where the positive evidence lies.

    Attributes:
        images: pictures with positive evidence in which a cell was found.
        without_cell: pictures in which none was found.
        mostly_outside: of ``images``, those with more than half of the evidence outside cells.
        nucleus, cytoplasm, outside: shares on each part; None where ``images`` is 0.
        advantage: mean of the share on cells minus the cells' share of the area.
    """

    images: Count
    without_cell: Count
    mostly_outside: Count
    nucleus: PartShares | None
    cytoplasm: PartShares | None
    outside: PartShares | None
    advantage: Measured | None

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        parts = (self.nucleus, self.cytoplasm, self.outside)
        if any((part is None) != (self.images == 0) for part in (*parts, self.advantage)):
            raise ValueError("shares are there where a cell was found, and only there")
        if self.mostly_outside > self.images:
            raise ValueError("more pictures lie mostly outside than were measured")
        known = [part for part in parts if part is not None]
        if any(sum(part.histogram) != self.images for part in known):
            raise ValueError("a histogram counts other pictures than were measured")
        if known and abs(sum(part.mean for part in known) - 1) > SHARES_SUM_WITHIN:
            raise ValueError("the shares on nucleus, cytoplasm and outside do not sum to 1")
        return self


class StabilityFigures(Strict):
    """The map of a picture beside the map of the same picture moved, brought back in place.

    Attributes:
        correlation: mean Pearson correlation of the two maps.
        changed: mean share of moved copies for which another class is suggested.
        changed_images: pictures of which any moved copy gets another suggestion.
    """

    correlation: Measured | None
    changed: Fraction
    changed_images: Count


class Stability(Strict):
    """Heatmaps and suggestions when the picture is moved a little or mirrored.

    Attributes:
        images: pictures whose suggestion was compared.
        images_with_evidence: of these, those whose maps were compared.
        shift_px: shift, pixels of the network's square; up, down, left and right.
        shifts: over the four shifts.
        flips: over the horizontal and the vertical mirror image.
    """

    images: Count
    images_with_evidence: Count
    shift_px: Total
    shifts: StabilityFigures
    flips: StabilityFigures


class ExplainReport(Strict):
    """Everything measured on the heatmaps of one model, as stored in ``explain_report.json``.

    Attributes:
        report_version: layout of this file; a newer one than ours is refused.
        model_id: the model.
        weights_sha256: of the weights that were measured.
        method, layer: how the heatmaps were made, and from which layer.
        test_images: pictures of the test set.
        images: of these, those chosen for the report.
        groups: groups that hold them.
        are_groups: whether groups of the test set hold several pictures, so that whole groups
            were resampled.
        seed: of the choice, the random maps and the shuffled weights.
        with_evidence: pictures with positive evidence for the suggested class.
        removal, randomisation: None where no picture has positive evidence.
        cells, stability: the other parts.
        made: date, ISO 8601.
    """

    report_version: Literal[1] = 1
    model_id: str
    weights_sha256: Sha256
    method: Literal["grad-cam"] = "grad-cam"
    layer: str
    test_images: Total
    images: Total
    groups: Total
    are_groups: bool
    seed: Count
    with_evidence: Count
    removal: Removal | None
    randomisation: Randomisation | None
    cells: OnCells
    stability: Stability
    made: str

    @model_validator(mode="after")
    def _counts_agree(self) -> Self:
        if not self.with_evidence <= self.images <= self.test_images:
            raise ValueError("more pictures were measured than there are")
        if any((part is None) != (self.with_evidence == 0) for part in self._of_evidence()):
            raise ValueError("figures on evidence are there where there is any, and only there")
        return self

    def _of_evidence(self) -> tuple[object, ...]:
        return self.removal, self.randomisation
