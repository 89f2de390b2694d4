"""The reader of hand-drawn masks, on drawn sets in the public layout and in a renamed one."""

import shutil

import numpy as np
import pytest
from PIL import Image

from leuko.data.adapters import wbc_segmentation
from leuko.data.adapters.wbc_segmentation import read_labelled
from leuko.errors import DatasetError
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE
from tests.made_cells import write_labels
from tests.made_data import make_wbc_segmentation


def test_both_sets_are_read_in_their_public_layout(tmp_path):
    root = make_wbc_segmentation(tmp_path)
    found = wbc_segmentation.read(root)
    assert [(one.dataset, one.number) for one in found] == [
        *(("Dataset 1", number) for number in (1, 2, 3, 4)),
        *(("Dataset 2", number) for number in (1, 2)),
    ]
    assert all(one.mask == one.picture.with_suffix(".png") for one in found)


def test_odd_numbers_of_the_first_set_and_their_copies_were_tuned_on_and_all_others_held_out(
    tmp_path,
):
    root = make_wbc_segmentation(tmp_path)
    shutil.copy(root / "Dataset 1" / "003.bmp", root / "Dataset 1" / "004.bmp")
    seen = {(one.dataset, one.number): one.seen for one in wbc_segmentation.read(root)}
    assert [number for (_, number), tuned in seen.items() if tuned] == [1, 3, 4]


@pytest.mark.parametrize("inside", ["wbc_segmentation", "segmentation_WBC", "."])
def test_a_folder_that_holds_the_set_does_as_well(tmp_path, inside):
    make_wbc_segmentation(tmp_path / inside, second=0)
    (tmp_path / inside / "Dataset 1").rename(tmp_path / inside / "dataset_1")
    assert len(wbc_segmentation.read(tmp_path)) == 4


def test_white_is_nucleus_grey_is_cytoplasm_and_black_is_outside(tmp_path):
    path = tmp_path / "001.png"
    Image.fromarray(np.array([[0, 128, 255], [3, 127, 250]], np.uint8)).save(path)
    assert wbc_segmentation.read_mask(path).tolist() == [[OUTSIDE, CYTOPLASM, NUCLEUS]] * 2


def test_a_picture_without_its_mask_is_named(tmp_path):
    root = make_wbc_segmentation(tmp_path)
    (root / "Dataset 1" / "002.png").unlink()
    with pytest.raises(DatasetError, match=r"002\.bmp' has no mask '002\.png'"):
        wbc_segmentation.read(root)


def test_a_folder_without_the_set_is_refused_with_advice(tmp_path):
    with pytest.raises(DatasetError, match="holds no 'Dataset 1'"):
        wbc_segmentation.read(tmp_path)
    with pytest.raises(DatasetError, match="No folder"):
        wbc_segmentation.read(tmp_path / "absent")


def test_a_mask_that_is_no_picture_is_named(tmp_path):
    path = tmp_path / "001.png"
    path.write_text("only words")
    with pytest.raises(DatasetError, match=r"The mask '.*001\.png' cannot be read"):
        wbc_segmentation.read_mask(path)


def test_each_cell_has_the_class_of_its_table_and_the_second_set_is_another_laboratory(tmp_path):
    root = make_wbc_segmentation(tmp_path, first=5, second=2)
    write_labels(root, "Dataset 1", {1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, column="class label")
    write_labels(root, "Dataset 2", {1: 5, 2: 1})
    found = {s.image_id: (s.label, s.laboratory) for s in read_labelled(tmp_path).samples}
    assert found == {
        "1-001": ("Neutrophil", "wbc_segmentation"),
        "1-002": ("Lymphocyte", "wbc_segmentation"),
        "1-003": ("Monocyte", "wbc_segmentation"),
        "1-004": ("Eosinophil", "wbc_segmentation"),
        "1-005": ("Basophil", "wbc_segmentation"),
        "2-001": ("Basophil", "wbc_segmentation_2"),
        "2-002": ("Neutrophil", "wbc_segmentation_2"),
    }


def test_a_table_under_a_name_without_spaces_is_read_as_well(tmp_path):
    root = make_wbc_segmentation(tmp_path, first=2, second=0)
    write_labels(root, "Dataset 1", {1: 2, 2: 2}).rename(root / "class_labels_dataset_1.csv")
    assert {s.label for s in read_labelled(tmp_path).samples} == {"Lymphocyte"}


def test_a_missing_table_a_missing_row_and_an_unknown_class_are_refused(tmp_path):
    root = make_wbc_segmentation(tmp_path, first=2, second=0)
    with pytest.raises(DatasetError, match=r"no table 'Class Labels of Dataset 1\.csv'"):
        read_labelled(root)
    write_labels(root, "Dataset 1", {1: 1})
    with pytest.raises(DatasetError, match=r"names no class of '.*002\.bmp'"):
        read_labelled(root)
    write_labels(root, "Dataset 1", {1: 1, 2: 6})
    with pytest.raises(DatasetError, match="a class, 1 to 5, in each row; found: 2, 6"):
        read_labelled(root)
