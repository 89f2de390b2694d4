"""Tell the files of spreadsheet programs from other archives and documents, by their content."""

import zipfile
from enum import StrEnum

from leuko.imaging.decoding.file_types import HEAD_BYTES, FileKind, file_kind
from leuko.imaging.intake.archive_names import CENTRAL_ENTRY, open_archive

MOST_MEMBERS = 1000
"""Parts of one document; those of spreadsheet programs have a dozen."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE_MEMBER = "[Content_Types].xml"
EXCEL_MEMBERS = ("xl/workbook.xml", "xl/workbook.bin")
OPEN_DOCUMENT_SHEET = b"application/vnd.oasis.opendocument.spreadsheet"
NUMBERS_MEMBER = "Index/Document.iwa"
MIME_MEMBER = "mimetype"


class Spreadsheet(StrEnum):
    """What a spreadsheet program made."""

    EXCEL = "Excel workbook"
    BINARY_EXCEL = "binary Excel workbook"
    OPEN_DOCUMENT = "OpenDocument spreadsheet"
    NUMBERS = "Numbers document"


def spreadsheet_kind(data: bytes) -> Spreadsheet | None:
    """Kind of a spreadsheet by its content; None for anything else, also for a damaged one."""
    if file_kind(data[:HEAD_BYTES]) is not FileKind.ZIP:
        return None
    if data.count(CENTRAL_ENTRY) > MOST_MEMBERS:
        return None
    try:
        with open_archive(data) as archive:
            return _kind_of(archive)
    except Exception:  # noqa: BLE001 (zipfile answers damage with whatever it runs into)
        return None


def _kind_of(archive: zipfile.ZipFile) -> Spreadsheet | None:
    names = set(archive.namelist())
    if OFFICE_MEMBER in names and EXCEL_MEMBERS[0] in names:
        return Spreadsheet.EXCEL
    if OFFICE_MEMBER in names and EXCEL_MEMBERS[1] in names:
        return Spreadsheet.BINARY_EXCEL
    if NUMBERS_MEMBER in names:
        return Spreadsheet.NUMBERS
    if MIME_MEMBER in names:
        with archive.open(MIME_MEMBER) as file:
            written = file.read(len(OPEN_DOCUMENT_SHEET))
        return Spreadsheet.OPEN_DOCUMENT if written == OPEN_DOCUMENT_SHEET else None
    return None


def is_old_office(data: bytes) -> bool:
    """Whether a file is of an Office before 2007, such as ``.xls``."""
    return data.startswith(OLD_OFFICE)
