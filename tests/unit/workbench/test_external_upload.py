import io
import unicodedata

import numpy as np
import openpyxl
import pytest

from leuko.imaging.intake.uploads import Upload
from leuko.settings import Limits
from leuko.workbench.external_upload import LabelledUpload
from tests import drawn
from tests.made_archives import zip_named


def png(red):
    return drawn.encode(np.full((40, 40, 3), (red, 0, 0), np.uint8), "PNG")


@pytest.fixture
def taken():
    """Two folders of an archive, one picture of which is there twice, and a file of words."""
    made = LabelledUpload()
    members = {"blast/a.png": png(10), "blast/copy.png": png(10), "healthy/b.png": png(20)}
    members["healthy/readme.png"] = b"only words"
    made.take([Upload("lab.zip", drawn.zip_of(members))], Limits())
    return made


def test_nothing_is_there_before_the_first_file(taken):
    assert LabelledUpload().is_empty
    assert not taken.is_empty


def test_folders_of_an_archive_are_labels_and_their_words_are_counted(taken):
    words = taken.words(taken.assignment().labelled, [])
    assert [(word.shown, word.images) for word in words] == [("blast", 1), ("healthy", 1)]


def test_a_copy_is_counted_without_its_bytes_and_leads_to_the_item_that_has_them(taken):
    first, copy = taken.tray.items[:2]
    assert first.sha256 == copy.sha256
    assert copy.data == b""
    assert copy.error is None
    assert first.data == png(10)
    found = [taken.item_of(labelled) for labelled in taken.assignment().labelled]
    assert first in found
    assert all(item.data for item in found)


def test_a_file_that_is_no_picture_keeps_its_sentence_and_no_path(taken):
    (bad,) = [item for item in taken.tray.items if item.error is not None]
    assert "readme" in bad.name
    assert bad.number not in taken.paths


def test_files_beyond_the_bounds_are_refused_with_what_to_do():
    made = LabelledUpload()
    data = png(10)
    bounds = Limits(max_archive_bytes=len(data))
    made.take([Upload("a.png", data), Upload("b.png", png(20))], bounds)
    assert [item.error is None for item in made.tray.items] == [True, False]
    assert "in several parts" in made.tray.items[1].error


def take(*uploads):
    made = LabelledUpload()
    made.take([Upload(*upload) for upload in uploads], Limits())
    return made


def labels(made):
    return {made.paths[each.number]: each.word for each in made.assignment().labelled}


def test_a_table_in_each_folder_of_an_archive_labels_that_folder():
    made = take(
        (
            "lab.zip",
            drawn.zip_of(
                {
                    "P1/1.png": png(1), "P1/2.png": png(2), "P2/1.png": png(3),
                    "P1/labels.csv": b"file,label\n1.png,Blast\n2.png,Healthy\n",
                    "P2/labels.csv": b"file,label\n1.png,Healthy\n",
                }
            ),
        )
    )  # fmt: skip
    assert labels(made) == {"P1/1.png": "Blast", "P1/2.png": "Healthy", "P2/1.png": "Healthy"}
    assert not made.assignment().findings


def test_two_archives_with_equal_paths_keep_their_own_tables():
    one, other = (
        drawn.zip_of({"1.png": png(red), "labels.csv": f"file,label\n1,{word}\n".encode()})
        for red, word in ((1, "Blast"), (2, "Healthy"))
    )
    found = take(("lab.zip", one), ("lab.zip", other)).assignment()
    assert [each.word for each in found.labelled] == ["Blast", "Healthy"]


@pytest.mark.parametrize("flagged", [True, False])
def test_names_of_macos_fit_a_table_typed_elsewhere(flagged):
    names = [unicodedata.normalize("NFD", f"zelle_{letter}.png") for letter in "äö"]
    archive = zip_named(
        {name.encode(): png(place) for place, name in enumerate(names)}, flagged=flagged
    )
    made = take(("mac.zip", archive), ("l.csv", "file,label\nzelle_ä,Blast\nzelle_ö,x\n".encode()))
    assert list(labels(made).values()) == ["Blast", "x"]
    assert not made.assignment().findings


def test_litter_neither_counts_nor_throws_out_the_originals():
    litter = b"\x00\x05\x16\x07" + bytes(90)
    members = {
        "s/Blast/a.png": png(1), "s/Blast/.ipynb_checkpoints/a-checkpoint.png": png(1),
        "s/Healthy/b.png": png(2), "s/.ipynb_checkpoints/b.png": png(2), "s/._labels.csv": litter,
        "s/Blast/._a.png": litter, "s/~$labels.xlsx": b"owner",
    }  # fmt: skip
    made = take(("lab.zip", drawn.zip_of(members)))
    assert labels(made) == {"s/Blast/a.png": "Blast", "s/Healthy/b.png": "Healthy"}
    assert (made.problems, made.tables, made.assignment().findings) == ([], [], ())
    assert len(made.tray.items) == 2


def test_a_table_of_excel_is_read_alone_and_in_an_archive():
    book = openpyxl.Workbook()
    for row in (("file", "label"), ("a.png", "Blast"), ("b", "Healthy")):
        book.active.append(row)
    file = io.BytesIO()
    book.save(file)
    table, pictures = file.getvalue(), {"a.png": png(1), "b.png": png(2)}
    expected = {"a.png": "Blast", "b.png": "Healthy"}
    assert labels(take(("p.zip", drawn.zip_of(pictures)), ("labels.xlsx", table))) == expected
    assert labels(take(("p.zip", drawn.zip_of({**pictures, "l.xlsx": table})))) == expected
    alone = take(("labels.zip", drawn.zip_of({"l.xlsx": table})))
    assert [len(found.rows) for found in alone.tables] == [2]


def test_a_spreadsheet_that_is_not_read_is_no_picture_but_a_problem_with_its_remedy():
    sheet = drawn.zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"})
    made = take(("labels.ods", sheet))
    assert not made.tray.items
    (problem,) = made.problems
    assert "Save it as CSV" in problem


def test_a_picture_is_what_its_content_says():
    archive = drawn.zip_of({"Blast/a.jfif": png(1), "Blast/b": png(2), "Blast/c.txt": png(3)})
    assert set(labels(take(("lab.zip", archive)))) == {"Blast/a.jfif", "Blast/b", "Blast/c.txt"}
