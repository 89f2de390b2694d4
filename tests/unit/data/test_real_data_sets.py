"""The adapters and splits on the public data sets themselves."""

import itertools
from collections import Counter

import pytest

from leuko.data.adapters.all_idb2 import SAME_CELL
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import GROUPED, PAPER, SplitPlan, check_split, split_dataset

pytestmark = pytest.mark.real_images


@pytest.fixture(scope="module")
def sets(real_images):
    return {name: read_dataset(name, real_images) for name in ("taleqani", "all_idb2", "c_nmc")}


def labels(dataset):
    return dict(Counter(sample.label for sample in dataset.samples))


def test_taleqani_has_the_counts_of_the_public_part_and_its_copies_are_all_in_pro(sets):
    dataset = sets["taleqani"]
    assert labels(dataset) == {"Benign": 439, "Early": 920, "Pre": 898, "Pro": 739}
    assert dataset.copies == 37
    by_label = Counter(s.label for s in {s.sha256: s for s in dataset.samples}.values())
    assert by_label == {"Benign": 439, "Early": 920, "Pre": 898, "Pro": 739 - 37}


def test_all_idb2_has_130_cells_of_each_class_and_one_byte_identical_pair(sets):
    dataset = sets["all_idb2"]
    assert labels(dataset) == {"Blast": 130, "Healthy": 130}
    assert dataset.copies == 1
    group = {sample.image_id: sample.group for sample in dataset.samples}
    assert group["Im223_0"] == group["Im257_0"] == "Im223_0+Im257_0"
    assert len(set(group.values())) == 251


def test_two_photographs_of_one_cell_are_one_group(sets):
    group = {sample.image_id: sample.group for sample in sets["all_idb2"].samples}
    for first, second in SAME_CELL:
        assert group[first] == group[second]
    assert group["Im025_1"] == group["Im028_1"] == "Im025_1+Im028_1+Im031_1"


def test_c_nmc_has_the_counts_of_the_subset_and_joins_its_subjects(sets):
    dataset = sets["c_nmc"]
    assert labels(dataset) == {"ALL": 414, "HEM": 168}
    subjects = {(s.label, s.image_id.split("_")[1].upper()) for s in dataset.samples}
    assert Counter(label for label, _ in subjects) == {"ALL": 13, "HEM": 13}
    for sample in dataset.samples:
        assert sample.image_id.split("_")[1].upper() in sample.group.split("+")
    assert "Only 582 of the 10,661" in dataset.notes[0]


def test_c_nmc_cells_come_from_few_subjects(sets):
    for label, subjects, cells in (("ALL", 6, 400), ("HEM", 4, 150)):
        counts = Counter(
            s.image_id.split("_")[1].upper() for s in sets["c_nmc"].samples if s.label == label
        )
        assert sum(count for _, count in counts.most_common(subjects)) >= cells


@pytest.mark.parametrize("name", ["taleqani", "all_idb2", "c_nmc"])
@pytest.mark.parametrize("policy", [PAPER, GROUPED])
def test_nothing_stands_on_two_sides(sets, name, policy):
    split = split_dataset(sets[name], SplitPlan(policy, 0.2, 0.15))
    check_split(split)
    for side, other in itertools.combinations(split.sides.values(), 2):
        assert not {s.image_id for s in side} & {s.image_id for s in other}
        assert not {s.sha256 for s in side} & {s.sha256 for s in other}
        if policy == GROUPED:
            assert not {s.group for s in side} & {s.group for s in other}
    for side in split.sides.values():
        assert {s.label for s in side} == set(sets[name].classes.names)
    again = split_dataset(sets[name], SplitPlan(policy, 0.2, 0.15))
    assert again.sha256 == split.sha256


@pytest.mark.parametrize("fold", range(5))
def test_taleqani_sides_are_at_least_twenty_file_numbers_apart(sets, fold):
    split = split_dataset(sets["taleqani"], SplitPlan(GROUPED, 0.2, 0.12, fold=fold))
    for label in ("Benign", "Early", "Pre", "Pro"):
        numbers = [
            [int(s.path.stem.rsplit("-", 1)[1]) for s in side if s.label == label]
            for side in split.sides.values()
        ]
        for side, other in itertools.combinations(numbers, 2):
            assert min(abs(a - b) for a in side for b in other) > 20


@pytest.mark.parametrize(("name", "shares"), [("all_idb2", 0.01), ("c_nmc", 0.06)])
def test_grouped_shares_come_near_the_plan(sets, name, shares):
    split = split_dataset(sets[name], SplitPlan(GROUPED, 0.25, 0.15))
    total = len(sets[name].samples)
    assert len(split.test) / total == pytest.approx(0.25, abs=shares)
    assert len(split.validation) / total == pytest.approx(0.15, abs=shares)
