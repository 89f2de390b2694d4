"""``leuko measure-cells``: how well leukocytes are found, against boxes and hand-drawn masks."""

import argparse
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from leuko.cli.finder.cells_page import colour_table, document, figure_lines
from leuko.cli.main import EXIT_FINE
from leuko.cli.output import say, show, show_json, show_progress, write_text
from leuko.data.adapters import taleqani, txl_pbc, wbc_segmentation
from leuko.data.adapters.wbc_segmentation import MaskedPicture
from leuko.errors import DatasetError
from leuko.evaluation.finder.figures import (
    FieldCount,
    FinderFigures,
    MaskDice,
    Speed,
    TwinRecord,
    read_figures,
    summarise,
)
from leuko.evaluation.finder.measure import (
    LABORATORIES,
    BoxedField,
    MaskedCell,
    Twin,
    boxed_fields,
    count_field,
    masked_cells,
    overlap,
    read_twin,
    summarise_overlaps,
    time_search,
)
from leuko.evaluation.segmentation import MaskOverlap, agreement, figures
from leuko.inspection.cells.network import read_record
from leuko.settings import Limits, load_limits

TIMED = 15
Network = bytes | None


def run(arguments: argparse.Namespace) -> int:
    """Find the cells of every picture whose cells are known, and say how well that went."""
    limits = load_limits()
    coloured = wbc_segmentation.read(arguments.data)
    by_colour = figures(measure(coloured))
    found = _finder_figures(arguments.data, arguments.twins, limits)
    absent = [name for name in wbc_segmentation.NAMES if not _holds(coloured, name)]
    if arguments.json:
        for kind, rows in (
            ("detection", found.detection), ("dice", found.dice), ("speed", found.speed),
        ):  # fmt: skip
            for row in rows:
                show_json({"part": kind} | row.model_dump())
        for one in by_colour:
            show_json({"part": "by colour"} | asdict(one))
    else:
        for line in (*figure_lines(found), *colour_table(by_colour)):
            show(line)
    for name in absent:
        say(f"{name} is not there and was not measured.")
    if arguments.figures is not None:
        write_text(arguments.figures, f"{found.model_dump_json(indent=1)}\n", "--figures")
    if arguments.write is not None:
        write_text(arguments.write, document(found, by_colour, absent), "--write")
    return EXIT_FINE


def measure(pictures: Sequence[MaskedPicture]) -> Iterator[MaskOverlap]:
    """Agreement of what is found by colour, picture by picture."""
    limits = load_limits()
    for done, picture in enumerate(pictures, 1):
        yield agreement(picture, limits)
        show_progress(f"{done} of {len(pictures)}")


def _finder_figures(data: Path, twins: Path | None, limits: Limits) -> FinderFigures:
    """Figures of the installed network, and of those that left a laboratory out."""
    fields, masked = _read(boxed_fields, data), _read(masked_cells, data)
    installed: dict[str, Network] = dict.fromkeys(LABORATORIES.values())
    counts = list(_counts(fields, limits, installed, left_out=False))
    dice = _dice(masked, limits, installed, left_out=False)
    trained: list[TwinRecord] = []
    if twins is not None:
        found = _read_twins(twins)
        contents: dict[str, Network] = {name: one.content for name, one in found.items()}
        counts += _counts(fields, limits, contents, left_out=True)
        dice += _dice(masked, limits, contents, left_out=True)
        trained = [one.record for one in found.values()]
    elif (before := read_figures()) is not None:
        counts += [one for one in before.counts if one.left_out]
        dice += [one for one in before.dice if one.left_out]
        trained = list(before.twins)
    return FinderFigures(
        sha256=read_record().sha256,
        twins=tuple(trained),
        detection=tuple(summarise(counts)),
        counts=tuple(counts),
        dice=tuple(dice),
        speed=tuple(_speed(data, fields, masked, limits)),
    )


def _read(read: Callable[[Path], Iterator[Any]], data: Path) -> list[Any]:
    """What a reader finds; nothing, and a word about it, where a data set is not there."""
    try:
        return list(read(data))
    except DatasetError as problem:
        say(f"Not measured: {problem}")
        return []


def _read_twins(folder: Path) -> dict[str, Twin]:
    """Networks of a folder that were trained without a laboratory, by that; absent ones are named.

    Raises:
        DatasetError: when there is none, or one has no record of its training.
    """
    twins = {}
    for laboratory in dict.fromkeys(LABORATORIES.values()):
        path = folder / f"without_{laboratory}.onnx"
        if not path.is_file():
            say(
                f"Not measured without {laboratory}: no network '{path.name}'; make it by "
                f"train-finder --without {laboratory}."
            )
            continue
        twins[laboratory] = read_twin(path, laboratory)
    if not twins:
        raise DatasetError(f"'{folder}' holds no network: make one by train-finder --without NAME.")
    return twins


def _counts(
    fields: Sequence[BoxedField],
    limits: Limits,
    networks: Mapping[str, Network],
    *,
    left_out: bool,
) -> Iterator[FieldCount]:
    """Counts of the pictures that a network was not trained on, set by set."""
    for name in dict.fromkeys(field.set for field in fields):
        if LABORATORIES[name] not in networks:
            continue
        content = networks[LABORATORIES[name]]
        for field in fields:
            if field.set == name and (left_out or field.side == txl_pbc.SIDES[1]):
                yield count_field(field, limits, content, left_out=left_out)
                show_progress(f"{name}: {field.path.stem}")


def _dice(
    masked: Sequence[MaskedCell],
    limits: Limits,
    networks: Mapping[str, Network],
    *,
    left_out: bool,
) -> list[MaskDice]:
    found = []
    for name in dict.fromkeys(cell.laboratory for cell in masked):
        if name not in networks:
            continue
        content = networks[name]
        overlaps = []
        for cell in masked:
            if cell.laboratory == name and (left_out or cell.held_out):
                overlaps.append(overlap(cell, limits, content))
                show_progress(f"{name}: {cell.path.stem}")
        if overlaps:
            found += summarise_overlaps(name, overlaps, left_out=left_out)
    return found


def _speed(
    data: Path, fields: Sequence[BoxedField], masked: Sequence[MaskedCell], limits: Limits
) -> Iterator[Speed]:
    """Time of usual pictures of each set."""
    paths = {name: [one.path for one in fields if one.set == name] for name in LABORATORIES}
    for name in paths:
        paths[name] += [one.path for one in masked if one.laboratory == name]
    samples = _read(lambda folder: iter(taleqani.read(folder).samples), data)
    paths[taleqani.ID] = [sample.path for sample in samples]
    for name, ones in paths.items():
        if ones:
            yield time_search(name, ones[:: max(1, len(ones) // TIMED)], limits)


def _holds(pictures: Sequence[MaskedPicture], name: str) -> bool:
    return any(picture.dataset == name for picture in pictures)
