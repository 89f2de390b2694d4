"""``leuko measure-kinds``: how often the kind of a picture is recognised, and fitting that."""

import argparse
from collections.abc import Sequence
from dataclasses import asdict
from itertools import chain

from leuko.calibration.kind.augmentation import made_every
from leuko.calibration.kind.feature_table import KindRow, measure_drawings, measure_source
from leuko.calibration.kind.fit import KINDS, fit_forest
from leuko.calibration.kind.measure import (
    Cost,
    KindFigures,
    held_out,
    held_out_made,
    left_out,
    measure_cost,
    together,
)
from leuko.cli.main import EXIT_FINE
from leuko.cli.output import say, show, show_json, show_progress, write_text
from leuko.data.kind_pictures import KindSource, read_blood, read_others
from leuko.errors import LeukoError
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.kind.classify import SURE_FROM
from leuko.inspection.kind.forest import FOREST_FILE, ForestFile
from leuko.labels import InputKind
from leuko.settings import load_limits
from leuko.statistics.intervals import wilson_interval

TIMED = 60
BLOOD, OTHER = "all blood", "all that is no blood"

HEADING = """\
# Recognising the kind of a picture

Made by `python -m leuko measure-kinds --data FOLDER --others FOLDER ... --write docs/KINDS.md`;
do not edit.

Before a model reads a picture, Leuko asks what the picture is: a whole field, a single-cell crop, a
segmented cell on black, or no blood at all (`leuko/inspection/kind/classify.py`). A forest of
decision trees answers from measurements of a small copy: the stain against the ground, edges,
sharpness, and number, size and place of the cells. Below a probability of {sure:.2f} the gate says
that it is not sure and refuses nothing. *Refused* below is: sure that the picture is of another
kind.

What is no blood are photographs, screenshots, plots, icons and a little microscopy out of freely
available software packages (`scripts/gather_no_blood.py` names and gathers them), and drawings made
by the command itself. Beside each picture, changed ones were made for fitting: other light, stain,
size, sharpness and compression, cells cut out of fields, cells put on black, mirrored mosaics of
smaller cells. How sure the gate is was chosen on collections that were left out, each in turn: as
sure as these allow without much loss. Of some of them it is still surer than it may be, as the last
table shows.
"""
HELD_OUT = """\
## Pictures that were held out

Three in ten groups of every collection (subjects, blocks of file numbers, single pictures,
drawings) were kept from fitting. The forest in the package is the one that is measured here.
"""
MADE = """\
## Pictures made from held-out ones
"""
LEFT_OUT = """\
## Collections that were left out

How the gate does on a laboratory or a source it has never seen: for each collection, a forest was
fitted without it and without all that was made from it. With so few public sets this is a hard
test: without BCCD, say, no field is left but those of one hospital, and without the drawings of
tissue next to no tissue.
"""
LIMITS = """\
Crop and field are two ends of one scale: BCCD's fields show one to three white cells, ALL-IDB2's
crops several red ones around one white. A crop with many neighbours or a field of one cell is
where the gate is unsure. Pictures of a laboratory whose stain looks like none of the public sets
may be called no blood, as the last table shows; a model can be used anyway. Stained tissue was
measured on drawings and a handful of real pictures alone.
"""
WORDS = {
    InputKind.FIELD: "field",
    InputKind.CROP: "crop",
    InputKind.SEGMENTED: "segmented",
    None: "no blood",
}


def run(arguments: argparse.Namespace) -> int:
    """Measure every picture, fit where asked, and say how often the gate is right."""
    blood, absent = read_blood(arguments.data)
    for problem in absent:
        say(f"Not measured: {problem}")
    others = list(chain.from_iterable(read_others(folder) for folder in arguments.others))
    rows = measure([*blood, *others], arguments.drawings)
    stored = _forest(rows, fit=arguments.fit)
    kept, made = held_out(rows, stored), held_out_made(rows, stored)
    kept += [
        *together(BLOOD, [one for one in kept if one.kind is not None]),
        *together(OTHER, [one for one in kept if one.kind is None]),
    ]
    left = list(left_out(rows, stored.sharpness))
    cost = _cost([one for one in blood if one.held_out])
    sections = {"held out": kept, "made from held out": made, "left out": left}
    if arguments.json:
        for name, found in sections.items():
            for one in found:
                show_json({"part": name} | asdict(one))
    else:
        for name, found in sections.items():
            for line in (name, *table(found), ""):
                show(line)
        show(cost_sentence(cost))
    if arguments.write is not None:
        write_text(arguments.write, document(kept, made, left, cost), "--write")
    return EXIT_FINE


def measure(sources: Sequence[KindSource], drawings: int) -> list[KindRow]:
    """Rows of all pictures, counting on standard error where a person watches."""
    limits, rows = load_limits(), list(measure_drawings(drawings))
    every = made_every(sources)
    unread = 0
    for done, source in enumerate(sources, 1):
        made = done % every[source.collection] == 0
        found = list(measure_source(source, limits, done, made=made))
        rows += found
        unread += not found
        show_progress(f"{done} of {len(sources)}")
    if unread:
        say(f"{unread} pictures could not be read and were left out.")
    return rows


def table(found: Sequence[KindFigures]) -> list[str]:
    """The figures as lines of Markdown."""
    guesses = " | ".join(f"as {WORDS[kind]}" for kind in KINDS)
    lines = [
        f"| pictures | kind | number | right | sure and right | sure and wrong | {guesses} |",
        "|---|---|---:|---:|---:|---:|" + "---:|" * len(KINDS),
    ]
    for one in found:
        shares = " | ".join(
            f"{100 * number / one.pictures:.1f} %"
            for number in (one.right, one.sure_and_right, one.sure_and_wrong)
        )
        counts = " | ".join(str(number) for number in one.guessed)
        lines.append(f"| {one.name} | {WORDS[one.kind]} | {one.pictures} | {shares} | {counts} |")
    return lines


def document(
    kept: Sequence[KindFigures],
    made: Sequence[KindFigures],
    left: Sequence[KindFigures],
    cost: Cost,
) -> str:
    """The page that the README points to."""
    parts = [
        HEADING.format(sure=SURE_FROM),
        summary(kept),
        "",
        *(HELD_OUT, *table(kept), ""),
        *(MADE, *table(made), ""),
        *(LEFT_OUT, *table(left), ""),
        cost_sentence(cost),
        "",
        LIMITS,
    ]
    return "\n".join(parts)


def summary(kept: Sequence[KindFigures]) -> str:
    """The figures that matter most, in one paragraph."""
    blood = [one for one in kept if one.name == BLOOD]
    other = [one for one in kept if one.name == OTHER]
    sentences = []
    if blood:
        total = sum(one.pictures for one in blood)
        right = _share(sum(one.right for one in blood), total)
        wrong = _share(sum(one.sure_and_wrong for one in blood), total)
        sentences.append(
            f"Of {total} held-out pictures of blood, the right kind was recognised in {right}; "
            f"{wrong} were refused wrongly."
        )
    if other:
        refused = _share(other[0].sure_and_right, other[0].pictures)
        sentences.append(
            f"Of {other[0].pictures} held-out pictures that are no blood, {refused} were refused."
        )
    sentences.append("Brackets hold 95 % intervals.")
    return " ".join(sentences)


def _share(number: int, total: int) -> str:
    low, high = wilson_interval(number, total)
    return f"{100 * number / total:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def cost_sentence(cost: Cost) -> str:
    """What the gate and the quality measures take."""
    return (
        f"The gate takes {cost.kind / cost.cells:.1f} times as long as the search for cells, whose "
        f"result it uses, and the quality measures {cost.quality / cost.cells:.1f} times: "
        f"{cost.kind:.1f} ms and {cost.quality:.1f} ms a picture where this was measured (median "
        f"of {cost.pictures} pictures, processor time)."
    )


def _forest(rows: Sequence[KindRow], *, fit: bool) -> ForestFile:
    if not fit:
        return ForestFile.model_validate_json(FOREST_FILE.read_text(encoding="utf-8"))
    chosen = [row for row in rows if not row.held_out]
    absent = set(KINDS) - {row.kind for row in chosen if row.as_published}
    if absent:
        names = ", ".join(sorted(WORDS[kind] for kind in absent))
        raise LeukoError(f"No pictures to learn '{names}' from: give folders that hold some.")
    stored = fit_forest(chosen)
    write_text(FOREST_FILE, stored.model_dump_json() + "\n", None)
    return stored


def _cost(sources: Sequence[KindSource]) -> Cost:
    limits = load_limits()
    step = max(1, len(sources) // TIMED)
    return measure_cost([read_picture(one.path, limits).pixels for one in sources[::step][:TIMED]])
