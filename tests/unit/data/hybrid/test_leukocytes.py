"""Cells of several laboratories as one data set."""

import shutil
from collections import Counter, defaultdict

import pytest

from leuko import cell_classes as cells
from leuko.data.hybrid import leukocytes
from leuko.data.registry import read_dataset
from leuko.data.splitting.split import GROUPED, PAPER, SplitPlan, split_dataset
from leuko.errors import DatasetError
from leuko.inspection.cells.found import Box
from leuko.labels import InputKind
from tests import drawn
from tests.made_cells import add_txl, make_acevedo, make_cells
from tests.made_data import make_all_idb2, make_c_nmc


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return make_cells(tmp_path_factory.mktemp("cells"))


@pytest.fixture(scope="module")
def dataset(folder):
    return leukocytes.read(folder)


def labels_of(dataset, laboratory):
    return {s.label for s in dataset.samples if s.laboratory == laboratory}


def test_every_source_that_is_there_gives_its_cells_with_their_laboratory(dataset):
    assert dataset.kind is InputKind.CROP
    assert dataset.classes == cells.class_set()
    assert dataset.label_sets == cells.LABEL_SETS
    assert Counter(s.laboratory for s in dataset.samples) == {
        "acevedo": 26, "munich": 28, "all_idb2": 8, "wbc_segmentation": 5, "bccd": 4,
    }  # fmt: skip
    names = [s.image_id for s in dataset.samples]
    assert names == sorted(names)


def test_a_source_that_knows_less_says_what_it_knows(dataset):
    assert labels_of(dataset, "all_idb2") == {"Blast cell", "Not a blast cell"}
    assert "Neutrophil" in labels_of(dataset, "wbc_segmentation")
    assert labels_of(dataset, "bccd") == {"Normal leukocyte"}
    assert {s.label for s in dataset.samples} <= set(dataset.label_sets)


def test_absent_sources_are_named_in_the_notes(dataset):
    assert dataset.notes[-1] == "Sources that are not there: txl_pbc, c_nmc."


def test_cells_on_black_keep_their_subjects_as_groups(tmp_path):
    make_c_nmc(tmp_path / "c_nmc")
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    found = leukocytes.read(tmp_path)
    assert labels_of(found, "c_nmc") == {"Blast cell", "Not a blast cell"}
    groups = {s.group for s in found.samples if s.laboratory == "c_nmc"}
    assert any("c_nmc/20+21" in group for group in groups)


def test_one_source_is_too_few_and_the_folders_that_were_looked_for_are_named(tmp_path):
    make_acevedo(tmp_path / "acevedo_pbc", per_class=1)
    with pytest.raises(DatasetError, match=r"holds 1; found: acevedo_pbc\. .* munich_aml"):
        read_dataset("leukocytes", tmp_path)


def test_a_source_that_is_there_and_not_in_order_is_named_instead_of_left_out(folder, tmp_path):
    shutil.copytree(folder, tmp_path / "c")
    (tmp_path / "c" / "wbc_segmentation" / "Class Labels of Dataset 1.csv").unlink()
    with pytest.raises(DatasetError, match="holds no table 'Class Labels of Dataset 1"):
        leukocytes.read(tmp_path / "c")


# Boxes


@pytest.fixture
def boxed(tmp_path):
    """A picture of TXL-PBC with the size of those of Raabin, beside ALL-IDB2."""
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    boxes = [
        (0, 100, 110, 200, 230),  # whole
        (0, 300, 310, 400, 430),  # whole
        (0, 2, 200, 90, 300),  # cut by the left border
        (0, 490, 470, 574, 575),  # by the lower
        (1, 250, 20, 290, 60),  # a red cell
        (2, 450, 100, 480, 130),  # a platelet
        (2, 500, 100, 519, 130),  # too small to be cut
    ]
    add_txl(tmp_path, "a", drawn.draw_field(3, False, 575), boxes)
    return leukocytes.read(tmp_path)


def test_each_whole_white_cell_and_each_platelet_that_is_large_enough_is_one_sample(boxed):
    found = {s.image_id: (s.label, s.box) for s in boxed.samples if s.laboratory == "raabin"}
    assert found == {
        "txl_pbc/a#1": ("Normal leukocyte", Box(100, 110, 100, 120)),
        "txl_pbc/a#2": ("Normal leukocyte", Box(300, 310, 100, 120)),
        "txl_pbc/a#5": ("Platelet", Box(450, 100, 30, 30)),
    }


def test_cells_of_one_picture_are_one_group_and_no_copies_of_each_other(boxed):
    of_picture = [s for s in boxed.samples if s.laboratory == "raabin"]
    assert len({s.group for s in of_picture}) == len({s.sha256 for s in of_picture}) == 1
    assert len({s.content for s in of_picture}) == 3
    assert boxed.copies == 1  # the pair of ALL-IDB2


@pytest.mark.parametrize("size", [416, 500])
def test_pictures_of_bcd_and_of_an_unknown_source_are_left_out(tmp_path, size):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    add_txl(tmp_path, "a", drawn.draw_field(3, False, size), [(0, 100, 110, 200, 230)])
    assert {s.laboratory for s in leukocytes.read(tmp_path).samples} == {"all_idb2"}


# Split


@pytest.fixture(scope="module")
def larger(tmp_path_factory):
    """As the others, with ten cells a class and laboratory and a picture of several labels."""
    root = tmp_path_factory.mktemp("larger")
    make_acevedo(root / "acevedo_pbc", per_class=10)
    make_all_idb2(root / "all_idb2", per_class=20)
    for number in range(10):
        field = drawn.draw_field(100 + number, False, 575)
        boxes = [(0, 100, 110, 200, 230), (0, 300, 310, 400, 430), (2, 450, 100, 480, 130)]
        add_txl(root, f"field-{number}", field, boxes)
    return leukocytes.read(root)


@pytest.mark.parametrize("policy", [GROUPED, PAPER])
def test_no_picture_stands_on_two_sides_whatever_its_labels(larger, policy):
    split = split_dataset(larger, SplitPlan(policy, 0.2, 0.2))
    assert not split.left_out
    sides = defaultdict(set)
    for side, samples in split.sides.items():
        for sample in samples:
            sides[sample.sha256].add(side)
            if policy == GROUPED:
                sides[sample.group].add(side)
    assert {len(found) for found in sides.values()} == {1}


def test_each_label_of_each_laboratory_is_divided_in_the_shares_of_the_plan(larger):
    split = split_dataset(larger, SplitPlan(GROUPED, 0.2, 0.2))
    whole = Counter((s.laboratory, s.label) for s in larger.samples)
    tested = Counter((s.laboratory, s.label) for s in split.test)
    assert ("all_idb2", "Not a blast cell") in tested
    for stratum, count in whole.items():
        assert tested[stratum] == pytest.approx(0.2 * count, abs=1)
    assert split_dataset(larger, SplitPlan(GROUPED, 0.2, 0.2)).sha256 == split.sha256


def test_every_cell_is_tested_once_in_a_cross_validation(larger):
    tested = [
        sample.image_id
        for fold in range(4)
        for sample in split_dataset(larger, SplitPlan(GROUPED, 0.25, 0.2, 0, fold, 4)).test
    ]
    assert sorted(tested) == [s.image_id for s in larger.samples]
