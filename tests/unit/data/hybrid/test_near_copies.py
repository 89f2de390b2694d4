"""What two sources show of one cell is found at any size, and joined or taken once."""

import shutil

import numpy as np
import pytest
from PIL import Image

from leuko.data.hybrid import leukocytes, near_copies
from leuko.data.hybrid.laboratories import leave_out_laboratory, only_laboratory
from leuko.data.hybrid.near_copies import join_near_copies
from tests import drawn
from tests.made_cells import add_txl, make_acevedo, make_munich, resized
from tests.made_data import make_all_idb2, make_c_nmc

WHOLE = [(0, 60, 60, 300, 300)]


def pixels_of(path):
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.fixture
def folder(tmp_path):
    make_acevedo(tmp_path / "acevedo_pbc", per_class=1)
    make_munich(tmp_path / "munich_aml", per_class=1)
    return tmp_path


@pytest.fixture
def promyelocyte(folder):
    return next((folder / "acevedo_pbc").rglob("PMY_*.jpg"))


def group_of(dataset, start):
    (found,) = {s.group for s in dataset.samples if s.image_id.startswith(start)}
    return found


def test_cells_that_differ_are_not_joined(folder):
    dataset = leukocytes.read(folder)
    assert len({s.group for s in dataset.samples}) == len(dataset.samples) == 13 + 14
    assert "0 further pairs" in " ".join(dataset.notes)


@pytest.mark.parametrize("size", [(360, 363), (366, 369)])
def test_a_picture_that_a_second_source_holds_at_another_size_is_taken_once(
    folder, promyelocyte, size
):
    before = leukocytes.read(folder)
    add_txl(folder, "again", resized(pixels_of(promyelocyte), *size), WHOLE)
    add_txl(folder, "new", drawn.draw_crop(777, False, 363)[:, :360], WHOLE)
    dataset = leukocytes.read(folder)
    added = {s.image_id for s in dataset.samples} - {s.image_id for s in before.samples}
    assert added == {"txl_pbc/new#1"}
    assert "Pictures that two sources hold are taken once (1)" in " ".join(dataset.notes)


def test_so_is_a_byte_identical_one(folder, promyelocyte):
    file = add_txl(folder, "again", resized(pixels_of(promyelocyte), 360, 363), WHOLE)
    shutil.copy(file, promyelocyte)
    assert not any(s.image_id.startswith("txl_pbc/") for s in leukocytes.read(folder).samples)


@pytest.mark.parametrize("side_px", [40, 145, 400])
def test_a_near_copy_of_another_laboratory_is_joined_and_leaves_with_it(
    folder, promyelocyte, side_px
):
    copy = (resized(pixels_of(promyelocyte), side_px, side_px) * 0.9).astype(np.uint8)
    file = folder / "munich_aml" / "AML-Cytomorphology_LMU" / "PMO" / "PMO_0007.tiff"
    file.write_bytes(drawn.encode(copy, "TIFF"))
    dataset = leukocytes.read(folder)
    assert group_of(dataset, f"acevedo/{promyelocyte.stem}") == group_of(dataset, "munich/PMO_0007")
    rest = leave_out_laboratory(dataset, "munich")
    assert f"acevedo/{promyelocyte.stem}" not in {s.image_id for s in rest.samples}
    assert len(rest.samples) == 12
    assert len(only_laboratory(dataset, "munich").samples) == 15


def test_different_cells_on_black_are_not_joined_although_they_lie_alike(tmp_path):
    make_c_nmc(tmp_path / "c_nmc")
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    groups = {s.group for s in leukocytes.read(tmp_path).samples if s.laboratory == "c_nmc"}
    assert len(groups) == 5 + 5


def test_cells_of_two_files_with_the_same_bytes_are_one_group_although_their_boxes_differ(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    field = drawn.draw_field(3, False, 575)
    add_txl(tmp_path, "a", field, [(0, 100, 110, 200, 230)])
    add_txl(tmp_path, "b", field, [(0, 101, 111, 202, 231)])
    dataset = leukocytes.read(tmp_path)
    assert group_of(dataset, "txl_pbc/a") == group_of(dataset, "txl_pbc/b")


def test_a_cell_of_two_fields_that_overlap_is_found_in_its_boxes(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    cell = drawn.draw_crop(9, True, 120)
    for name, seed, left, top in (("a", 3, 60, 80), ("b", 4, 300, 210), ("c", 5, 90, 90)):
        field = drawn.draw_field(seed, False, 575)
        if name != "c":
            field[top : top + 120, left : left + 120] = cell
        add_txl(tmp_path, name, field, [(0, left, top, left + 120, top + 120)])
    dataset = leukocytes.read(tmp_path)
    assert group_of(dataset, "txl_pbc/a") == group_of(dataset, "txl_pbc/b")
    assert group_of(dataset, "txl_pbc/c") == "txl_pbc/c"
    assert sum(s.laboratory == "raabin" for s in dataset.samples) == 3


def test_two_photographs_of_one_cell_that_the_hash_misses_are_joined_by_name(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    make_acevedo(tmp_path / "acevedo_pbc", per_class=1)
    for name, seed in (("Im135_0", 51), ("Im244_0", 52)):
        file = tmp_path / "all_idb2" / "img" / f"{name}.tif"
        file.write_bytes(drawn.encode(drawn.draw_crop(seed, False, 64), "TIFF"))
    dataset = leukocytes.read(tmp_path)
    assert group_of(dataset, "all_idb2/Im135_0") == group_of(dataset, "all_idb2/Im244_0")


def test_a_picture_that_cannot_be_read_is_like_no_other_and_named_later(folder, promyelocyte):
    promyelocyte.write_bytes(b"\xff\xd8\xff\xe0 broken")
    dataset = leukocytes.read(folder)
    assert group_of(dataset, f"acevedo/{promyelocyte.stem}") == f"acevedo/{promyelocyte.stem}"


def test_a_set_that_is_read_again_is_not_decoded_again(folder, monkeypatch):
    first = leukocytes.read(folder)

    def refuse(*_):
        raise AssertionError("decoded again")

    monkeypatch.setattr(near_copies, "read_picture", refuse)
    assert leukocytes.read(folder) == first


def test_nothing_is_joined_of_nothing():
    assert join_near_copies([]).samples == ()
