import numpy as np
import pytest

from leuko.imaging.intake.uploads import Upload
from leuko.settings import Limits
from leuko.workbench.external_upload import LabelledUpload
from tests import drawn


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
