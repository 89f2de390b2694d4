"""The hybrid data set on the public data sets themselves."""

from collections import Counter, defaultdict

import pytest

from leuko.data.hybrid import leukocytes
from leuko.data.hybrid.laboratories import laboratories_of, leave_out_laboratory
from leuko.data.splitting.split import GROUPED, SplitPlan, check_split, split_dataset

pytestmark = pytest.mark.real_images


@pytest.fixture(scope="module")
def dataset(real_images):
    return leukocytes.read(real_images)


def test_seven_laboratories_give_their_cells(dataset):
    assert Counter(s.laboratory for s in dataset.samples) == {
        "acevedo": 3280, "bccd": 591, "c_nmc": 582, "munich": 600, "raabin": 328,
        "all_idb2": 260, "wbc_segmentation": 300,
    }  # fmt: skip


def test_what_txl_pbc_repeats_of_bccd_and_acevedo_is_taken_once(dataset):
    note = next(note for note in dataset.notes if "taken once" in note)
    assert note.startswith("Pictures that two sources hold are taken once (157); 55 further pairs")
    laboratories = defaultdict(set)
    for sample in dataset.samples:
        laboratories[sample.group].add(sample.laboratory)
    assert all(len(found) == 1 for found in laboratories.values())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wbc_segmentation/1-112", "wbc_segmentation/1-139"),
        ("wbc_segmentation/1-166", "wbc_segmentation/1-171"),
        ("all_idb2/Im223_0", "all_idb2/Im257_0"),
        ("all_idb2/Im135_0", "all_idb2/Im244_0"),
        ("acevedo/PMY_497134", "acevedo/PMY_586364"),
        ("bccd/BloodImage_00037#1", "bccd/BloodImage_00038#1"),
        ("bccd/BloodImage_00243#1", "bccd/BloodImage_00250#1"),
    ],
)
def test_pictures_of_one_cell_are_one_group(dataset, one, other):
    group = {s.image_id: s.group for s in dataset.samples}
    assert group[one] == group[other]


def test_each_laboratory_can_be_left_out_and_the_rest_divided(dataset):
    for name in laboratories_of(dataset):
        rest = leave_out_laboratory(dataset, name)
        assert name not in laboratories_of(rest)
        split = split_dataset(rest, SplitPlan(GROUPED, 0.2, 0.12))
        check_split(split)
        assert not split.left_out


def test_the_split_keeps_the_shares_of_each_laboratory_and_label(dataset):
    split = split_dataset(dataset, SplitPlan(GROUPED, 0.2, 0.12))
    counts = defaultdict(Counter)
    for side, samples in split.sides.items():
        for sample in samples:
            counts[sample.laboratory, sample.label][side] += 1
    for (laboratory, _), found in counts.items():
        if laboratory != "c_nmc" and found.total() >= 50:  # its subjects are few
            assert found["test"] / found.total() == pytest.approx(0.2, abs=0.03)
