"""Where the pictures come from that the kind gate is fitted and measured on."""

import pytest

from leuko.data.adapters import bccd
from leuko.data.kind_pictures import is_held_out, read_blood, read_others
from leuko.errors import DatasetError
from leuko.labels import InputKind
from tests import drawn
from tests.made_data import make_all_idb2, make_bccd, make_c_nmc, make_wbc_segmentation


def test_fields_come_with_the_boxes_of_their_white_cells_alone(tmp_path):
    make_bccd(tmp_path / "bccd", fields=2, side_px=96)
    found = bccd.read(tmp_path)
    assert [one.path.name for one in found] == ["BloodImage_00000.jpg", "BloodImage_00001.jpg"]
    assert [one.white_cells for one in found] == [((32, 32, 64, 64),)] * 2


def test_a_field_without_notes_has_no_boxes_and_a_broken_box_is_named(tmp_path):
    root = make_bccd(tmp_path, fields=2)
    (root / "Annotations" / "BloodImage_00000.xml").unlink()
    broken = root / "Annotations" / "BloodImage_00001.xml"
    assert bccd.read(root)[0].white_cells == ()
    broken.write_text("<object><name>WBC</name><xmin>3</xmin></object>", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"00001\.xml' holds a box without its four"):
        bccd.read(root)


def test_a_folder_without_fields_is_refused_with_advice(tmp_path):
    with pytest.raises(DatasetError, match=r"does not hold 'JPEGImages'"):
        bccd.read(tmp_path)
    (tmp_path / "JPEGImages").mkdir()
    with pytest.raises(DatasetError, match="holds no JPEG files"):
        bccd.read(tmp_path)


def test_every_set_that_is_there_is_read_with_its_kind_and_the_others_are_named(tmp_path):
    make_all_idb2(tmp_path / "all_idb2", per_class=2)
    make_c_nmc(tmp_path / "c_nmc")
    make_bccd(tmp_path / "bccd", fields=3)
    make_wbc_segmentation(tmp_path / "wbc_segmentation")
    sources, absent = read_blood(tmp_path)
    kinds = {source.collection: source.kind for source in sources}
    assert kinds == {
        "all_idb2": InputKind.CROP,
        "bccd": InputKind.FIELD,
        "c_nmc": InputKind.SEGMENTED,
        "wbc_segmentation, Dataset 1": InputKind.CROP,
        "wbc_segmentation, Dataset 2": InputKind.CROP,
    }
    assert len(absent) == 2  # Taleqani and ALL-IDB1


def test_a_folder_without_any_set_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="holds no data set of blood"):
        read_blood(tmp_path)


def test_pictures_of_one_film_or_page_are_never_divided(tmp_path):
    folder = tmp_path / "photographs"
    (folder / "deep").mkdir(parents=True)
    for name in ("frame_001.png", "frame_002.png", "deep/tree.jfif"):
        (folder / name).write_bytes(drawn.encode(drawn.draw_crop(1, False, 32), "PNG"))
    (folder / "notes.txt").write_bytes(b"only words")
    (folder / "deep" / "._tree.jpg").write_bytes(b"\x00\x05\x16\x07")
    found = read_others(folder)
    assert [(one.path.name, one.group) for one in found] == [
        ("tree.jfif", "tree"),
        ("frame_001.png", "frame_#"),
        ("frame_002.png", "frame_#"),
    ]
    assert {one.collection for one in found} == {"photographs"}
    assert all(one.kind is None for one in found)
    assert found[1].held_out == found[2].held_out


def test_a_folder_without_pictures_is_refused(tmp_path):
    with pytest.raises(DatasetError, match="holds no pictures"):
        read_others(tmp_path)


def test_three_groups_in_ten_are_held_out_and_always_the_same():
    held_out = [is_held_out("set", str(number)) for number in range(2000)]
    assert 0.27 < sum(held_out) / 2000 < 0.33
    assert [is_held_out("set", str(number)) for number in range(2000)] == held_out
