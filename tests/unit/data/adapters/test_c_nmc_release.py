import csv
import hashlib
import shutil
from collections import Counter, defaultdict
from itertools import pairwise

import pytest

from leuko.data.adapters.c_nmc import SAME_SUBJECT, WHOLE_RELEASE_TRAINING
from leuko.data.adapters.c_nmc_preliminary import WHOLE_RELEASE
from leuko.data.adapters.c_nmc_release import ReleaseFile, release, verify
from leuko.data.dataset import join_groups
from leuko.errors import DatasetError
from tests import made_published


def joined_by(pairs_of_subjects):
    return join_groups(pair for pair in pairs_of_subjects if pair[0] != pair[1])


def test_the_table_holds_the_whole_release():
    parts = Counter(file.part for file in release().values())
    training = {name: count for name, count in parts.items() if name.startswith("training")}
    assert training == {"training fold_0": 3527, "training fold_1": 3581, "training fold_2": 3553}
    assert sum(training.values()) == WHOLE_RELEASE_TRAINING
    assert parts["preliminary test"] == WHOLE_RELEASE
    assert parts["final test"] == 2586
    assert parts["labels"] == 1
    assert sum(parts.values()) - parts["labels"] == 15_114
    assert Counter(f.label for f in release().values() if f.label) == {"ALL": 7272, "HEM": 3389}


def test_the_joined_subjects_are_the_components_of_the_byte_identical_pairs():
    files = release()
    copies = [file for file in files.values() if file.duplicate_of and file.subject]
    pairs = [(files[file.duplicate_of].subject, file.subject) for file in copies]
    assert sum(first != other for first, other in pairs) == 99
    joined = joined_by(pairs)
    assert joined == join_groups(SAME_SUBJECT)
    assert set(joined.values()) == {"20+21", "51+75+78", "H2+H4+H5+H6", "H10+H3"}
    for file in files.values():
        assert file.group == joined.get(file.subject, file.subject)


def test_a_duplicate_has_the_hash_of_the_file_that_it_names():
    files = release()
    for file in files.values():
        if file.duplicate_of:
            assert files[file.duplicate_of].sha256_start == file.sha256_start


@pytest.mark.real_images
def test_the_table_says_what_the_official_manifest_says(real_images):
    manifest = real_images / "c_nmc" / "official_sha256_manifest.csv"
    with manifest.open(newline="", encoding="utf-8") as stream:
        official = list(csv.DictReader(stream))
    files = release()
    assert len(files) == len(official)
    subjects = defaultdict(list)
    for row in official:
        file = files[row["path"].removeprefix("C-NMC_Leukemia/")]
        assert file.n_bytes == int(row["bytes"])
        assert row["sha256"].startswith(file.sha256_start)
        if file.subject:
            subjects[row["sha256"]].append(file.subject)
    pairs = [pair for same in subjects.values() for pair in pairwise(same)]
    assert joined_by(pairs) == join_groups(SAME_SUBJECT)


@pytest.mark.real_images
def test_the_shared_pictures_are_recognised_as_converted_and_not_as_altered(real_images):
    found = verify(real_images)
    assert len(found.converted) == 582
    assert found.altered == found.extra == ()
    assert len(found.missing) == 15_115 - 582


@pytest.fixture
def download(tmp_path):
    """A made download and the table that describes it exactly."""
    made_published.make_preliminary(tmp_path)
    root = tmp_path / "C-NMC_Leukemia"
    final = root / "testing_data" / "C-NMC_test_final_phase_data"
    final.mkdir(parents=True)
    shutil.copy(next(root.rglob("1.bmp")), final / "1.bmp")
    published = {}
    for path in sorted(root.rglob("*.*")):
        if path.is_file():
            name = path.relative_to(root).as_posix()
            content = path.read_bytes()
            start = hashlib.sha256(content).hexdigest()[:16]
            part = "final test" if "final" in name else "preliminary test"
            published[name] = ReleaseFile(name, part, "", "", "", len(content), start, "")
    return root, published


CELL = "validation_data/C-NMC_test_prelim_phase_data/2.bmp"


def test_a_whole_download_is_complete_and_counted_by_part(download):
    root, published = download
    for folder in (root, root.parent):
        found = verify(folder, published)
        assert found.complete
        assert found.intact == found.published == {"preliminary test": 7, "final test": 1}


def test_a_missing_file_is_named(download):
    root, published = download
    (root / CELL).unlink()
    found = verify(root, published)
    assert found.missing == (CELL,)
    assert found.altered == found.extra == found.converted == ()
    assert not found.complete


@pytest.mark.parametrize("damage", ["cut short", "one byte"])
def test_an_altered_file_is_named(download, damage):
    root, published = download
    content = bytearray((root / CELL).read_bytes())
    if damage == "cut short":
        content = content[:100]
    else:
        content[-1] ^= 1
    (root / CELL).write_bytes(content)
    found = verify(root, published)
    assert found.altered == (CELL,)
    assert found.missing == found.extra == ()


def test_an_extra_file_is_named_and_a_viewer_s_own_file_is_not(download):
    root, published = download
    (root / "testing_data" / "notes.txt").write_text("x", encoding="ascii")
    (root / "testing_data" / "Thumbs.db").write_bytes(b"x")
    assert verify(root, published).extra == ("testing_data/notes.txt",)


def test_a_converted_picture_is_neither_missing_nor_altered(download):
    root, published = download
    (root / CELL).rename((root / CELL).with_suffix(".png"))
    found = verify(root, published)
    assert found.converted == (CELL.replace(".bmp", ".png"),)
    assert found.missing == found.altered == found.extra == ()


def test_a_second_format_beside_the_published_file_is_extra(download):
    root, published = download
    shutil.copy(root / CELL, (root / CELL).with_suffix(".png"))
    assert verify(root, published).extra == (CELL.replace(".bmp", ".png"),)


def test_a_folder_of_something_else_is_refused_saying_what_was_found(tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"found: holiday\.jpg.*layout is"):
        verify(tmp_path)
