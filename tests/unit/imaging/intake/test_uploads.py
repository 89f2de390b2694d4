import struct
import zipfile
from collections import Counter

import numpy as np
import pytest

from leuko.errors import ImageError
from leuko.imaging.intake.uploads import Upload, expand_uploads, read_batch
from leuko.imaging.picture import Picture
from leuko.settings import Limits
from tests.drawn import (
    NO_PICTURES,
    bomb_zip,
    corrupt_zip,
    draw_crop,
    encode,
    encrypted_zip,
    nested_zip,
    overlapping_zip,
    zip_of,
)

LIMITS = Limits()
CELL = draw_crop(seed=4, malignant=False, side_px=40)
PNG, BMP = encode(CELL, "PNG"), encode(CELL, "BMP")


def expand(data, name="cells.zip", limits=LIMITS):
    return list(expand_uploads([Upload(name, data)], limits))


def only_error(data, limits=LIMITS):
    (error,) = expand(data, limits=limits)
    assert isinstance(error, ImageError)
    assert error.file_name.startswith("cells.zip")
    return error.reason


def names(items):
    return [item.file_name if isinstance(item, ImageError) else item.name for item in items]


def test_single_files_pass_through_in_order():
    uploads = [Upload("b.png", PNG), Upload("a.txt", b"words")]
    assert list(expand_uploads(uploads, LIMITS)) == uploads


def test_an_archive_is_read_member_by_member_in_name_order():
    items = expand(zip_of({"b/2.png": PNG, "a.bmp": BMP, "b/1.png": PNG}))
    assert names(items) == ["cells.zip/a.bmp", "cells.zip/b/1.png", "cells.zip/b/2.png"]
    assert [item.data for item in items] == [BMP, PNG, PNG]


def test_an_archive_is_known_by_its_content():
    assert names(expand(zip_of({"a.png": PNG}), "renamed.png")) == ["renamed.png/a.png"]
    assert names(expand(PNG, "renamed.zip")) == ["renamed.zip"]


def test_folders_and_system_files_are_skipped_in_silence():
    members = {
        "cells/": b"",
        "cells/a.png": PNG,
        "__MACOSX/cells/._a.png": b"\0\5\x16\7",
        "cells/.DS_Store": b"\0\0\0\1",
        "Thumbs.db": b"\xd0\xcf",
    }
    assert names(expand(zip_of(members))) == ["cells.zip/cells/a.png"]


def test_a_member_that_is_no_picture_gets_its_own_sentence():
    items = list(read_batch([Upload("z.zip", zip_of({"a.png": PNG, "b.txt": b"words"}))], LIMITS))
    assert isinstance(items[0], Picture)
    assert "text file" in items[1].reason
    assert items[1].file_name == "z.zip/b.txt"


def test_equal_names_and_equal_contents_are_all_kept():
    uploads = [Upload("a.png", PNG), Upload("a.png", PNG), Upload("a.png", BMP)]
    assert [picture.name for picture in read_batch(uploads, LIMITS)] == ["a.png"] * 3
    assert len(expand(zip_of([("a.png", PNG), ("a.png", BMP)]))) == 2


def test_a_batch_goes_on_after_every_kind_of_bad_file():
    bad = [
        *NO_PICTURES.values(),
        PNG[:-20],
        bomb_zip(),
        nested_zip({"a.png": PNG}),
        encrypted_zip("a.png", PNG),
        zip_of({"a.png": PNG})[:-30],
        zip_of({}),
    ]
    uploads = []
    for number, data in enumerate(bad):
        uploads += [Upload(f"bad {number}", data), Upload(f"good {number}.png", PNG)]
    items = list(read_batch(uploads, LIMITS))
    assert len(items) == len(uploads)
    assert all(isinstance(item, ImageError) for item in items[::2])
    assert all(np.array_equal(item.pixels, CELL) for item in items[1::2])


@pytest.mark.parametrize(
    "name", ["../a.png", "b/../../a.png", "/etc/a.png", "C:\\a.png", "c:a.png", "..\\a.png"]
)
def test_a_path_that_points_outside_is_refused_and_the_others_go_on(name):
    items = expand(zip_of({name: PNG, "zz.png": PNG}))
    (refused,) = [item for item in items if isinstance(item, ImageError)]
    assert "Unsafe path in archive" in refused.reason
    assert [item.name for item in items if isinstance(item, Upload)] == ["cells.zip/zz.png"]


def test_two_dots_inside_a_name_are_harmless():
    assert names(expand(zip_of({"a..b.png": PNG}))) == ["cells.zip/a..b.png"]


def test_an_archive_within_an_archive_is_refused():
    assert "archive within an archive" in only_error(nested_zip({"a.png": PNG}))


def test_an_encrypted_member_is_refused():
    assert "without a password" in only_error(encrypted_zip("a.png", PNG))


def test_a_bomb_is_not_unpacked():
    assert "200 times" in only_error(bomb_zip())


def test_a_member_that_declares_too_little_is_not_read_beyond_it():
    data = bytearray(bomb_zip(8 * 1024 * 1024))
    central = data.rindex(b"PK\x01\x02")
    for place in (22, central + 24):
        struct.pack_into("<I", data, place, 1000)
    assert "damaged" in only_error(bytes(data))


def test_a_member_too_large_is_refused_and_the_others_go_on():
    data = zip_of({"a.bin": bytes(range(256)) * 100, "b.png": PNG}, method=0)
    items = expand(data, limits=Limits(max_file_bytes=len(data)))
    assert len(items) == 2
    items = expand(zip_of({"a.bin": b"ab" * 50_000, "b.png": PNG}), limits=Limits(20_000))
    assert "unpacks to" in items[0].reason
    assert items[1].data == PNG


def test_an_archive_is_refused_as_a_whole_by_its_totals():
    data = zip_of({f"{number}.png": PNG for number in range(5)})
    assert "holds 5 files; at most 4" in only_error(data, Limits(max_archive_files=4))
    assert "unpacks to" in only_error(data, Limits(max_archive_bytes=4 * len(PNG)))
    assert "Split it" in only_error(data, Limits(max_file_bytes=1000))
    assert len(expand(data, limits=Limits(max_archive_files=5))) == 5


def test_a_directory_of_very_many_entries_is_not_even_parsed(monkeypatch):
    data = zip_of({f"{number}.png": PNG for number in range(21)})
    monkeypatch.setattr(zipfile, "ZipFile", None)
    assert "holds 21 files; at most 2" in only_error(data, Limits(max_archive_files=2))


def test_a_wrong_checksum_costs_one_member_only():
    items = expand(corrupt_zip({"a.png": PNG, "b.bmp": BMP}, victim="a.png"))
    assert "damaged" in items[0].reason
    assert items[1].data == BMP


def test_members_that_share_their_bytes_are_refused():
    items = expand(overlapping_zip(PNG))
    assert len(items) == 2
    assert all("overlaps" in item.reason for item in items)


def test_a_damaged_archive_gets_one_sentence():
    data = zip_of({"a.png": PNG, "b.png": PNG})
    for broken in (data[:-30], data[:100], b"PK\x03\x04" + bytes(500)):
        assert "damaged or cut off" in only_error(broken)


def test_an_empty_archive_gets_one_sentence():
    assert "empty" in only_error(zip_of({}))
    assert "empty" in only_error(zip_of({"folder/": b"", ".DS_Store": b"x"}))


def test_an_archive_without_any_picture_gets_one_sentence():
    assert "holds no picture" in only_error(zip_of({"a.txt": b"words", "b.csv": b"1,2"}))
    office = {"[Content_Types].xml": b"<?xml", "word/media/image1.png": PNG}
    assert "Office document" in only_error(zip_of(office))


def test_a_packing_method_that_cannot_be_bounded_is_refused():
    assert "ordinary ZIP" in only_error(zip_of({"a.png": PNG}, method=zipfile.ZIP_LZMA))


def test_a_damaged_archive_raises_nothing():
    rng = np.random.default_rng(5)
    seen = Counter()
    original = np.frombuffer(zip_of({"a.png": PNG, "b/c.bmp": BMP, "d.txt": b"words"}), np.uint8)
    for _ in range(300):
        data = original.copy()
        reach = rng.choice([0, len(data) - 300])  # anywhere, or in the directory
        places = rng.integers(reach, len(data), rng.integers(1, 10))
        data[places] = rng.integers(0, 256, len(places))
        for item in read_batch([Upload("z.zip", data.tobytes())], LIMITS):
            assert isinstance(item, Picture | ImageError)
            seen[type(item)] += 1
    assert seen[ImageError] > 300  # the text and whatever was damaged
    assert seen[Picture] > 100


def test_nothing_is_written_to_disk(tmp_path, monkeypatch):
    def refuse(path, mode="r", *_, **__):
        raise AssertionError(f"{path} was opened as {mode}")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("builtins.open", refuse)
    data = zip_of({"../a.png": PNG, "b.png": PNG, "c.tif": encode_tiff()})
    assert len(list(read_batch([Upload("z.zip", data), Upload("b.png", PNG)], LIMITS))) == 4
    assert list(tmp_path.iterdir()) == []


def encode_tiff():
    return encode(CELL, "TIFF", compression="tiff_lzw")


def test_members_are_unpacked_one_at_a_time(monkeypatch):
    opened = []
    plain_open = zipfile.ZipFile.open

    def watched(self, info, *args):
        opened.append(info.filename)
        return plain_open(self, info, *args)

    items = expand_uploads([Upload("z.zip", zip_of({"a.png": PNG, "b.png": PNG}))], LIMITS)
    monkeypatch.setattr(zipfile.ZipFile, "open", watched)
    next(items)
    assert "b.png" not in opened
