"""A user's table of labels: which picture shows what, and which pictures belong together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from leuko.errors import LabelsError
from leuko.evaluation.external.label_vocabulary import word_key
from leuko.evaluation.external.table_rows import Row, Sheet, read_sheets
from leuko.imaging.filenames import display_name, name_key
from leuko.imaging.intake.litter import is_litter
from leuko.imaging.intake.spreadsheets import spreadsheet_kind
from leuko.imaging.intake.zip_archive import is_table_name

COLUMNS = {
    "file": ("file", "filename", "file name", "file_name", "image", "image_id", "path"),
    "label": ("label", "class"),
    "group": ("group", "group_id", "patient", "patient_id", "slide", "slide_id"),
}
"""Each column by its own name first, then by what laboratories call it."""
LABEL_WORDS = frozenset({"label", "labels", "class", "diagnosis"})
COLUMNS_SHOWN = 12


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
        folder: where it lies, as the paths of pictures are written; empty at the top.
        archive: number of the archive it came in; 0 outside one.
        notes: sentences on columns that were not used.
    """

    name: str
    rows: tuple[LabelRow, ...]
    nameless: int = 0
    folder: str = ""
    archive: int = 0
    notes: tuple[str, ...] = ()


def is_label_table(name: str, data: bytes = b"") -> bool:
    """Whether a file is meant as a table of labels.

    By its name, for a CSV file has no mark; a spreadsheet by its content, whatever it is called.
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    return not is_litter(last) and (is_table_name(name) or spreadsheet_kind(data) is not None)


def read_label_table(name: str, data: bytes, folder: str = "", archive: int = 0) -> LabelTable:
    """Read a table with the columns ``file``, ``label`` and, if wanted, ``group``.

    CSV in any Unicode encoding or that of old Windows, parted by comma, semicolon, tab or "|", and
    Excel workbooks, in which every sheet with such columns counts. Columns are known by their name,
    in any order and case. Where two columns may be the label they have to agree in every row.

    Args:
        name: of the file.
        data: its bytes.
        folder: where it lies, as the paths of pictures are written.
        archive: number of the archive it came in; 0 outside one.

    Raises:
        LabelsError: one sentence that says what was expected, what was found and what mends it.
    """
    shown = display_name(name)
    sheets = [sheet for sheet in read_sheets(shown, data, _is_header) if sheet.rows]
    if not sheets:
        raise LabelsError(f"{shown} is empty: write the columns file, label and, if known, group.")
    fitting = [sheet for sheet in sheets if _is_header(sheet.rows[0][1])] or sheets[:1]
    tables = [_table(_title(shown, sheet, len(fitting)), sheet) for sheet in fitting]
    return LabelTable(
        shown,
        tuple(row for table in tables for row in table.rows),
        sum(table.nameless for table in tables),
        folder,
        archive,
        tuple(note for table in tables for note in table.notes),
    )


def _title(shown: str, sheet: Sheet, sheets: int) -> str:
    return f"{shown}, sheet {display_name(sheet.title)}" if sheets > 1 else shown


def _is_header(cells: Sequence[str]) -> bool:
    header = [name_key(cell) for cell in cells]
    return all(_find(header, column) for column in ("file", "label"))


def _find(header: Sequence[str], column: str) -> list[int]:
    """Places of the columns that may be meant, the best name first."""
    return [place for name in COLUMNS[column] for place, cell in enumerate(header) if cell == name]


def _table(shown: str, sheet: Sheet) -> LabelTable:
    (_, first), *body = sheet.rows
    header, titles = [name_key(cell) for cell in first], [display_name(cell) for cell in first]
    places = {column: _find(header, column) for column in COLUMNS}
    for column in ("file", "label"):
        if not places[column]:
            raise LabelsError(_no_column(shown, column, header, titles))
    for number, cells in body:
        if len(cells) > len(header):
            raise LabelsError(
                f"{shown}: line {number} has {len(cells)} values, the header has {len(header)}; "
                "put a name that holds a comma in quotation marks."
            )
    _refuse_contradiction(shown, titles, places["label"], body)
    rows, nameless = [], 0
    for _, cells in body:
        file, group = (_first(cells, places[column][:1]) for column in ("file", "group"))
        if file:
            rows.append(LabelRow(file, _first(cells, places["label"]), group))
        else:
            nameless += 1
    notes = tuple(_notes(shown, titles, header, places))
    return LabelTable(shown, tuple(rows), nameless, notes=notes)


def _first(cells: Sequence[str], places: Sequence[int]) -> str:
    """The first cell of these places that is filled."""
    return next((cells[p] for p in places if p < len(cells) and cells[p]), "")


def _may_be_label(cell: str) -> bool:
    return bool(LABEL_WORDS.intersection(word_key(cell).split()))


def _no_column(shown: str, column: str, header: Sequence[str], titles: Sequence[str]) -> str:
    near = [title for title, cell in zip(titles, header, strict=True) if _may_be_label(cell)]
    if column == "label" and near:
        several = f"each of {', '.join(near)} could be" if len(near) > 1 else f"{near[0]} could be"
        return (
            f"{shown} has no column 'label', and {several} it: keep the one that counts and name "
            "it label."
        )
    found = display_name(", ".join(titles[:COLUMNS_SHOWN])) if any(titles) else "nothing"
    return (
        f"{shown} has no column '{column}', found {found}: name the columns file, label and, if "
        "known, group in the first line."
    )


def _refuse_contradiction(
    shown: str, titles: Sequence[str], places: Sequence[int], body: Sequence[Row]
) -> None:
    """Two columns of labels, such as those of two readers, may stand only where they agree."""
    for number, cells in body:
        said = {place: cells[place] for place in places if place < len(cells) and cells[place]}
        if len({word_key(word) for word in said.values()}) > 1:
            names = [f"'{titles[place]}' (column {place + 1})" for place in said]
            words = [f"'{display_name(word, 40)}'" for word in said.values()]
            raise LabelsError(
                f"{shown}: the columns {' and '.join(names)} could both be the label, and in line "
                f"{number} they say {' and '.join(words)}: keep the one that counts."
            )


def _notes(
    shown: str, titles: Sequence[str], header: Sequence[str], places: dict[str, list[int]]
) -> Iterator[str]:
    """Columns that were not used although they could have been."""
    used = {place for column in places for place in places[column][:1]} | set(places["label"])
    for column in ("file", "group"):
        others = [titles[place] for place in places[column][1:]]
        if others:
            taken = titles[places[column][0]]
            yield f"{shown}: column '{taken}' is used as {column}, not {', '.join(others)}."
    near = [
        titles[place]
        for place, cell in enumerate(header)
        if place not in used and _may_be_label(cell)
    ]
    if near:
        label = titles[places["label"][0]]
        yield f"{shown}: labels are those of column '{label}'; not used: {', '.join(near)}."
