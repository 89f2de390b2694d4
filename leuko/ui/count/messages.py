"""What the browser is told of counted fields, once each: their cells with small pictures."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from leuko.differential.counted import CountedCell
from leuko.differential.review import READER_LABELS
from leuko.differential.to_review import must_be_seen
from leuko.imaging.rendering.cell_marks import CELL_MARKS, mark_of
from leuko.labels import class_title
from leuko.workbench.field_batch import KeptField
from leuko.workbench.formatting import probability_text

FIELDS_A_MESSAGE: Final = 16
"""A message that is full never changes again, and the browser is not sent it again."""
MOST_CORNERS: Final = 48
"""Of an outline as it is drawn."""
PLACES: Final = {name: place for place, name in enumerate(READER_LABELS)}


def names_data(keys: Mapping[str, str]) -> list[dict[str, object]]:
    """Every label: its name, title, letter, colour and line.

    Args:
        keys: letter by label, see :func:`leuko.ui.count.key_map.key_map`.
    """
    return [
        {
            "place": place,
            "name": name,
            "title": class_title(name),
            "letter": keys[name],
            "colour": mark_of(name).colour,
            "line": mark_of(name).line,
            "none": name not in CELL_MARKS,
        }
        for name, place in PLACES.items()
    ]


def field_data(kept: KeptField, stamp: str) -> bytes:
    """A field with its cells as JSON.

    Args:
        kept: the field, at the threshold in force.
        stamp: of the model and the threshold; a cell of another stamp is drawn anew.
    """
    field = kept.field
    told = {
        "sha": field.sha256,
        "name": field.name,
        "width": field.width_px,
        "height": field.height_px,
        "stamp": stamp,
        "cells": [
            {**_cell_data(cell), "picture": tile}
            for cell, tile in zip(field.cells, kept.tiles, strict=True)
        ],
    }
    return json.dumps(told, separators=(",", ":")).encode()


def _cell_data(counted: CountedCell) -> dict[str, object]:
    cell, shares = counted.cell, counted.result.probabilities
    step = -(-len(cell.outline) // MOST_CORNERS)
    known = [shares.get(name, 0.0) for name in READER_LABELS]
    return {
        "number": counted.number,
        "box": list(cell.box),
        "centre": [round(value, 1) for value in cell.centre],
        "outline": cell.outline[::step].ravel().tolist(),
        "suggested": PLACES[counted.label],
        "share": probability_text(counted.probability),
        "unsure": round(counted.uncertainty, 4),
        "deferred": int(counted.deferred),
        "must": must_be_seen(counted),
        "shares": [round(value, 4) for value in known],
        "texts": [probability_text(value) for value in known],
        "size": size_words(counted),
    }


def size_words(counted: CountedCell) -> str:
    """How large the nucleus is, which a picture of one size does not show."""
    cell = counted.cell
    if cell.nucleus_in_red_cells is not None:
        words = f"nucleus {cell.nucleus_in_red_cells:.1f} red-cell diameters"
    else:
        words = f"nucleus {cell.nucleus_px:.0f} pixels across"
    return f"{words} · cut off by the border" if cell.touches_edge else words


def chunk_message(session: str, fields: Sequence[bytes]) -> bytes:
    """One message of several fields.

    Args:
        session: identity of the session.
        fields: of :func:`field_data`.
    """
    head = json.dumps({"role": "cells", "session": session})[:-1].encode()
    return head + b',"fields":[' + b",".join(fields) + b"]}"


def picture_message(session: str, sha256: str, address: str) -> bytes:
    """The message of one field's picture.

    Args:
        session: identity of the session.
        sha256: of the picture's file.
        address: data address of the picture.
    """
    told = {"role": "picture", "session": session, "sha": sha256, "address": address}
    return json.dumps(told).encode()
