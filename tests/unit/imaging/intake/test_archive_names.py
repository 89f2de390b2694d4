"""Names of members, whichever system packed the archive."""

import unicodedata

import pytest

from leuko.errors import ImageError
from leuko.imaging.intake.uploads import Upload, expand_uploads
from leuko.settings import Limits
from tests import drawn
from tests.made_archives import zip_named, zip_with_unicode_path

PNG = drawn.encode(drawn.draw_crop(seed=4, malignant=False, side_px=40), "PNG")
NFD = unicodedata.normalize("NFD", "zelle_ä1.png")


def names_of(data, **how):
    found = list(expand_uploads([Upload("z.zip", data)], Limits(), **how))
    assert all(isinstance(item, Upload) for item in found), found
    return [item.name.removeprefix("z.zip/") for item in found]


@pytest.mark.parametrize("flagged", [True, False])
@pytest.mark.parametrize("name", [NFD, "zelle_ä1.png", "患者/ソ.png", "клетка.png", "🔬.png"])
def test_bytes_that_are_utf_8_are_utf_8_flagged_or_not(name, flagged):
    assert names_of(zip_named({name.encode(): PNG}, flagged=flagged)) == [name]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("cp437", ["Größe/ä 1.png", "Größe/é 1.png", "Lymphoblasten/schön.png"]),
        ("cp850", ["São João/Não.png"]),
        ("cp1252", ["Größe/naïve.png"]),
        ("cp866", ["Здоровые/клетка 1.png", "Бласты/клетка 2.png"]),
        ("cp1251", ["Здоровые/клетка 1.png"]),
        ("cp932", ["正常/表1.png", "白血病/ソ能.png"]),
        ("gbk", ["正常/细胞1.png", "淋巴母细胞/图1.png"]),
        ("big5", ["功能/許1.png", "正常/細胞.png"]),
        ("cp949", ["정상/세포1.png", "백혈병/환자.png"]),
    ],
)
def test_old_code_pages_are_told_apart_and_no_letter_is_cut_in_two(encoding, names):
    members = {name.encode(encoding): PNG for name in names}
    assert sorted(names_of(zip_named(members))) == sorted(names)


def test_the_second_byte_of_a_letter_is_no_folder():
    raw = "表/ソ.png".encode("cp932")
    assert b"\\" in raw
    assert names_of(zip_named({raw: PNG})) == ["表/ソ.png"]


def test_backslashes_of_old_windows_tools_are_folders_in_every_encoding():
    assert names_of(zip_named({"正常\\表1.png".encode("cp932"): PNG})) == ["正常/表1.png"]
    assert names_of(zip_named({"Größe\\1.png".encode(): PNG}, flagged=True)) == ["Größe/1.png"]
    assert names_of(zip_named({b"Blast\\": b"", b"Blast\\1.png": PNG})) == ["Blast/1.png"]


def test_the_unicode_path_field_is_believed_where_its_checksum_fits():
    raw = b"Gr__e/1.png"
    assert names_of(zip_with_unicode_path(raw, "Größe/1.png", PNG)) == ["Größe/1.png"]
    assert names_of(zip_with_unicode_path(raw, "Größe/1.png", PNG, fits=False)) == ["Gr__e/1.png"]


def test_names_flagged_as_utf_8_that_are_none_do_not_cost_the_archive():
    data = zip_named({"Größe/1.png".encode("cp1252"): PNG, b"a.png": PNG}, flagged=True)
    assert sorted(names_of(data)) == ["Größe/1.png", "a.png"]


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"PK\x01\x02"])
def test_a_flag_at_the_member_or_in_the_directory_alone_does_not_cost_the_member(magic):
    data = bytearray(zip_named({NFD.encode(): PNG}, flagged=True))
    data[data.index(magic) + (6 if magic.endswith(b"\x04") else 8) + 1] = 0
    assert names_of(bytes(data)) == [NFD]


def test_a_path_out_of_the_archive_is_refused_whatever_its_encoding():
    data = zip_named({"..\\表.png".encode("cp932"): PNG, b"b.png": PNG})
    refused, kept = expand_uploads([Upload("z.zip", data)], Limits())
    assert isinstance(refused, ImageError)
    assert "Unsafe path" in refused.reason
    assert kept.name == "z.zip/b.png"
