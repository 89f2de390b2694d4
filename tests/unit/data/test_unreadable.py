"""Bad files of a data set: named, counted and left out; too many end it."""

import pytest

from leuko.data.audit.audit import audit_dataset
from leuko.data.dataset import hash_file
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import SplitPlan, split_dataset
from leuko.data.unreadable import (
    Unreadable,
    find_unreadable,
    leave_out_of_dataset,
    leave_out_of_split,
    sentence_of,
)
from leuko.errors import DatasetError
from tests.made_data import make_all_idb2

PLAN = SplitPlan("grouped", 0.25, 0.25)


@pytest.fixture
def damaged(tmp_path):
    """ALL-IDB2 of drawn cells, one of which is cut off."""
    root = make_all_idb2(tmp_path, per_class=30)
    file = root / "img" / "Im003_1.tif"
    file.write_bytes(file.read_bytes()[:200])
    return root


def test_a_bad_picture_is_named_with_its_reason(damaged):
    (found,) = find_unreadable(read_dataset("all_idb2", damaged).samples)
    assert found.image_id == "Im003_1"
    assert sentence_of([found]) == (
        f"1 picture could not be read and is left out. Im003_1: {found.reason}"
    )


def test_a_link_to_what_is_not_there_is_a_bad_picture_and_no_copy(damaged):
    for name in ("Im004_1.tif", "Im005_1.tif"):
        (damaged / "img" / name).unlink()
        (damaged / "img" / name).symlink_to(damaged / "gone.tif")
    dataset = read_dataset("all_idb2", damaged)
    assert dataset.copies == 1
    assert [each.image_id for each in find_unreadable(dataset.samples)] == [
        "Im003_1", "Im004_1", "Im005_1",
    ]  # fmt: skip


def test_files_of_one_name_that_cannot_be_opened_are_no_copies_of_each_other(tmp_path):
    links = [tmp_path / folder / "a\udcff.png" for folder in ("ALL", "Healthy")]
    for link in links:
        link.parent.mkdir()
        link.symlink_to(tmp_path / "gone.png")
    first, second = map(hash_file, links)
    assert first != second
    assert hash_file(links[0]) == first


def test_the_other_pictures_keep_their_side_and_the_split_its_hash(damaged):
    dataset = read_dataset("all_idb2", damaged)
    whole = split_dataset(dataset, PLAN)
    kept = leave_out_of_split(whole, find_unreadable(dataset.samples))
    assert kept.sha256 == whole.sha256
    for side, samples in whole.sides.items():
        assert kept.sides[side] == tuple(s for s in samples if s.image_id != "Im003_1")
    assert len(kept.left_out) == len(whole.left_out) + 1


def test_the_data_set_says_first_what_was_left_out(damaged):
    dataset = read_dataset("all_idb2", damaged)
    left = leave_out_of_dataset(dataset, find_unreadable(dataset.samples))
    assert len(left.samples) == len(dataset.samples) - 1
    assert left.notes[0].startswith("1 picture could not be read")
    assert left.notes[1:] == dataset.notes


def test_more_than_one_in_twenty_end_it_by_name(damaged):
    for number in (4, 5, 6):
        (damaged / "img" / f"Im{number:03d}_1.tif").write_bytes(b"")
    with pytest.raises(DatasetError, match="4 of 60 pictures cannot be read, and at most 5%"):
        find_unreadable(read_dataset("all_idb2", damaged).samples)
    with pytest.raises(DatasetError, match="Im003_1"):
        audit_dataset(read_dataset("all_idb2", damaged), [PLAN])


def test_an_audit_goes_on_and_counts(damaged):
    audit = audit_dataset(read_dataset("all_idb2", damaged), [PLAN])
    assert [each.image_id for each in audit.unreadable] == ["Im003_1"]
    assert (audit.pictures, audit.examined) == (60, 59)
    assert '"unreadable": [{"image_id": "Im003_1"' in audit.to_json()


def test_many_are_not_all_named():
    many = [Unreadable(f"{number}.png", "Damaged.") for number in range(1200)]
    assert sentence_of(many).startswith("1,200 pictures could not be read and are left out. 0.png:")
    assert sentence_of(many).endswith("And 1,195 more.")
