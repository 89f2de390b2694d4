"""The cells of a table as spreadsheet programs and people write them: CSV, TSV and Excel.

Excel workbooks are read by openpyxl, whose XML goes through defusedxml. A workbook is a ZIP
archive: its parts are bounded before one of them is unpacked, and read-only mode holds no more
than a row at a time.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from leuko.errors import LabelsError
from leuko.imaging.decoding.file_types import HEAD_BYTES, FileKind, file_kind
from leuko.imaging.intake.legacy_text import decode_text
from leuko.imaging.intake.spreadsheets import Spreadsheet, is_old_office, spreadsheet_kind
from leuko.imaging.intake.zip_archive import MAX_RATIO, RATIO_APPLIES_ABOVE

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED_BYTES = 20 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 200_000, 200, 4_000_000
DELIMITERS = (",", ";", "\t", "|")
MARKS = ((b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"),
         (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))  # fmt: skip
"""Byte order marks, the longer ones first."""
OLD_ENCODINGS = ("cp1252", "cp1251", "cp932", "cp949", "gbk", "big5")
"""Of tables without a mark that are no UTF-8: what Excel writes as plain CSV, by country."""
SEPARATOR_LINE = re.compile(r'\A\s*"?sep=(.)"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
ONLY_ZEROS = re.compile(r"0+")
INVISIBLE = "\ufeff\u200b\u200e\u200f"
HEADER_WITHIN = 10
"""Rows from the top among which the header is looked for, below a title."""
LONGEST_TOP = 100_000
AS_CSV = "Save it as CSV (file, label, group in the first line) and add that file."

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes:
        title: of the sheet; empty for a file that holds one table.
        rows: (line, cells) of every row that is not empty, cells without spaces around them and
            without empty ones at the end.
    """

    title: str
    rows: tuple[Row, ...]


IsHeader = Callable[[Sequence[str]], bool]


def read_sheets(shown: str, data: bytes, is_header: IsHeader) -> list[Sheet]:
    """The tables of a file, known by its content.

    Args:
        shown: name of the file, safe to show.
        data: its bytes.
        is_header: whether cells name the columns that are needed; by it the sign that parts them
            is known, and rows above such a header are no part of the table.

    Raises:
        LabelsError: one sentence that says what was found and what to do.
    """
    if len(data) > MOST_BYTES:
        raise LabelsError(
            f"{shown} has more than {MOST_BYTES // 1024**2} megabytes: keep the columns file, "
            "label and group alone."
        )
    kind = spreadsheet_kind(data)
    if kind is Spreadsheet.EXCEL:
        return [_from_header(sheet, is_header) for sheet in _excel_sheets(shown, data)]
    if kind is not None:
        raise LabelsError(f"{shown} is of a kind that is not read ({kind}). {AS_CSV}")
    if is_old_office(data):
        raise LabelsError(f"{shown} is an Excel file of the old kind, or encrypted. {AS_CSV}")
    if data and file_kind(data[:HEAD_BYTES]) in (FileKind.ZIP, FileKind.WEB_PAGE, FileKind.PDF):
        raise LabelsError(
            f"{shown} is called a table and is none: it is a {file_kind(data[:HEAD_BYTES])}, or "
            f"damaged. {AS_CSV}"
        )
    rows = tuple(_text_rows(shown, _decode(data), is_header))
    return [_from_header(Sheet("", rows), is_header)]


def _from_header(sheet: Sheet, is_header: IsHeader) -> Sheet:
    """Without a title above the header; as it is where none is found."""
    for place, (_, cells) in enumerate(sheet.rows[:HEADER_WITHIN]):
        if is_header(cells):
            return Sheet(sheet.title, sheet.rows[place:])
    return sheet


def _text_rows(shown: str, text: str, is_header: IsHeader) -> Iterator[Row]:
    first = SEPARATOR_LINE.match(text)
    body = text[first.end() :] if first else text
    lines_before = 1 if first else 0
    delimiter = first[1] if first else _delimiter(body, is_header)
    reader = csv.reader(io.StringIO(body, newline=""), delimiter=delimiter, strict=True)
    try:
        yield from _filled(shown, ((n + lines_before, row) for n, row in enumerate(reader, 1)))
    except csv.Error as problem:
        raise LabelsError(
            f"{shown} cannot be read as a CSV table: save it as CSV again. ({problem})"
        ) from problem


def _decode(data: bytes) -> str:
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    if b"\0" in data:  # UTF-16 without a mark: every other byte of plain letters is empty
        even, odd = data[::2].count(0), data[1::2].count(0)
        return data.decode("utf-16-be" if even > odd else "utf-16-le", errors="replace")
    return decode_text([data], OLD_ENCODINGS)[0]


def _delimiter(text: str, is_header: IsHeader) -> str:
    """What parts a line near the top into a header; else what parts the first into most cells."""
    lines = [line for line in re.split(r"[\r\n]+", text[:LONGEST_TOP]) if line.strip()]
    counts = dict.fromkeys(DELIMITERS, 0)
    for line in lines[:HEADER_WITHIN]:
        for sign in DELIMITERS:
            cells = [_trimmed(cell) for cell in next(csv.reader([line], delimiter=sign))]
            if is_header(cells):
                return sign
            counts[sign] = counts[sign] or len(cells)
    return max(counts, key=counts.__getitem__)


def _trimmed(cell: str) -> str:
    return cell.strip().strip(INVISIBLE).strip()


def _filled(shown: str, rows: Iterator[tuple[int, list[str]]]) -> Iterator[Row]:
    filled = 0
    for number, row in rows:
        cells = [_trimmed(cell) for cell in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) > MOST_COLUMNS:
            raise LabelsError(
                f"{shown}: line {number} has {len(cells)} values: keep the columns file, label "
                "and group alone."
            )
        if cells:
            filled += 1
            if filled > MOST_ROWS:
                raise LabelsError(f"{shown} has more than {MOST_ROWS:,} rows: split it.")
            yield number, cells


def _excel_sheets(shown: str, data: bytes) -> list[Sheet]:
    import openpyxl

    try:
        _check_bounds(shown, data)
        book = openpyxl.load_workbook(
            io.BytesIO(data), read_only=True, data_only=True, keep_links=False
        )
        try:
            return [
                Sheet(sheet.title, tuple(_excel_rows(shown, sheet))) for sheet in book.worksheets
            ]
        finally:
            book.close()
    except LabelsError:
        raise
    except Exception as problem:
        # openpyxl answers a damaged workbook with KeyError, ValueError, zlib.error, ParseError ...
        raise LabelsError(f"{shown} cannot be read as an Excel workbook. {AS_CSV}") from problem


def _check_bounds(shown: str, data: bytes) -> None:
    """Refuse a workbook that unpacks to too much; zipfile never unpacks more than is declared."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    bomb = any(p.file_size > max(RATIO_APPLIES_ABOVE, MAX_RATIO * p.compress_size) for p in parts)
    if bomb or sum(part.file_size for part in parts) > MOST_UNPACKED_BYTES:
        raise LabelsError(f"{shown} unpacks to far more than a table of labels holds. {AS_CSV}")


def _excel_rows(shown: str, sheet: object) -> Iterator[Row]:
    sheet.reset_dimensions()  # type: ignore[attr-defined]  # programs write wrong ones
    yield from _filled(shown, enumerate(_excel_cells(shown, sheet.rows), 1))  # type: ignore[attr-defined]


def _excel_cells(shown: str, rows: Iterable[Sequence[object]]) -> Iterator[list[str]]:
    """Cells row by row; a few bytes far to the right fill a row with thousands of empty ones."""
    cells = 0
    for row in rows:
        cells += len(row)
        if cells > MOST_CELLS:
            raise LabelsError(
                f"{shown} is too wide for a table of labels: keep the columns file, label and "
                "group alone."
            )
        yield [_cell(one) for one in row]


def _cell(cell: object) -> str:
    """A cell as it is seen: 7 in the format 000 is 007, 7.0 is 7."""
    value = getattr(cell, "value", None)
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int):
        pattern = str(getattr(cell, "number_format", ""))
        return str(value).zfill(len(pattern)) if ONLY_ZEROS.fullmatch(pattern) else str(value)
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)
