"""Tables as spreadsheet programs and people really write them."""

import io
import zipfile
from datetime import date

import openpyxl
import openpyxl.xml
import pytest

from leuko.errors import LabelsError
from leuko.evaluation.external.label_table import LabelRow, is_label_table, read_label_table
from leuko.evaluation.external.table_rows import MOST_ROWS
from tests import drawn

ROWS = (LabelRow("a.png", "ALL", "p1"), LabelRow("b.png", "HEM", "p2"))
PLAIN = "file,label,group\na.png,ALL,p1\nb.png,HEM,p2\n"


def read(data, name="labels.csv"):
    return read_label_table(name, data)


def workbook(*rows, sheets=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, more in sheets:
        sheet = book.create_sheet(title)
        for row in more:
            sheet.append(row)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(data, changes):
    """A workbook with some of its parts replaced."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return drawn.zip_of({**parts, **changes})


@pytest.mark.parametrize(
    "data",
    [
        ("sep=;\n" + PLAIN.replace(",", ";")).encode(),
        ('"sep=;"\r\n' + PLAIN.replace(",", ";")).encode("utf-8-sig"),
        ("SEP=,\r" + PLAIN.replace("\n", "\r")).encode(),
        PLAIN.replace("\n", ",,,\n").encode(),
        (PLAIN + ",,\n,,,,,\n\n").encode(),
        PLAIN.replace(",", " , ").encode(),
        PLAIN.replace(",", "|").encode(),
        PLAIN.replace("file,label", "FILE,Label").encode(),
        PLAIN.encode("utf-16-le"),
        PLAIN.encode("utf-16-be"),
        ("\ufeff" + PLAIN).encode("utf-16-be"),
        PLAIN.encode("utf-32"),
        ("\ufeff\ufeff" + PLAIN).encode(),
        PLAIN.replace("a.png", "\u200ba.png\u00a0").encode(),
        ("Study of 2024, first part; mine\n\n" + PLAIN.replace(",", ";")).encode(),
        "file,comment,label,group\na.png,x;y;z;w,ALL,p1\nb.png,,HEM,p2\n".encode("utf-16"),
    ],
)
def test_a_table_is_read_as_people_write_it(data):
    assert read(data).rows == ROWS


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("cp1252", "gesunde Körperzelle"), ("cp1251", "Здоровые"), ("cp932", "正常細胞"),
        ("gbk", "白血病细胞"), ("cp949", "백혈병"), ("utf-8", "αιμα"),
    ],
)  # fmt: skip
def test_a_table_of_an_old_program_is_read_in_its_encoding(encoding, label):
    assert read(f"file,label\na.png,{label}\n".encode(encoding)).rows[0].label == label


def test_a_table_parted_by_tabs_is_known_by_its_ending():
    assert is_label_table("study/Labels.TSV")
    assert read(PLAIN.replace(",", "\t").encode(), "labels.tsv").rows == ROWS


def test_a_table_of_excel_is_read_whatever_it_is_called():
    data = workbook(("File", "LABEL", "Patient"), (" a.png ", "ALL", "p1"), ("b.png", "HEM", "p2"))
    assert is_label_table("list", data)
    assert read(data, "labels.xlsx").rows == ROWS


def test_cells_of_excel_are_read_as_they_are_seen():
    data = workbook(("file", "label", "group"), (1, "ALL", 7.0), (12, True, date(2024, 5, 1)))
    book = openpyxl.load_workbook(io.BytesIO(data))
    book.active["A2"].number_format = "000"
    file = io.BytesIO()
    book.save(file)
    assert read(file.getvalue()).rows == (
        LabelRow("001", "ALL", "7"),
        LabelRow("12", "TRUE", "2024-05-01"),
    )


def test_every_sheet_with_the_columns_counts_and_the_others_do_not():
    data = workbook(
        ("How to fill this in",),
        sheets=[
            ("lab 1", [("file", "label", "group"), ("a.png", "ALL", "p1")]),
            ("lab 2", [("label", "file", "group"), ("HEM", "b.png", "p2")]),
        ],
    )
    assert read(data).rows == ROWS


def test_a_title_above_the_header_is_no_part_of_the_table():
    data = workbook(("Study of 2024",), (), ("", "file", "label", "group"),
                    ("", "a.png", "ALL", "p1"), ("", "b.png", "HEM", "p2"))  # fmt: skip
    assert read(data).rows == ROWS


def test_empty_rows_and_formats_below_the_table_do_not_count():
    data = workbook((), ("file", "label", "group"), ("a.png", "ALL", "p1"), (None, None),
                    ("b.png", "HEM", "p2", None, ""))  # fmt: skip
    assert read(data).rows == ROWS


def test_openpyxl_reads_xml_through_defusedxml():
    assert openpyxl.xml.DEFUSEDXML


def test_a_workbook_with_entities_is_refused_and_nothing_is_expanded():
    book = workbook(("file", "label"), ("a.png", "ALL"))
    laughs = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><worksheet>&b;</worksheet>'
    with pytest.raises(LabelsError, match="cannot be read as an Excel workbook"):
        read(repacked(book, {"xl/worksheets/sheet1.xml": laughs}))


def test_a_workbook_that_unpacks_to_too_much_is_refused_before_it_is_unpacked(monkeypatch):
    bomb = repacked(workbook(("file", "label")), {"xl/sharedStrings.xml": b" " * 50_000_000})
    monkeypatch.setattr(openpyxl, "load_workbook", None)
    with pytest.raises(LabelsError, match="unpacks to far more"):
        read(bomb)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("l.ods", drawn.zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}),
         "OpenDocument spreadsheet"),
        ("l.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "Excel file of the old kind"),
        ("l.numbers", drawn.zip_of({"Index/Document.iwa": b"x"}), "Numbers document"),
        ("l.xlsb", drawn.zip_of({"[Content_Types].xml": b"<T/>", "xl/workbook.bin": b"x"}),
         "binary Excel workbook"),
        ("l.xls", b"<html><table><tr><td>file</td></tr></table></html>", "web page"),
        ("l.xlsx", drawn.zip_of({"[Content_Types].xml": b"<T/>", "xl/workbook.xml": b"<w/>"}),
         "cannot be read as an Excel workbook"),
        ("l.xlsx", workbook(("file", "label"))[:-60], "is called a table and is none"),
    ],
)  # fmt: skip
def test_a_spreadsheet_that_is_not_read_is_named_and_saved_as_csv(name, data, said):
    assert is_label_table(name, data)
    with pytest.raises(LabelsError, match="Save it as CSV") as problem:
        read(data, name)
    assert said in str(problem.value)
    assert str(problem.value).startswith(name)


def test_a_damaged_name_in_a_workbook_is_a_sentence_too():
    data = bytearray(workbook(("file", "label")))
    place = data.index(b"PK\x01\x02")
    data[place + 9] |= 0x08  # says UTF-8
    data[place + 46] = 0xB7
    with pytest.raises(LabelsError, match="Save it as CSV"):
        read(bytes(data), "l.xlsx")


def test_text_that_is_only_called_excel_is_read():
    assert read(PLAIN.replace(",", "\t").encode(), "labels.xls").rows == ROWS


SHEET = (
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b"%b</sheetData></worksheet>"
)


def cell_at(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'.encode()


def test_a_format_in_the_last_row_of_a_sheet_is_no_row():
    header = b'<row r="1">%b%b</row>' % (cell_at("A1", "file"), cell_at("B1", "label"))
    filled = b'<row r="2">%b%b</row>' % (cell_at("A2", "a.png"), cell_at("B2", "ALL"))
    last = b'<row r="1048576"><c r="A1048576" s="0"/></row>'
    data = repacked(workbook(), {"xl/worksheets/sheet1.xml": SHEET % (header + filled + last)})
    assert read(data).rows == (LabelRow("a.png", "ALL"),)


def test_rows_that_reach_to_the_last_column_are_bounded():
    rows = b"".join(b'<row r="%d"><c r="XFD%d"/></row>' % (n, n) for n in range(1, 300))
    with pytest.raises(LabelsError, match="too wide"):
        read(repacked(workbook(), {"xl/worksheets/sheet1.xml": SHEET % rows}))


def test_too_many_rows_are_refused():
    with pytest.raises(LabelsError, match="more than 200,000 rows"):
        read(b"file,label\n" + b"a,b\n" * (MOST_ROWS + 1))


def test_a_lock_file_of_excel_is_no_table():
    assert not is_label_table("study/~$labels.xlsx")
    assert not is_label_table("study/._labels.csv")


@pytest.mark.parametrize("header", ["file,label,label", "file,label,class", "file,Class,LABEL"])
def test_two_columns_of_labels_may_stand_only_where_they_agree(header):
    agreeing = f"{header}\na.png,Pre-B,pre b\nb.png,,HEM\n"
    assert [row.label for row in read(agreeing.encode()).rows] in (
        ["Pre-B", "HEM"],
        ["pre b", "HEM"],
    )
    with pytest.raises(LabelsError, match="could both be the label, and in line 3") as problem:
        read(f"{header}\na.png,ALL,ALL\nb.png,ALL,HEM\n".encode())
    assert all(f"'{name}' (column" in str(problem.value) for name in header.split(",")[1:])


def test_the_labels_of_two_readers_are_not_chosen_between():
    with pytest.raises(LabelsError, match="each of label_reader1, label_reader2 could be it"):
        read(b"file,label_reader1,label_reader2\na.png,ALL,HEM\n")


def test_a_column_that_could_have_been_used_is_named():
    table = read(b"file,label,label (reader 2),patient,slide\na.png,ALL,HEM,p,s\n")
    assert table.rows == (LabelRow("a.png", "ALL", "p"),)
    assert table.notes == (
        "labels.csv: column 'patient' is used as group, not slide.",
        "labels.csv: labels are those of column 'label'; not used: label (reader 2).",
    )
