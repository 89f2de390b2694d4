import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest

from leuko.data.locate import find_pictures, is_inside
from leuko.data.registry import read_dataset
from leuko.settings import load_settings
from tests.made_data import make_all_idb2


@pytest.fixture
def folder(tmp_path):
    make_all_idb2(tmp_path / "data" / "all_idb2", per_class=4)
    return tmp_path / "data"


def test_the_folder_is_the_one_that_the_variable_names(monkeypatch):
    monkeypatch.setenv("LEUKO_DATA", "somewhere")
    assert load_settings().data == Path("somewhere")
    monkeypatch.delenv("LEUKO_DATA")
    assert load_settings().data is None


def test_pictures_are_found_by_name_and_what_is_absent_is_named(folder):
    found = find_pictures(read_dataset("all_idb2", folder), folder, ["Im001_1", "Im999_1"])
    assert list(found.paths) == ["Im001_1"]
    assert found.paths["Im001_1"].is_file()
    assert (found.absent, found.outside) == (("Im999_1",), ())


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "img/../../secret", ""])
def test_a_name_never_becomes_a_path(folder, name):
    (folder.parent / "secret").write_bytes(b"x")
    assert find_pictures(read_dataset("all_idb2", folder), folder, [name]).absent == (name,)


def test_a_link_out_of_the_data_set_is_not_followed(folder):
    target = folder.parent / "outside.tif"
    inside = folder / "all_idb2" / "img" / "Im001_1.tif"
    inside.rename(target)
    inside.symlink_to(target)
    found = find_pictures(read_dataset("all_idb2", folder), folder, ["Im001_1", "Im002_1"])
    assert found.outside == ("Im001_1",)
    assert list(found.paths) == ["Im002_1"]


def test_a_whole_data_set_may_be_a_link(folder, tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "all_idb2").symlink_to(folder / "all_idb2")
    dataset = read_dataset("all_idb2", tmp_path / "other")
    assert find_pictures(dataset, tmp_path / "other", ["Im001_1"]).outside == ()


def test_a_file_beside_the_folder_is_not_inside(tmp_path):
    assert not is_inside(tmp_path / "file", tmp_path / "folder")


def test_a_name_is_found_however_its_letters_are_composed(folder):
    found = read_dataset("all_idb2", folder)
    composed, apart = (unicodedata.normalize(form, "Zelle ä") for form in ("NFC", "NFD"))
    given = replace(found, samples=(replace(found.samples[0], image_id=apart),))
    assert list(find_pictures(given, folder, [composed]).paths) == [composed]
