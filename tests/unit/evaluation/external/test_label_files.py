"""Files and labels brought together; nothing is silently dropped."""

import unicodedata
from dataclasses import replace

import pytest

from leuko.evaluation.external.label_files import assign_labels
from leuko.evaluation.external.label_table import LabelRow, LabelTable
from leuko.evaluation.external.match_paths import GivenFile


def files(*paths):
    return [GivenFile(number, path, f"sha {path}") for number, path in enumerate(paths)]


def table(*rows, nameless=0):
    return LabelTable("labels.csv", tuple(LabelRow(*row) for row in rows), nameless)


def words(assignment):
    return {each.number: each.word for each in assignment.labelled}


def said(assignment):
    return [(finding.sentence, finding.names) for finding in assignment.findings]


def test_the_last_folder_above_a_picture_is_its_label():
    found = assign_labels(files("ALL/1.png", "top/lab/HEM/2.png", "top\\HEM\\3.png"), [])
    assert words(found) == {0: "ALL", 1: "HEM", 2: "HEM"}
    assert not found.findings
    assert not found.from_table
    assert not found.grouped


def test_a_picture_in_no_folder_is_named():
    found = assign_labels(files("ALL/1.png", "2.png"), [])
    assert words(found) == {0: "ALL"}
    ((sentence, names),) = said(found)
    assert sentence.startswith("1 image without a label, left out")
    assert names == ("2.png",)


def test_a_table_goes_before_folders():
    found = assign_labels(files("x/1.png", "x/2.png"), [table(("1.png", "ALL", "p"))])
    assert words(found) == {0: "ALL"}
    assert found.from_table
    assert found.grouped
    assert said(found) == [("1 image without a label in the table, left out.", ("x/2.png",))]


@pytest.mark.parametrize(
    "written",
    ["x/1.png", "1.png", "1.PNG", "1", "X/1", "C:\\data\\x\\1.png", "./x/1.png", "top/x/1.png"],
)
def test_a_file_name_fits_with_or_without_folders_and_ending(written):
    assert words(assign_labels(files("x/1.png"), [table((written, "ALL"))])) == {0: "ALL"}


def test_another_folder_does_not_fit():
    found = assign_labels(files("x/1.png"), [table(("y/1.png", "ALL"))])
    assert not found.labelled
    assert ("1 row of the table for files that are not among your images.", ("y/1.png",)) in said(
        found
    )


def test_a_name_that_fits_several_files_is_not_guessed():
    both = files("x/1.png", "y/1.png")
    found = assign_labels(both, [table(("1.png", "ALL"), ("y/1.png", "HEM"))])
    assert words(found) == {1: "HEM"}
    assert any("fitting several files" in sentence for sentence, _ in said(found))


def test_an_exact_name_goes_before_one_in_another_case_or_folder():
    found = assign_labels(files("a.png", "A.png", "x/a.png"), [table(("a.png", "ALL"))])
    assert words(found) == {0: "ALL"}


def test_equal_rows_count_once_and_different_ones_not_at_all():
    rows = [("1.png", "ALL"), ("1.png", "all"), ("2.png", "ALL"), ("2.png", "HEM")]
    found = assign_labels(files("1.png", "2.png"), [table(*rows)])
    assert words(found) == {0: "ALL"}
    assert said(found) == [
        ("1 image with two different rows in the table, left out.", ("2.png",)),
    ]


def test_a_row_without_a_file_name_is_told():
    found = assign_labels(files("1.png"), [table(("1.png", "ALL"), nameless=2)])
    assert said(found) == [("2 rows of the table without a file name, not used.", ())]


def test_copies_of_a_picture_count_once():
    same = [GivenFile(0, "ALL/1.png", "s"), GivenFile(1, "ALL/2.png", "s")]
    found = assign_labels(same, [])
    assert words(found) == {0: "ALL"}
    ((sentence, names),) = said(found)
    assert sentence.startswith("1 image left out as byte-identical copy")
    assert names == ("ALL/2.png",)


@pytest.mark.parametrize(
    "rows",
    [[("1.png", "ALL"), ("2.png", "HEM")], [("1.png", "ALL", "p1"), ("2.png", "ALL", "p2")]],
)
def test_copies_with_different_labels_or_groups_are_left_out_by_name(rows):
    same = [GivenFile(0, "1.png", "s"), GivenFile(1, "2.png", "s")]
    found = assign_labels(same, [table(*rows)])
    assert not found.labelled
    ((sentence, names),) = said(found)
    assert "with different labels or groups" in sentence
    assert names == ("1.png", "2.png")


def test_a_picture_without_a_group_among_grouped_ones_is_told():
    found = assign_labels(files("1.png", "2.png"), [table(("1", "ALL", "p"), ("2", "HEM"))])
    assert said(found) == [
        ("1 image without a group: each counts as a group of its own.", ("2.png",))
    ]


def test_every_file_is_labelled_or_named():
    given = [
        *files("1.png", "2.png", "3.png", "x/4.png", "y/4.png"),
        GivenFile(5, "5.png", "sha 1.png"),
    ]
    rows = [("1", "ALL"), ("2", ""), ("4", "HEM"), ("5", "ALL"), ("6", "ALL")]
    found = assign_labels(given, [table(*rows)])
    named = {name for finding in found.findings for name in finding.names}
    used = {given[each.number].path for each in found.labelled}
    assert used == {"1.png"}
    assert {file.path for file in given} <= used | named
    assert "6" in named


def spelt(form, text):
    return unicodedata.normalize(form, text)


@pytest.mark.parametrize(("given", "written"), [("NFD", "NFC"), ("NFC", "NFD")])
def test_letters_fit_however_they_are_composed(given, written):
    pictures = files(spelt(given, "Größe/zelle_ä1.png"), spelt(given, "Größe/ü.png"))
    rows = [(spelt(written, "größe/ZELLE_Ä1"), "ALL"), (spelt(written, "ü.png"), "HEM")]
    assert words(assign_labels(pictures, [table(*rows)])) == {0: "ALL", 1: "HEM"}


def test_one_label_and_one_patient_stay_one_however_they_are_typed():
    rows = [
        ("1", "gesund ä", spelt("NFC", "Müller")),
        ("1", spelt("NFD", "Gesund-Ä"), spelt("NFD", "müller")),
        ("2", "gesund ä", spelt("NFD", "MÜLLER")),
    ]
    found = assign_labels(files("1.png", "2.png"), [table(*rows)])
    assert {each.group for each in found.labelled} == {spelt("NFC", "Müller")}
    assert len(found.labelled) == 2
    assert not found.findings


def test_a_table_is_about_the_pictures_of_its_own_folder():
    pictures = files("P1/1.png", "P1/2.png", "P2/1.png", "P2/2.png")
    tables = [
        replace(table(("1.png", "ALL"), ("2.png", "HEM")), folder="P1"),
        replace(table(("1.png", "HEM"), ("P2\\2", "ALL")), folder="P2"),
    ]
    found = assign_labels(pictures, tables)
    assert words(found) == {0: "ALL", 1: "HEM", 2: "HEM", 3: "ALL"}
    assert not found.findings


def test_a_table_of_one_folder_never_labels_a_namesake_of_another():
    found = assign_labels(
        files("P1/1.png", "P2/2.png"),
        [replace(table(("1.png", "ALL"), ("2.png", "HEM")), folder="P1")],
    )
    assert words(found) == {0: "ALL"}
    assert ("1 row of the table for files that are not among your images.", ("2.png",)) in said(
        found
    )


@pytest.mark.parametrize("written", ["1.png", "../pictures/1.png", "pictures/1.png"])
def test_a_table_in_a_folder_of_its_own_finds_the_pictures_beside_it(written):
    tables = [replace(table((written, "ALL")), folder="study/tables")]
    assert words(assign_labels(files("study/pictures/1.png"), tables)) == {0: "ALL"}


def test_a_table_is_about_the_pictures_of_its_own_archive():
    pictures = [GivenFile(0, "1.png", "a", archive=1), GivenFile(1, "1.png", "b", archive=2)]
    tables = [
        replace(table(("1.png", "ALL")), archive=1),
        replace(table(("1.png", "HEM")), archive=2),
    ]
    assert words(assign_labels(pictures, tables)) == {0: "ALL", 1: "HEM"}


def test_tables_that_contradict_each_other_are_named():
    tables = [table(("1.png", "ALL")), replace(table(("1.png", "HEM")), folder="x")]
    found = assign_labels(files("x/1.png"), tables)
    assert not found.labelled
    assert said(found) == [
        ("1 image with two different rows in the table, left out.", ("x/1.png",))
    ]


def test_what_a_table_did_not_use_is_told():
    found = assign_labels(files("1.png"), [replace(table(("1", "ALL")), notes=("A column.",))])
    assert said(found) == [("A column.", ())]
