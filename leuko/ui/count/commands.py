"""What the reader did in the browser, carried out on the session's review."""

from collections.abc import Container, Mapping
from typing import Final

from leuko.differential.counted import CellKey
from leuko.differential.review import READER_LABELS
from leuko.ui.state.counting import Counting

MOST_TABS: Final = 8
"""Tabs of a session whose last command is remembered."""
MOST_PICTURES: Final = 64
"""Pictures that a browser may say it has."""


def carry_out(
    said: object, counting: Counting, cells: Container[CellKey], fields: Container[str]
) -> None:
    """Carry out the commands that the browser lists and that were not carried out before.

    The browser repeats a command until it hears that it was carried out: none is lost when two
    come at once, and none counts twice. What makes no sense is passed over.

    Args:
        said: ``client`` (name of the tab) and ``list`` of commands, each with ``sequence``, ``do``,
            ``keys`` and ``label``; ``pictures`` and ``chosen`` name what the browser has already.
        counting: is brought up to date.
        cells: that are on the page.
        fields: sha256 of the fields that are.
    """
    if not isinstance(said, Mapping) or not isinstance(said.get("list"), list):
        return
    client = str(said.get("client"))[:64]
    pictures = said.get("pictures")
    held = pictures[:MOST_PICTURES] if isinstance(pictures, list) else []
    counting.held = frozenset(each for each in held if isinstance(each, str))
    counting.held_chosen = str(said.get("chosen", ""))
    last = counting.confirmed.pop(client, 0)
    for command in said["list"]:
        sequence = command.get("sequence") if isinstance(command, Mapping) else None
        if isinstance(sequence, int) and sequence > last:
            last = sequence
            _carry_out_one(command, counting, cells, fields)
    counting.confirmed[client] = last
    while len(counting.confirmed) > MOST_TABS:
        del counting.confirmed[next(iter(counting.confirmed))]


def _carry_out_one(
    command: Mapping[str, object],
    counting: Counting,
    cells: Container[CellKey],
    fields: Container[str],
) -> None:
    named = _keys(command.get("keys"))
    keys = [key for key in named if key in cells]
    match command.get("do"):
        case "label" if keys and command.get("label") in READER_LABELS:
            counting.review = counting.review.apply(keys, str(command["label"]))
        case "seen":
            counting.review = counting.review.seen(keys)
        case "undo":
            counting.review = counting.review.undo()
        case "redo":
            counting.review = counting.review.redo()
        case "select" if keys:
            counting.selected, counting.shown = keys[0], keys[0][0]
        case "field" if named and named[0][0] in fields:
            counting.shown = named[0][0]


def _keys(said: object) -> list[CellKey]:
    """Cells as the browser names them: pairs of a picture's sha256 and a number."""
    listed = said if isinstance(said, list) else []
    pairs = [each for each in listed if isinstance(each, list) and len(each) == 2]  # noqa: PLR2004
    return [(one, number) for one, number in pairs if isinstance(one, str) and type(number) is int]
