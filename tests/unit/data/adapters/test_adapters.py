import shutil

import pytest

from leuko.data.adapters import all_idb2, c_nmc, taleqani
from leuko.data.dataset import copies_by_hash, hash_file, join_groups
from leuko.data.registry import ADAPTERS, read_dataset
from leuko.data.splitting.split import GROUPED, PAPER, SplitPlan, split_dataset
from leuko.errors import DatasetError
from leuko.labels import InputKind
from tests.made_data import ALL_IDB2_PER_CLASS, C_NMC_SUBJECTS, TALEQANI_BLOCKS

MADE = ["taleqani_folder", "all_idb2_folder", "c_nmc_folder"]
BY_ID = dict(zip(("taleqani", "all_idb2", "c_nmc"), MADE, strict=True))


@pytest.fixture(params=BY_ID, ids=list(BY_ID))
def made(request):
    """(adapter id, folder) of each made data set."""
    return request.param, request.getfixturevalue(BY_ID[request.param])


def refusal(dataset_id, folder):
    with pytest.raises(DatasetError) as caught:
        read_dataset(dataset_id, folder)
    return str(caught.value)


def test_every_picture_is_found_with_its_hash_in_the_order_of_ids(made):
    dataset_id, folder = made
    dataset = read_dataset(dataset_id, folder)
    assert dataset.id == dataset_id
    names = [sample.image_id for sample in dataset.samples]
    assert names == sorted(set(names))
    assert {sample.label for sample in dataset.samples} == set(dataset.classes.names)
    assert all(sample.sha256 == hash_file(sample.path) for sample in dataset.samples)
    assert dataset.licence
    assert dataset.source
    assert dataset.notes


def test_the_set_is_found_from_the_folder_above_it_too(made):
    dataset_id, folder = made
    assert folder.name == dataset_id
    assert read_dataset(dataset_id, folder.parent) == read_dataset(dataset_id, folder)


def test_nothing_of_the_machine_is_in_an_image_id(made):
    dataset_id, folder = made
    for sample in read_dataset(dataset_id, folder).samples:
        assert str(folder) not in sample.image_id
        assert "\\" not in sample.image_id


@pytest.mark.parametrize("dataset_id", list(ADAPTERS))
def test_a_missing_folder_is_refused_with_where_to_get_the_set(dataset_id, tmp_path):
    sentence = refusal(dataset_id, tmp_path / "absent")
    assert "No folder" in sentence
    assert "layout" in sentence


@pytest.mark.parametrize("dataset_id", list(ADAPTERS))
def test_a_folder_of_something_else_is_refused_naming_what_was_found(dataset_id, tmp_path):
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    (tmp_path / "music").mkdir()
    sentence = refusal(dataset_id, tmp_path)
    assert "found: holiday.jpg, music" in sentence
    assert "layout" in sentence


@pytest.mark.parametrize("dataset_id", list(ADAPTERS))
def test_an_empty_folder_is_refused_naming_nothing(dataset_id, tmp_path):
    assert "found: nothing" in refusal(dataset_id, tmp_path)


def test_an_unknown_data_set_is_refused_with_the_known_ones(tmp_path):
    sentence = refusal("imagenet", tmp_path)
    assert "No data set 'imagenet'" in sentence
    assert all(name in sentence for name in ADAPTERS)


# Taleqani


def test_taleqani_groups_are_blocks_of_twenty_file_numbers(taleqani_folder):
    dataset = taleqani.read(taleqani_folder)
    assert len(dataset.samples) == 4 * 2 * TALEQANI_BLOCKS
    assert dataset.kind is InputKind.FIELD
    assert dataset.sequential
    group = {sample.image_id: sample.group for sample in dataset.samples}
    assert group["Benign/WBC-Benign-001.jpg"] == "Benign/0001-0020"
    assert group["Benign/WBC-Benign-020.jpg"] == "Benign/0001-0020"
    assert group["Benign/WBC-Benign-021.jpg"] == "Benign/0021-0040"
    assert group["Pro/WBC-Malignant-Pro-180.jpg"] == "Pro/0161-0180"


def test_taleqani_counts_its_byte_identical_copies(taleqani_folder):
    assert taleqani.read(taleqani_folder).copies == 1


def test_taleqani_without_one_of_its_classes_is_refused_by_name(taleqani_folder, tmp_path):
    shutil.copytree(taleqani_folder, tmp_path / "t")
    shutil.rmtree(tmp_path / "t" / "Original" / "Pre")
    assert "Pre' holds no numbered JPEG files" in refusal("taleqani", tmp_path / "t")


def test_a_taleqani_file_without_a_number_is_refused_by_name(taleqani_folder, tmp_path):
    shutil.copytree(taleqani_folder, tmp_path / "t")
    stray = tmp_path / "t" / "Original" / "Pro" / "WBC-Malignant-Pro-001 (1).jpg"
    stray.write_bytes(b"x")
    assert "WBC-Malignant-Pro-001 (1).jpg" in refusal("taleqani", tmp_path / "t")


# ALL-IDB2


def test_all_idb2_labels_follow_the_last_digit_of_the_name(all_idb2_folder):
    dataset = all_idb2.read(all_idb2_folder)
    assert dataset.kind is InputKind.CROP
    assert not dataset.sequential
    label = {sample.image_id: sample.label for sample in dataset.samples}
    assert len(label) == 2 * ALL_IDB2_PER_CLASS
    assert label["Im001_1"] == "Blast"
    assert label["Im032_0"] == "Healthy"


def test_all_idb2_joins_the_byte_identical_pair_into_one_group(all_idb2_folder):
    dataset = all_idb2.read(all_idb2_folder)
    group = {sample.image_id: sample.group for sample in dataset.samples}
    assert group["Im031_0"] == group["Im032_0"] == "Im031_0+Im032_0"
    assert len(set(group.values())) == len(group) - 1
    assert dataset.copies == 1


def test_all_idb2_with_one_class_only_is_refused_by_name(all_idb2_folder, tmp_path):
    (tmp_path / "img").mkdir()
    shutil.copy(all_idb2_folder / "img" / "Im001_1.tif", tmp_path / "img")
    assert "no picture of class Healthy" in refusal("all_idb2", tmp_path)


def test_one_picture_in_two_formats_is_refused_by_name(all_idb2_folder, tmp_path):
    shutil.copytree(all_idb2_folder, tmp_path / "a")
    (tmp_path / "a" / "img" / "Im001_1.png").write_bytes(b"x")
    assert "'Im001_1'" in refusal("all_idb2", tmp_path / "a")


# C-NMC


@pytest.mark.parametrize(
    ("subjects", "group"),
    [
        (("20", "21"), "20+21"),
        (("51", "75", "78"), "51+75+78"),
        (("H2", "H4", "H5", "H6"), "H2+H4+H5+H6"),
        (("H10", "h3", "H3", "h10"), "H10+H3"),
        (("11",), "11"),
        (("H1", "h1"), "H1"),
    ],
)
def test_subjects_that_share_pictures_are_one_group_whatever_their_case(subjects, group):
    assert {c_nmc.subject_group(subject) for subject in subjects} == {group}


def test_c_nmc_reads_bmp_and_png_of_all_folds(c_nmc_folder):
    dataset = c_nmc.read(c_nmc_folder)
    assert dataset.kind is InputKind.SEGMENTED
    assert len(dataset.samples) == 2 * sum(map(len, C_NMC_SUBJECTS.values()))
    assert {sample.path.suffix for sample in dataset.samples} == {".bmp", ".png"}
    assert {sample.path.parts[-3] for sample in dataset.samples} == {"fold_0", "fold_1", "fold_2"}
    group = {sample.image_id: sample.group for sample in dataset.samples}
    assert group["UID_20_1_1_all"] == group["UID_21_2_1_all"] == "20+21"
    assert group["UID_H10_1_1_hem"] == group["UID_h3_1_1_hem"] == "H10+H3"
    assert len(set(group.values())) == 5 + 5


def test_c_nmc_in_part_says_that_its_figures_are_figures_on_a_subset(c_nmc_folder):
    dataset = c_nmc.read(c_nmc_folder)
    assert dataset.title == "C-NMC 2019 (subset)"
    assert "Only 34 of the 10,661 published training cells" in dataset.notes[0]


@pytest.mark.parametrize("name", ["UID_11_1_1_hem.bmp", "cell.bmp", "UID_X9_1_1_all.png"])
def test_a_c_nmc_file_that_is_not_named_as_published_is_refused_by_name(
    c_nmc_folder, tmp_path, name
):
    shutil.copytree(c_nmc_folder, tmp_path / "c")
    folder = tmp_path / "c" / "C-NMC_Leukemia" / "training_data" / "fold_0" / "all"
    (folder / name).write_bytes(b"x")
    assert name in refusal("c_nmc", tmp_path / "c")


# Both split policies on the made sets


@pytest.mark.parametrize("policy", [PAPER, GROUPED])
def test_made_sets_split_without_a_copy_or_under_grouped_a_group_on_two_sides(made, policy):
    dataset = read_dataset(*made)
    split = split_dataset(dataset, SplitPlan(policy, 0.25, 0.2))
    sides = list(split.sides.values())
    for index, side in enumerate(sides):
        for other in sides[index + 1 :]:
            assert not {s.sha256 for s in side} & {s.sha256 for s in other}
            if policy == GROUPED:
                assert not {s.group for s in side} & {s.group for s in other}


# Shared parts


def test_joined_groups_are_connected_through_others():
    joined = join_groups([("a", "b"), ("c", "d"), ("b", "c"), ("x", "y")])
    assert {joined[name] for name in "abcd"} == {"a+b+c+d"}
    assert joined["x"] == joined["y"] == "x+y"


def test_copies_are_listed_only_where_two_files_have_the_same_bytes(all_idb2_folder):
    found = copies_by_hash(all_idb2.read(all_idb2_folder).samples)
    assert [[s.image_id for s in same] for same in found.values()] == [["Im031_0", "Im032_0"]]


def test_what_systems_leave_behind_changes_no_data_set(made, tmp_path):
    dataset_id, folder = made
    shutil.copytree(folder, tmp_path / "set")
    clean = read_dataset(dataset_id, tmp_path / "set")
    for sample in clean.samples[::5]:
        path = sample.path
        path.with_name(f"._{path.name}").write_bytes(b"\x00\x05\x16\x07")
        for kept in (".ipynb_checkpoints", "@eaDir"):
            path.with_name(kept).mkdir(exist_ok=True)
            shutil.copy(path, path.with_name(kept) / path.name)
            beside = path.parent.with_name(kept)
            beside.mkdir(exist_ok=True)
            shutil.copy(path, beside / path.name)
    assert read_dataset(dataset_id, tmp_path / "set") == clean
