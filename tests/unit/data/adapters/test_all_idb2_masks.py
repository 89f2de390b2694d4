"""Hand-drawn masks of ALL-IDB2."""

import numpy as np
import pytest
from PIL import Image

from leuko.data.adapters import all_idb2_masks
from leuko.errors import DatasetError
from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS, OUTSIDE
from tests.made_data import make_all_idb2

CYAN, BLUE, WHITE = (0, 255, 255), (0, 0, 255), (255, 255, 255)


def write_mask(path, rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.array(rows, np.uint8)).save(path)
    return path


def test_cyan_is_nucleus_blue_is_cytoplasm_and_white_is_outside(tmp_path):
    path = write_mask(tmp_path / "m.tif", [[CYAN, BLUE, WHITE]])
    assert all_idb2_masks.read_mask(path).tolist() == [[NUCLEUS, CYTOPLASM, OUTSIDE]]


@pytest.mark.parametrize("gt", ["all_idb2_masks/gt", "all_idb2/gt"])
def test_each_mask_comes_with_its_picture_its_class_and_its_group(tmp_path, gt):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    for name in ("Im001_1", "Im003_0", "Im004_0"):
        write_mask(tmp_path / gt / f"{name}.tif", [[WHITE]])
    found = all_idb2_masks.read(tmp_path)
    assert [(one.image_id, one.label) for one in found] == [
        ("Im001_1", "Blast"),
        ("Im003_0", "Healthy"),
        ("Im004_0", "Healthy"),
    ]
    assert found[1].group == found[2].group == "Im003_0+Im004_0"
    assert all(one.picture.stem == one.mask.stem for one in found)


def test_a_mask_without_its_picture_and_an_empty_folder_are_refused(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    (tmp_path / "all_idb2_masks" / "gt").mkdir(parents=True)
    with pytest.raises(DatasetError, match="holds no masks; found: nothing"):
        all_idb2_masks.read(tmp_path)
    write_mask(tmp_path / "all_idb2_masks" / "gt" / "Im099_1.tif", [[WHITE]])
    with pytest.raises(DatasetError, match=r"Im099_1\.tif' has no picture"):
        all_idb2_masks.read(tmp_path)


def test_another_colour_and_a_file_that_is_no_picture_are_named(tmp_path):
    path = write_mask(tmp_path / "m.tif", [[CYAN, (9, 8, 7)]])
    with pytest.raises(DatasetError, match=r"found the colour \(9, 8, 7\)"):
        all_idb2_masks.read_mask(path)
    path.write_text("words")
    with pytest.raises(DatasetError, match="cannot be read"):
        all_idb2_masks.read_mask(path)


@pytest.mark.real_images
def test_all_260_pictures_have_a_mask_of_their_size_with_a_nucleus_near_the_middle(real_images):
    found = all_idb2_masks.read(real_images)
    assert len(found) == 260
    for one in found[::26]:
        mask = all_idb2_masks.read_mask(one.mask)
        with Image.open(one.picture) as picture:
            assert picture.size == mask.shape[::-1]
        rows, columns = np.nonzero(mask == NUCLEUS)
        middle = np.array(mask.shape) / 2
        assert np.hypot(*(np.array([rows.mean(), columns.mean()]) - middle)) < 40
