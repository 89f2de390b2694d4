"""``leuko measure-cells``: how well cells found by colour agree with hand-drawn masks."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from leuko.cli.main import EXIT_FINE
from leuko.cli.output import say, show, show_json, show_progress, write_text
from leuko.data.adapters import wbc_segmentation
from leuko.data.adapters.wbc_segmentation import MaskedPicture
from leuko.evaluation.segmentation import CellFigures, DiceSummary, MaskOverlap, agreement, figures
from leuko.settings import load_limits

HEADING = """\
# Finding the cells

Made by `python -m leuko measure-cells --data FOLDER --write docs/CELLS.md`; do not edit.

Leukocytes are found by colour (`leuko/inspection/cells/segmentation.py`), without a network, to say
how much of the evidence for a class lies on their nuclei, on their cytoplasm and outside of them.
The figures are Dice coefficients against hand-drawn masks of wbc_segmentation (Zheng et al. 2018):
1 is full agreement, 0 none. Brackets hold 95 % intervals of the mean. Even numbers of Dataset 1
were held out: the rules and their numbers were chosen by the masks of odd numbers alone.
"""
LIMITS = """\
Both data sets show single normal leukocytes. On fields with many cells, on blasts, and on cells
that were cut out beforehand no masks were there to measure with; overlays were checked by eye.
Smudge cells and very pale cells are often missed, platelet clumps and dark dirt sometimes taken
for cells, and where nucleus fills nearly the whole cell the line between the two is uncertain.

How much evidence can lie on cells at all depends on the heatmap as well. In fields, a cell is
smaller than one position of a 7 x 7 map, so a part of the evidence lies beside the cells however
well the network looks; a finer layer of the same network tells more.
"""


def run(arguments: argparse.Namespace) -> int:
    """Segment every picture that has a mask and say how well the two agree."""
    pictures = wbc_segmentation.read(arguments.data)
    found = figures(measure(pictures))
    absent = [name for name in wbc_segmentation.NAMES if not _holds(pictures, name)]
    if arguments.json:
        for one in found:
            show_json(asdict(one))
    else:
        for line in table(found):
            show(line)
    for name in absent:
        say(f"{name} is not there and was not measured.")
    if arguments.write is not None:
        write_text(arguments.write, document(found, absent), "--write")
    return EXIT_FINE


def measure(pictures: Sequence[MaskedPicture]) -> Iterator[MaskOverlap]:
    """Agreement picture by picture, counting on standard error where a person watches."""
    limits = load_limits()
    for done, picture in enumerate(pictures, 1):
        yield agreement(picture, limits)
        show_progress(f"{done} of {len(pictures)}")


def table(found: Sequence[CellFigures]) -> list[str]:
    """The figures as lines of Markdown."""
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


def document(found: Sequence[CellFigures], absent: Sequence[str]) -> str:
    """The page that the README points to."""
    missing = [f"{name} was not there to be measured." for name in absent]
    return "\n".join([HEADING, *table(found), "", *missing, *([""] if missing else []), LIMITS])


def _mean(dice: DiceSummary) -> str:
    if dice.low is None or dice.high is None:
        return f"{dice.mean:.3f}"
    return f"{dice.mean:.3f} ({dice.low:.3f}–{dice.high:.3f})"


def _holds(pictures: Sequence[MaskedPicture], name: str) -> bool:
    return any(picture.dataset == name for picture in pictures)
