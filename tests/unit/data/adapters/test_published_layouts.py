"""Adapters of sets that are implemented in their public layout: ALL-IDB1, PCam, C-NMC's test."""

import shutil

import numpy as np
import pytest
from PIL import Image

from leuko.data.adapters import all_idb1, c_nmc_preliminary, pcam
from leuko.data.splitting.split import GROUPED, SplitPlan, split_dataset
from leuko.errors import DatasetError
from leuko.labels import InputKind
from scripts import export_pcam
from tests import made_published


def refusal(read, folder):
    with pytest.raises(DatasetError) as caught:
        read(folder)
    return str(caught.value)


# ALL-IDB1


@pytest.fixture
def fields(tmp_path):
    return made_published.make_all_idb1(tmp_path / "all_idb1")


def test_all_idb1_is_whole_fields_labelled_by_the_last_digit_of_the_name(fields):
    dataset = all_idb1.read(fields)
    assert dataset.kind is InputKind.FIELD
    labels = {sample.image_id: sample.label for sample in dataset.samples}
    assert labels["Im001_1"] == "Blast"
    assert labels["Im008_0"] == "Healthy"
    assert len(labels) == 8
    assert dataset.classes.malignant == {"Blast"}
    assert "Only 8 of the 108" in dataset.notes[0]
    assert all_idb1.read(fields.parent) == dataset


def test_all_idb1_warns_that_all_idb2_was_cut_out_of_it(fields):
    assert any("ALL-IDB2 were cut out" in note for note in all_idb1.read(fields).notes)


def test_blast_centres_are_pairs_of_pixels_and_none_in_a_healthy_field(fields):
    centres = all_idb1.read_blast_centres(fields)
    assert centres["Im003_1"] == ((3, 20), (30, 3))
    assert centres["Im005_0"] == ()


def test_all_idb1_without_centres_is_still_a_data_set(fields):
    shutil.rmtree(fields / "xyc")
    assert all_idb1.read_blast_centres(fields) == {}
    assert len(all_idb1.read(fields).samples) == 8


def test_a_broken_file_of_centres_is_refused_by_name(fields):
    (fields / "xyc" / "Im001_1.xyc").write_text("1 2 3", encoding="ascii")
    assert "Im001_1.xyc" in refusal(all_idb1.read_blast_centres, fields)


def test_half_of_all_idb1_is_refused_saying_what_was_found(fields):
    for path in (fields / "im").glob("*_0.jpg"):
        path.unlink()
    sentence = refusal(all_idb1.read, fields)
    assert "no picture of class Healthy" in sentence
    assert "found: Im001_1.jpg" in sentence
    assert "layout is" in sentence


def test_copies_in_all_idb1_are_one_group(fields):
    shutil.copy(fields / "im" / "Im005_0.jpg", fields / "im" / "Im006_0.jpg")
    group = {s.image_id: s.group for s in all_idb1.read(fields).samples}
    assert group["Im005_0"] == group["Im006_0"] == "Im005_0+Im006_0"


# C-NMC, preliminary test


@pytest.mark.parametrize("suffix", [".bmp", ".png"])
def test_the_label_table_gives_class_and_subject_and_1_means_all(tmp_path, suffix):
    made_published.make_preliminary(tmp_path, suffix=suffix)
    dataset = c_nmc_preliminary.read(tmp_path)
    found = {s.image_id: (s.label, s.group) for s in dataset.samples}
    assert found["preliminary/1"] == ("ALL", "57")
    assert found["preliminary/4"] == ("HEM", "H49")
    assert len(found) == 6
    assert dataset.kind is InputKind.SEGMENTED
    assert "Only 6 of the 1,867" in dataset.notes[0]


def table_of(root):
    return root / "C-NMC_Leukemia" / "validation_data" / c_nmc_preliminary.LABEL_FILE


def test_a_missing_label_table_is_refused_by_name(tmp_path):
    made_published.make_preliminary(tmp_path)
    table_of(tmp_path).unlink()
    sentence = refusal(c_nmc_preliminary.read, tmp_path)
    assert "C-NMC_test_prelim_phase_data_labels.csv; found: C-NMC_test_prelim_phase" in sentence


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("labels", "class", "lacks the columns labels"),
        ("1.bmp,1\r", "1.bmp,0\r", "1 is ALL, 0 is HEM"),
        ("UID_57_29_1_all", "cell", "not as published"),
        ("UID_71_31_3_all.bmp,3.bmp,1\r\n", "", "3.bmp' has no row"),
    ],
)
def test_a_label_table_that_is_not_as_published_is_refused(tmp_path, old, new, reason):
    made_published.make_preliminary(tmp_path)
    table = table_of(tmp_path)
    text = table.read_bytes().decode()
    table.write_bytes(text.replace(old, new, 1).encode())
    assert reason in refusal(c_nmc_preliminary.read, tmp_path)


# PatchCamelyon


@pytest.fixture
def patches(tmp_path):
    made_published.make_pcam_files(tmp_path)
    assert export_pcam.main([str(tmp_path), "--out", str(tmp_path / "out" / "pcam")]) == 0
    return tmp_path / "out" / "pcam"


def test_the_export_keeps_every_pixel_label_and_part(patches, tmp_path):
    import h5py

    with h5py.File(tmp_path / "pcam" / "camelyonpatch_level_2_split_valid_x.h5") as file:
        published = np.asarray(file["x"])
    for index, pixels in enumerate(published):
        with Image.open(patches / "val" / str(index % 2) / f"{index:06}.png") as image:
            assert np.array_equal(np.asarray(image), pixels)


def test_an_interrupted_export_is_taken_up_where_it_stopped(patches, tmp_path, capsys):
    (patches / "test" / "1" / "000003.png").unlink()
    assert export_pcam.main([str(tmp_path), "--out", str(patches)]) == 0
    assert "train: 0 patches" in capsys.readouterr().out
    assert (patches / "test" / "1" / "000003.png").is_file()


def test_a_part_of_pcam_can_be_exported(tmp_path):
    made_published.make_pcam_files(tmp_path)
    export_pcam.main([str(tmp_path), "--out", str(tmp_path / "out"), "--every", "3"])
    assert len(list((tmp_path / "out" / "train").rglob("*.png"))) == 4


def test_an_export_without_the_published_files_says_which_are_needed(tmp_path, capsys):
    assert export_pcam.main([str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "camelyonpatch_level_2_split_" in capsys.readouterr().err


def test_pcam_is_tissue_and_its_published_parts_are_the_sides_of_a_grouped_split(patches):
    dataset = pcam.read(patches.parent)
    assert dataset.kind is InputKind.TISSUE
    assert not dataset.kind.is_blood
    split = split_dataset(dataset, SplitPlan(GROUPED, 0.4, 0.4, seed=5))
    assert {side: len(found) for side, found in split.sides.items()} == {
        "train": 12,
        "validation": 6,
        "test": 6,
    }
    for part, side in (("train", split.train), ("val", split.validation), ("test", split.test)):
        assert {sample.group for sample in side} == {part}
        assert {sample.label for sample in side} == {"Normal", "Tumour"}


def test_pcam_with_a_part_missing_is_refused_saying_what_was_found(patches):
    shutil.rmtree(patches / "val")
    sentence = refusal(pcam.read, patches)
    assert "found in" in sentence
    assert "export_pcam.py" in sentence
