"""A user's table of labels: which picture shows what, and which pictures belong together."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from leuko.errors import LabelsError
from leuko.imaging.filenames import display_name

MOST_BYTES = 10 * 1024 * 1024
DELIMITERS = (",", ";", "\t")
COLUMNS = {
    "file": ("file", "filename", "file name", "image", "image_id"),
    "label": ("label", "class"),
    "group": ("group", "group_id", "patient", "patient_id", "slide", "slide_id"),
}
"""Each column by its own name first, then by what laboratories call it."""


@dataclass(frozen=True)
class LabelRow:
    """One row of a table.

    Attributes:
        file: name of the picture, with or without folders and ending.
        label: as written; empty where the cell is.
        group: patient or slide; empty where there is none.
    """

    file: str
    label: str
    group: str = ""


@dataclass(frozen=True)
class LabelTable:
    """A table of labels.

    Attributes:
        name: of its file, safe to show.
        rows: in order; rows without a file name are not among them.
        nameless: how many rows have a label and no file name.
    """

    name: str
    rows: tuple[LabelRow, ...]
    nameless: int = 0


def is_label_table(name: str) -> bool:
    """Whether a file is meant as a table of labels: by its name, for a CSV file has no mark."""
    return name.casefold().endswith(".csv")


def read_label_table(name: str, data: bytes) -> LabelTable:
    """Read a CSV with the columns ``file``, ``label`` and, if wanted, ``group``.

    Columns are known by their name, in any order and case; comma, semicolon or tab parts them.
    UTF-8 and UTF-16 are read as such, anything else as Windows-1252.

    Args:
        name: of the file.
        data: its bytes.

    Raises:
        LabelsError: one sentence that says what was expected, what was found and what mends it.
    """
    shown = display_name(name)
    if len(data) > MOST_BYTES:
        raise LabelsError(
            f"{shown} has more than {MOST_BYTES // 1024**2} megabytes: keep the columns file, "
            "label and group alone."
        )
    text = _decode(data)
    delimiter = _delimiter(next((line for line in text.splitlines() if line.strip()), ""))
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as problem:
        raise LabelsError(
            f"{shown} cannot be read as a CSV table: save it as CSV again. ({problem})"
        ) from problem
    filled = [
        (number, row) for number, row in enumerate(rows, start=1) if any(c.strip() for c in row)
    ]
    if not filled:
        raise LabelsError(f"{shown} is empty: write the columns file, label and, if known, group.")
    (_, header), *body = filled
    return _table(shown, [cell.strip().casefold() for cell in header], body)


def _decode(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _delimiter(header: str) -> str:
    """What parts the header into a file and a label column; a comma when nothing does."""
    for delimiter in DELIMITERS:
        cells = [cell.strip().strip('"').strip().casefold() for cell in header.split(delimiter)]
        if all(_find(cells, column) is not None for column in ("file", "label")):
            return delimiter
    return DELIMITERS[0]


def _find(header: Sequence[str], column: str) -> int | None:
    return next((header.index(name) for name in COLUMNS[column] if name in header), None)


def _table(
    shown: str, header: Sequence[str], body: Sequence[tuple[int, Sequence[str]]]
) -> LabelTable:
    places = {column: _find(header, column) for column in COLUMNS}
    for column in ("file", "label"):
        if places[column] is None:
            found = display_name(", ".join(header[:12])) if any(header) else "nothing"
            raise LabelsError(
                f"{shown} has no column '{column}', found {found}: name the columns file, label "
                "and, if known, group in the first line."
            )
    rows, nameless = [], 0
    for number, cells in body:
        if len(cells) > len(header):
            raise LabelsError(
                f"{shown}: line {number} has {len(cells)} values, the header has {len(header)}; "
                "put a name that holds a comma in quotation marks."
            )

        def cell(column: str, cells: Sequence[str] = cells) -> str:
            place = places[column]
            return cells[place].strip() if place is not None and place < len(cells) else ""

        if cell("file"):
            rows.append(LabelRow(cell("file"), cell("label"), cell("group")))
        else:
            nameless += 1
    return LabelTable(shown, tuple(rows), nameless)
