"""What a report on heatmaps means, in one plain sentence a question; computed from its figures."""

from dataclasses import dataclass
from enum import StrEnum

from leuko.models.heatmap_report import (
    ExplainReport,
    Measured,
    OnCells,
    Randomisation,
    Removal,
    StabilityFigures,
)
from leuko.statistics.paired_intervals import Signed, signed

LEAST_PICTURES = 5
DIGITS = 2
CHANGED_BELOW = 0.5
"""Rank correlation below which a map counts as another one."""
STABLE_FROM = 0.8
ALIKE_FROM = 0.5
MOST = 0.5
DENSER = 1.25
"""Evidence that prefers cells is so many times as dense on them as if it were spread evenly."""
FULL = 0.95
"""Share of the area above which cells are all there is."""


class Outcome(StrEnum):
    """What the figures say to a question that hopes for yes."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"
    OPEN = "not shown"


@dataclass(frozen=True)
class HeatmapFinding:
    """The answer to one question on the heatmaps of a model.

    Attributes:
        question: short, such as "Does it mark what the score rests on?".
        answer: from the figures.
        sentence: with the figures; read after the question.
    """

    question: str
    answer: Outcome
    sentence: str

    @property
    def text(self) -> str:
        """Question and answer on one line."""
        return f"{self.question} {self.sentence}"


MARKS = "Does it mark what the score rests on?"
LEARNT = "Does it depend on what the network learnt?"
ON_CELL = "Does it lie on the cells?"
TOO_FEW = "Too few groups to tell"
STAYS = "Does it stay when the picture moves?"


def verdicts(report: ExplainReport) -> tuple[HeatmapFinding, ...]:
    """One verdict a question, in a fixed order.

    Args:
        report: of one model.

    Returns:
        For a model whose heatmaps are empty in all but a few pictures, a single verdict: nothing
        can be concluded.
    """
    removal, randomised = report.removal, report.randomisation
    if removal is None or randomised is None or report.with_evidence < LEAST_PICTURES:
        sentence = (
            f"Nothing can be concluded: {_of(report.with_evidence, report.images)} have positive "
            "evidence for the class that the model suggests."
        )
        return (HeatmapFinding(MARKS, Outcome.OPEN, sentence),)
    return (
        removal_verdict(removal),
        randomisation_verdict(randomised),
        cells_verdict(report.cells),
        stability_verdict(report),
    )


def removal_verdict(removal: Removal) -> HeatmapFinding:
    """Does the score follow the marked pixels sooner than random ones?"""
    tests = (removal.deletion.advantage, removal.insertion.advantage)
    better = [_above(one, 0.0) for one in tests]
    parts = (
        f"Removing what the heatmap marks lowers the score faster than removing random regions: "
        f"{_by(tests[0])}. Bringing it back restores the score faster: {_by(tests[1])}."
    )
    if any(one.low is None for one in tests):
        return HeatmapFinding(MARKS, Outcome.OPEN, f"{TOO_FEW}. {parts}")
    if all(better):
        return HeatmapFinding(MARKS, Outcome.YES, parts)
    if any(better):
        return HeatmapFinding(
            MARKS, Outcome.PARTLY, f"{parts} Only one of the two tests speaks for its heatmaps."
        )
    return HeatmapFinding(
        MARKS,
        Outcome.NO,
        f"This model's heatmaps do no better than random regions. {parts}",
    )


def randomisation_verdict(found: Randomisation) -> HeatmapFinding:
    """Is the map another one once the weights are shuffled?"""
    last, whole = found.last_layer, found.whole_network
    figures = (
        "rank correlation with the map of the trained network "
        f"{_brief(last)} after shuffling the last layer, {_brief(whole)} after "
        "shuffling all weights."
    )
    if last.low is None or whole.low is None:
        return HeatmapFinding(LEARNT, Outcome.OPEN, f"{TOO_FEW}: {figures}")
    last_changed, whole_changed = _below(last, CHANGED_BELOW), _below(whole, CHANGED_BELOW)
    if last_changed and whole_changed:
        return HeatmapFinding(LEARNT, Outcome.YES, f"Yes: {figures}")
    if last_changed or whole_changed:
        kept = "all weights are" if last_changed else "the last layer is"
        return HeatmapFinding(
            LEARNT, Outcome.PARTLY, f"Partly: {figures} It stays alike where {kept} shuffled."
        )
    return HeatmapFinding(
        LEARNT,
        Outcome.NO,
        f"No: {figures} It may show the shapes of the picture rather than what the network learnt.",
    )


def cells_verdict(found: OnCells) -> HeatmapFinding:
    """Does the evidence lie on leukocytes more than evidence spread evenly would?"""
    nobody = (
        f" No cell was found in {found.without_cell} more pictures." if found.without_cell else ""
    )
    if found.outside is None or found.advantage is None or found.images < LEAST_PICTURES:
        sentence = (
            f"This cannot be said: a cell was found in {found.images} pictures with evidence "
            f"only.{nobody}"
        )
        return HeatmapFinding(ON_CELL, Outcome.OPEN, sentence)
    share, area = 1 - found.outside.mean, 1 - found.outside.area
    figures = (
        f"{_percent(share)} of the evidence falls on leukocytes, which fill {_percent(area)} of "
        f"what the network sees; it lies mostly outside in "
        f"{_of(found.mostly_outside, found.images)}.{nobody}"
    )
    answer, words = _on_cells(found.advantage, share, area, found.mostly_outside / found.images)
    return HeatmapFinding(ON_CELL, answer, f"{words}: {figures}")


def evidence_on_nuclei(report: ExplainReport) -> str | None:
    """What a reader must know of a model before choosing it, in one short sentence.

    Such as "10 % of its evidence lies on nuclei, which cover 9 % of the picture; it lies mostly
    outside cells in 48 of 48 pictures measured.".

    Args:
        report: of one model.

    Returns:
        None where too few pictures were measured to say so.
    """
    found = report.cells
    if found.nucleus is None or found.images < LEAST_PICTURES:
        return None
    return (
        f"{100 * found.nucleus.mean:.0f} % of its evidence lies on nuclei, which cover "
        f"{100 * found.nucleus.area:.0f} % of the picture; it lies mostly outside cells in "
        f"{_of(found.mostly_outside, found.images)} measured."
    )


def evidence_on_nuclei_briefly(report: ExplainReport) -> str | None:
    """The same in a few words, for a list of models.

    Args:
        report: of one model.
    """
    found = report.cells
    if found.nucleus is None or found.images < LEAST_PICTURES:
        return None
    return (
        f"{100 * found.nucleus.mean:.0f} % of its evidence on nuclei "
        f"({100 * found.nucleus.area:.0f} % of the picture)"
    )


def _on_cells(
    advantage: Measured, share: float, area: float, mostly_outside: float
) -> tuple[Outcome, str]:
    if area > FULL:
        return Outcome.OPEN, "This cannot be said, there is hardly anything but cells to look at"
    if advantage.low is None:
        return Outcome.OPEN, TOO_FEW
    if not _above(advantage, 0.0) or share < DENSER * area:
        avoids = _below(advantage, 0.0)
        return Outcome.NO, "No, it avoids them" if avoids else "No, hardly more than by chance"
    if mostly_outside > MOST:
        return Outcome.PARTLY, "More than by chance, but mostly it marks other places"
    return Outcome.YES, "Yes"


def stability_verdict(report: ExplainReport) -> HeatmapFinding:
    """Are map and suggestion the same after a small shift and in the mirror?"""
    found = report.stability
    shifts, flips = found.shifts, found.flips
    lowest = min(
        (one.correlation.value for one in (shifts, flips) if one.correlation is not None),
        default=0.0,
    )
    figures = (
        f"correlation of the maps {_agreement(shifts)} after shifts by {found.shift_px} px, "
        f"{_agreement(flips)} in the mirror. The suggestion changes in "
        f"{_of(shifts.changed_images, found.images)} after a shift, in {flips.changed_images} "
        "in the mirror."
    )
    if lowest >= ALIKE_FROM:
        answer = Outcome.YES if lowest >= STABLE_FROM else Outcome.PARTLY
    else:
        answer = Outcome.NO
    return HeatmapFinding(STAYS, answer, f"{answer.capitalize()}: {figures}")


def _above(one: Measured, limit: float) -> bool:
    return one.low is not None and one.low > limit


def _below(one: Measured, limit: float) -> bool:
    return one.high is not None and one.high < limit


def _by(one: Measured) -> str:
    if one.low is None:
        return f"by {_brief(one)} on average"
    if _above(one, 0.0):
        return f"yes, by {_brief(one)}"
    if _below(one, 0.0):
        return f"no, random regions do better, by {_brief(_negative(one))}"
    return f"not shown, the difference is {_brief(one)}"


def _negative(one: Measured) -> Measured:
    assert one.low is not None  # noqa: S101  asked only where there is an interval
    assert one.high is not None  # noqa: S101
    return Measured(value=-one.value, low=-one.high, high=-one.low, units=one.units)


def interval_text(one: Measured) -> str:
    """A mean with its interval, such as "0.21 (0.15 to 0.27)"."""
    return Signed(one.value, one.low, one.high, reason="too few groups").text()


def _brief(one: Measured) -> str:
    """As :func:`interval_text`, for sentences that say themselves why there is no interval."""
    return signed(one.value, DIGITS) if one.low is None else interval_text(one)


def _agreement(one: StabilityFigures) -> str:
    return _brief(one.correlation) if one.correlation is not None else "not measurable"


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _of(count: int, images: int) -> str:
    return f"{count} of {images} pictures"
