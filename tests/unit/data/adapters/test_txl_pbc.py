"""TXL-PBC and BCCD: boxes of white cells, red cells and platelets."""

from collections import Counter

import pytest

from leuko.data.adapters import bccd, txl_pbc
from leuko.errors import DatasetError
from tests import drawn
from tests.made_cells import add_txl
from tests.made_data import make_bccd

SIZES = {
    (640, 480): "bccd",
    (416, 416): "bcd",
    (360, 363): "acevedo",
    (366, 369): "acevedo",
    (575, 575): "raabin",
    (500, 500): "",
}


def a_picture(width, height):
    return drawn.draw_field(1, False, max(width, height))[:height, :width]


@pytest.mark.parametrize("size", SIZES)
def test_the_source_of_a_picture_is_told_by_its_size(tmp_path, size):
    add_txl(tmp_path, "a", a_picture(*size), [(0, 10, 20, 50, 80)])
    (found,) = txl_pbc.read(tmp_path)
    assert found.source == SIZES[size]


def test_boxes_come_back_in_pixels_by_kind_of_cell(tmp_path):
    boxes = [(0, 10, 20, 50, 80), (1, 100, 110, 140, 150), (1, 0, 0, 30, 33), (2, 60, 61, 80, 83)]
    add_txl(tmp_path, "a", a_picture(360, 363), boxes, side="val")
    (found,) = txl_pbc.read(tmp_path)
    assert found.white_cells == ((10, 20, 50, 80),)
    assert found.red_cells == ((100, 110, 140, 150), (0, 0, 30, 33))
    assert found.platelets == ((60, 61, 80, 83),)
    assert found.side == "val"


def test_a_box_over_the_border_ends_at_it(tmp_path):
    add_txl(tmp_path, "a", a_picture(360, 363), [(0, -5, 300, 40, 380)])
    assert txl_pbc.read(tmp_path)[0].white_cells == ((0, 300, 40, 363),)


def test_the_sides_of_the_makers_are_all_read(tmp_path):
    for side in ("train", "val", "test"):
        add_txl(tmp_path / "txl_pbc", side, a_picture(360, 363), [], side)
    assert [one.side for one in txl_pbc.read(tmp_path)] == ["train", "val", "test"]


@pytest.mark.parametrize("line", ["0 0.5 0.5 0.1", "3 0.5 0.5 0.1 0.1", "0 a b c d", "0 2 2 1 1"])
def test_a_line_that_is_no_box_is_named(tmp_path, line):
    add_txl(tmp_path, "a", a_picture(360, 363), [])
    (tmp_path / "TXL_PBC" / "labels" / "train" / "a.txt").write_text(line)
    with pytest.raises(DatasetError, match=rf"a\.txt' holds the line '{line}'"):
        txl_pbc.read(tmp_path)


def test_a_picture_without_boxes_or_without_a_header_is_named(tmp_path):
    file = add_txl(tmp_path, "a", a_picture(360, 363), [])
    file.write_bytes(b"no picture")
    with pytest.raises(DatasetError, match=r"a\.jpg' should be a picture"):
        txl_pbc.read(tmp_path)
    (tmp_path / "TXL_PBC" / "labels" / "train" / "a.txt").unlink()
    with pytest.raises(DatasetError, match=r"a\.jpg' has no boxes 'a\.txt'"):
        txl_pbc.read(tmp_path)


def test_a_folder_without_the_set_is_refused_with_advice(tmp_path):
    with pytest.raises(DatasetError, match=r"does not hold 'images'.*layout"):
        txl_pbc.read(tmp_path)
    (tmp_path / "images").mkdir()
    with pytest.raises(DatasetError, match="holds no pictures"):
        txl_pbc.read(tmp_path)


def test_bccd_gives_red_cells_and_platelets_too(tmp_path):
    root = make_bccd(tmp_path, fields=1, side_px=96)
    notes = root / "Annotations" / "BloodImage_00000.xml"
    box = "<xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>13</ymax>"
    platelet = f"<object><name>Platelets</name><bndbox>{box}</bndbox></object>"
    notes.write_text(notes.read_text().replace("</annotation>", f"{platelet}</annotation>"))
    (found,) = bccd.read(root)
    assert found.white_cells == found.red_cells == ((32, 32, 64, 64),)
    assert found.platelets == ((1, 2, 11, 13),)


def test_a_red_cell_in_a_box_without_width_is_passed_over_and_a_white_one_is_an_error(tmp_path):
    notes = make_bccd(tmp_path, fields=1) / "Annotations" / "BloodImage_00000.xml"
    empty = "<xmin>9</xmin><ymin>2</ymin><xmax>9</xmax><ymax>13</ymax>"
    for cell in ("RBC", "WBC"):
        notes.write_text(f"<object><name>{cell}</name><bndbox>{empty}</bndbox></object>")
        if cell == "RBC":
            assert bccd.read(tmp_path)[0].red_cells == ()
        else:
            with pytest.raises(DatasetError, match="holds a box without its four sides"):
                bccd.read(tmp_path)


@pytest.mark.real_images
def test_the_real_sets_have_the_counts_of_their_makers(real_images):
    fields = bccd.read(real_images)
    white, red, platelets = (
        sum(len(getattr(field, kind)) for field in fields)
        for kind in ("white_cells", "red_cells", "platelets")
    )
    assert (white, red, platelets) == (372, 4155 - 2, 361)  # boxes of two red cells are empty
    pictures = txl_pbc.read(real_images)
    assert Counter(one.side for one in pictures) == {"train": 700, "val": 200}
    assert Counter(one.source for one in pictures) == {
        "raabin": 311, "acevedo": 304, "bcd": 148, "bccd": 137,
    }  # fmt: skip
