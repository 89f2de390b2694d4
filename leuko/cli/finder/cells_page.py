"""The page docs/CELLS.md, from the figures of the finder."""

from collections.abc import Sequence

from leuko.data.adapters import txl_pbc
from leuko.evaluation.finder.figures import Detection, FieldCount, FinderFigures, summarise
from leuko.evaluation.segmentation import CellFigures, DiceSummary

HEADING = """\
# Finding the cells

Made by `python -m leuko measure-cells --data FOLDER --write docs/CELLS.md`; do not edit.

## The finder

Every leukocyte of a picture is found as an instance of its own (`leuko/inspection/cells/finder.py`)
by a small network that maps nuclei, cells and their centres. It reads optical densities against the
picture's own background, on a grid on which a nucleus is about 26 pixels across; OpenCV runs it,
without PyTorch. `python -m leuko train-finder` trains it: on hand-drawn masks of wbc_segmentation
(odd numbers) and ALL-IDB2 (seven in ten), and on boxes of BCCD and of TXL-PBC's side `train`, less
what is a near copy of a picture of its side `val`.

*Left out* is measured with a twin that was trained without any picture of that laboratory, on all
pictures of it; *held out* with the network in the package, on pictures that it was not trained on.
A leukocyte is found when a box overlaps its own by half (intersection over union); each box counts
once. Brackets hold 95 % intervals, pictures resampled. How the finder chooses its scale was settled
while looking at what it got wrong on all sides of TXL-PBC; the networks never saw those held out.
"""
TWINS = """\
The twins, each with what it was taught; a laboratory that is not named has no twin and was not
measured left out:
"""
DETECTION = """\
### Leukocytes in boxes

TXL-PBC's pictures of 640 × 480 are BCCD's, those of 416 × 416 (`bcd`) are BCCD's squeezed, mirrored
and recoloured: without BCCD both are left out, and what is held out of `bcd` may show a field that
the network knows. Part of what counts as wrong is right: in both sets some leukocytes at the border
have no box, and some boxes of leukocytes hold a red cell.
"""
DICE = """\
### Against hand-drawn masks

Dice coefficients, 1 is full agreement, 0 none; a picture in which nothing is found counts with 0.
"""
SPEED = """\
### Time

Processor time of all threads together, on the machine where this page was made; by the clock it is
less where there are two processors. What matters is how many pixels a nucleus has, for the network
always sees it at one size.
"""
BY_COLOUR = """\
## Cells by colour

How much of the evidence for a class lies on nuclei, on cytoplasm and outside is counted on a mask
that is made without a network (`leuko/inspection/cells/segmentation.py`). Dice coefficients against
hand-drawn masks of wbc_segmentation (Zheng et al. 2018). Even numbers of Dataset 1 were held out:
the rules and their numbers were chosen by the masks of odd numbers alone.
"""
LIMITS = """\
Masks show single cells; on fields of touching blasts among smudge cells no masks were there to
measure with, and overlays were checked by eye: nearly all blasts are found, a few that touch with
no waist count as one, and a smudge that still looks like a nucleus is sometimes counted. Platelets
as large as half a red cell or larger are found as cells, for the class of a cell to tell.

How much evidence can lie on cells at all depends on the heatmap as well. In fields, a cell is
smaller than one position of a 7 x 7 map, so a part of the evidence lies beside the cells however
well the network looks; a finer layer of the same network tells more.
"""


def figure_lines(found: FinderFigures) -> list[str]:
    """All tables of the finder as lines of Markdown."""
    return [*detection_table(found), "", *dice_table(found), "", *speed_table(found)]


def detection_table(found: FinderFigures) -> list[str]:
    """Recall, precision and F1 by set."""
    lines = [
        "| pictures | number | network | leukocytes | found | recall | precision | F1 |",
        "|---|---:|---|---:|---:|---:|---:|---|",
    ]
    whole = [_together(found.counts, side) for side in (True, False)]
    for one in (*found.detection, *(row for row in whole if row is not None)):
        which = "left out" if one.left_out else "held out"
        lines.append(
            f"| {one.set} | {one.pictures} | {which} | {one.true} | {one.found} "
            f"| {_share(one.recall)} | {_share(one.precision)} | {_f1(one)} |"
        )
    return lines


def _together(counts: Sequence[FieldCount], left_out: bool) -> Detection | None:
    """All sources of TXL-PBC as one row."""
    chosen = [
        one.model_copy(update={"set": f"{txl_pbc.ID}, these together"})
        for one in counts
        if one.left_out is left_out and one.set.startswith(txl_pbc.ID)
    ]
    return summarise(chosen)[0] if chosen else None


def twin_lines(found: FinderFigures) -> list[str]:
    """What the networks were trained on that left a laboratory out."""
    return [
        f"- without {one.without}: {one.steps} steps on {', '.join(one.laboratories)}"
        for one in found.twins
    ]


def dice_table(found: FinderFigures) -> list[str]:
    """Dice coefficients by laboratory."""
    lines = [
        "| laboratory | number | network | region | mean Dice | median | 5th percentile | worst |",
        "|---|---:|---|---|---|---:|---:|---:|",
    ]
    for one in found.dice:
        which = "left out" if one.left_out else "held out"
        mean = _interval(one.mean, one.low, one.high)
        lines.append(
            f"| {one.laboratory} | {one.pictures} | {which} | {one.region} | {mean} "
            f"| {one.median:.3f} | {one.fifth_percentile:.3f} | {one.worst:.3f} |"
        )
    return lines


def speed_table(found: FinderFigures) -> list[str]:
    """Milliseconds by set."""
    lines = [
        "| pictures | size, px | timed | ms a picture | ms a megapixel | threads |",
        "|---|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one.set} | {one.width_px} × {one.height_px} | {one.pictures} "
        f"| {one.milliseconds:.1f} | {one.milliseconds_per_megapixel:.0f} | {one.threads} |"
        for one in found.speed
    ]
    return lines


def colour_table(found: Sequence[CellFigures]) -> list[str]:
    """Dice coefficients of what is found by colour."""
    lines = [
        "| pictures | number | region | mean Dice | median | 5th percentile | worst |",
        "|---|---:|---|---|---:|---:|---:|",
    ]
    for one in found:
        side = "tuned on" if one.seen else "held out"
        for region, dice in (("whole cell", one.cell), ("nucleus", one.nucleus)):
            lines.append(
                f"| {one.dataset}, {side} | {one.pictures} | {region} | {_mean(dice)} "
                f"| {dice.median:.3f} | {dice.fifth_percentile:.3f} | {dice.worst:.3f} |"
            )
    return lines


def document(found: FinderFigures, by_colour: Sequence[CellFigures], absent: Sequence[str]) -> str:
    """The page that the README points to."""
    missing = [f"{name} was not there to be measured." for name in absent]
    parts = [HEADING]
    for text, lines in (
        (TWINS, twin_lines(found)),
        (DETECTION, detection_table(found)),
        (DICE, dice_table(found)),
        (SPEED, speed_table(found)),
        (BY_COLOUR, [*colour_table(by_colour), *([""] if missing else []), *missing]),
    ):
        parts += [text, *lines, ""]
    return "\n".join([*parts, LIMITS])


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _f1(one: Detection) -> str:
    return "–" if one.f1 is None else _interval(one.f1, one.f1_low, one.f1_high)


def _mean(dice: DiceSummary) -> str:
    return _interval(dice.mean, dice.low, dice.high)


def _interval(value: float, low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return f"{value:.3f}"
    return f"{value:.3f} ({low:.3f}–{high:.3f})"
