"""A user's table of labels: read in every common form, refused in one sentence."""

import pytest

from leuko.errors import LabelsError
from leuko.evaluation.external.label_table import LabelRow, is_label_table, read_label_table

PLAIN = "file,label,group\na.png,ALL,p1\nb.png,HEM,p2\n"
ROWS = (LabelRow("a.png", "ALL", "p1"), LabelRow("b.png", "HEM", "p2"))


@pytest.mark.parametrize(
    "data",
    [
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        PLAIN.encode("utf-16"),
        PLAIN.replace(",", ";").encode(),
        PLAIN.replace(",", "\t").encode(),
        PLAIN.replace("\n", "\r\n").encode(),
        PLAIN.replace("\n", "\r").encode(),
        ("\n\n" + PLAIN + "\n,,\n").encode(),
        b'"File","LABEL","Patient"\n"a.png"," ALL ","p1"\nb.png,HEM,p2\n',
        b"group,other,label,file\np1,x,ALL,a.png\np2,,HEM,b.png\n",
    ],
    ids=[
        "plain", "byte-order mark", "utf-16", "semicolon", "tab", "crlf", "cr", "blank lines",
        "quoted and other names", "other order",
    ],
)  # fmt: skip
def test_a_table_is_read_in_every_common_form(data):
    assert read_label_table("labels.csv", data).rows == ROWS


def test_windows_letters_are_read():
    assert read_label_table("l.csv", "file,label\nä.png,ALL\n".encode("cp1252")).rows == (
        LabelRow("ä.png", "ALL"),
    )


def test_the_column_file_goes_before_its_other_names():
    table = read_label_table("l.csv", b"image,file,label\nx.png,a.png,ALL\n")
    assert table.rows == (LabelRow("a.png", "ALL"),)


def test_a_row_without_a_file_name_is_counted():
    table = read_label_table("l.csv", b"file,label\n,ALL\na.png,\n")
    assert table.nameless == 1
    assert table.rows == (LabelRow("a.png", ""),)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "l.csv is empty"),
        (b"\n \n", "l.csv is empty"),
        (b"name,label\na,b\n", "l.csv has no column 'file', found name, label"),
        (b"file,kind\na,b\n", "l.csv has no column 'label'"),
        (b"file,label\na,ALL,more\n", "line 2 has 3 values, the header has 2"),
        (b'file,label\n"a,ALL\n', "cannot be read as a CSV table"),
        (b"\x89PNG\r\n\x1a\n\0\0", "l.csv"),
        (b"file,label\n" + b"x" * (10 * 1024**2), "more than 10 megabytes"),
    ],
)
def test_a_table_that_cannot_be_used_gets_one_sentence(data, said):
    with pytest.raises(LabelsError, match=r".") as problem:
        read_label_table("l.csv", data)
    assert said in str(problem.value)


def test_a_table_is_known_by_its_name():
    assert is_label_table("a/Labels.CSV")
    assert not is_label_table("csv.png")
