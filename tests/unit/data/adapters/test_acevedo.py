"""Acevedo PBC in its public layout, and what WBCAtt says of its cells."""

import csv
import shutil

import pytest

from leuko import cell_classes as cells
from leuko.data.adapters import acevedo, acevedo_attributes
from leuko.data.adapters.acevedo_attributes import VALUES, Attribute
from leuko.errors import DatasetError
from leuko.labels import InputKind
from tests.made_cells import ATTRIBUTES, make_acevedo


@pytest.fixture
def folder(tmp_path):
    return make_acevedo(tmp_path / "acevedo_pbc")


def picture(folder, prefix):
    return next((folder / acevedo.FOLDER).glob(f"*/{prefix}_*.jpg"))


@pytest.mark.parametrize(
    ("prefix", "label"),
    [
        ("SNE", "Segmented neutrophil"),
        ("BNE", "Band neutrophil"),
        ("NEUTROPHIL", "Neutrophil"),
        ("EO", "Eosinophil"),
        ("BA", "Basophil"),
        ("LY", "Lymphocyte"),
        ("MO", "Monocyte"),
        ("PMY", "Promyelocyte"),
        ("MY", "Myelocyte"),
        ("MMY", "Metamyelocyte"),
        ("IG", "Immature granulocyte"),
        ("ERB", "Erythroblast"),
        ("PLATELET", "Platelet"),
    ],
)
def test_the_first_part_of_a_name_is_the_class(folder, prefix, label):
    dataset = acevedo.read(folder)
    found = {s.label for s in dataset.samples if s.image_id.startswith(f"{prefix}_")}
    assert found == {label}
    assert label in dataset.label_sets


def test_every_cell_is_a_crop_of_one_laboratory_in_a_group_of_its_own(folder):
    dataset = acevedo.read(folder)
    assert dataset.kind is InputKind.CROP
    assert dataset.classes == cells.class_set()
    assert len(dataset.samples) == len({s.group for s in dataset.samples}) == 2 * 13
    assert {s.laboratory for s in dataset.samples} == {"acevedo"}
    assert "Only 26 of the 17,092 published cells." in dataset.notes


def test_byte_identical_cells_are_one_group(folder):
    one = picture(folder, "PMY")
    shutil.copy(one, one.with_name("PMY_999.jpg"))
    group = {s.image_id: s.group for s in acevedo.read(folder).samples}
    assert group["PMY_999"] == group[one.stem]


@pytest.mark.parametrize("inside", ["acevedo_pbc", "acevedo", "."])
def test_the_set_is_found_from_the_folder_above(tmp_path, inside):
    make_acevedo(tmp_path / inside, per_class=1)
    assert len(acevedo.read(tmp_path).samples) == 13


def test_a_file_with_another_name_is_refused_by_name(folder):
    (folder / acevedo.FOLDER / "ig" / "blast_1.jpg").write_bytes(b"x")
    with pytest.raises(DatasetError, match=r"blast_1\.jpg' is not named as published"):
        acevedo.read(folder)


# WBCAtt


def write_table(path, rows, extra=()):
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, ["img_name", "label", *ATTRIBUTES, *extra])
        writer.writeheader()
        writer.writerows(rows)


def row(name, **changed):
    return {"img_name": name, "label": "Neutrophil", **ATTRIBUTES, **changed}


@pytest.fixture
def described(folder):
    """Three cells in a table with a column of sides, one of them read a second time."""
    names = [picture(folder, prefix).name for prefix in ("SNE", "BA", "LY")]
    sides = ("train", "val", "test")
    rows = [row(name, split=side) for name, side in zip(names, sides, strict=True)]
    write_table(folder / "wbc_attributes.csv", rows, ["split"])
    second = row(names[2], nucleus_shape="unsegmented-round", granule_type="nil")
    write_table(folder / "wbc_attributes_second_reader.csv", [second])
    return folder


def test_eleven_attributes_of_each_cell_come_with_the_side_of_the_makers(described):
    found = acevedo_attributes.read(described)
    assert [one.image_id for one in found] == sorted(one.image_id for one in found)
    assert {one.side for one in found} == {"train", "val", "test"}
    assert len(Attribute) == 11
    assert all(one.values == ATTRIBUTES for one in found)
    assert all(one.path.is_file() for one in found)


def test_the_three_tables_as_published_give_the_same(described):
    one_table = acevedo_attributes.read(described)
    (described / "wbc_attributes.csv").unlink()
    for cell in one_table:
        part = described / f"pbc_attr_v1_{cell.side}.csv"
        write_table(part, [row(cell.path.name, path="elsewhere")], ["path"])
    assert acevedo_attributes.read(described) == one_table


def test_what_other_annotators_said_is_read_apart(described):
    (second,) = acevedo_attributes.read_second(described)
    first = next(o for o in acevedo_attributes.read(described) if o.image_id == second.image_id)
    said = {name for name in Attribute if first.values[name] != second.values[name]}
    assert said == {Attribute.NUCLEUS_SHAPE, Attribute.GRANULE_TYPE}
    assert second.side == ""


def test_a_row_whose_picture_is_not_here_is_passed_over(described):
    path = described / "wbc_attributes.csv"
    path.write_text(path.read_text() + path.read_text().splitlines()[1].replace("SNE", "EO"))
    assert len(acevedo_attributes.read(described)) == 3


def test_an_unknown_value_is_refused_with_the_known_ones(described):
    path = described / "wbc_attributes.csv"
    path.write_text(path.read_text().replace("coarse", "huge", 1))
    with pytest.raises(DatasetError, match=r"'huge' of granule_type .* nil, small, round, coarse"):
        acevedo_attributes.read(described)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda text: text.replace("granule_type", "granules"), "no column 'granule_type'"),
        (lambda text: text.replace(",val", ",holdout"), "on the side 'holdout'"),
        (lambda text: text.replace(",val", ",train"), "no described cell of the side val"),
    ],
)
def test_a_table_that_is_not_as_published_is_refused(described, change, said):
    path = described / "wbc_attributes.csv"
    path.write_text(change(path.read_text()))
    with pytest.raises(DatasetError, match=said):
        acevedo_attributes.read(described)


def test_without_a_table_the_advice_is_where_to_get_it(folder):
    with pytest.raises(DatasetError, match=r"No 'wbc_attributes\.csv' .* Get 'WBCAtt'"):
        acevedo_attributes.read(folder)
    with pytest.raises(DatasetError, match=r"No 'pbc_attr_reannotations\.csv'"):
        acevedo_attributes.read_second(folder)


def test_no_value_is_listed_twice():
    assert set(VALUES) == set(Attribute)
    assert all(len(set(values)) == len(values) >= 2 for values in VALUES.values())


@pytest.mark.real_images
def test_the_tables_hold_1800_cells_of_which_205_were_read_twice(real_images):
    found = acevedo_attributes.read(real_images)
    assert len(found) == 1800
    sides = [sum(one.side == side for one in found) for side in ("train", "val", "test")]
    assert sides == [1224, 180, 396]
    second = acevedo_attributes.read_second(real_images)
    assert len(second) == 205
    assert {one.image_id for one in second} <= {one.image_id for one in found}
