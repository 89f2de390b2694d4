import resource
from contextlib import contextmanager

import pytest

from leuko.errors import ImageError
from leuko.imaging.intake.uploads import Upload
from leuko.settings import Limits
from leuko.workbench.uploads import Tray
from tests import drawn


@pytest.fixture
def room_for():
    """No file may grow beyond so many bytes, as on a disk that is full."""

    @contextmanager
    def limited(file_bytes):
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    return limited


def png(seed=0):
    return drawn.encode(drawn.draw_crop(seed, malignant=False, side_px=64), "PNG")


def test_files_keep_their_order_and_their_bytes():
    tray = Tray()
    assert tray.add([Upload("b.png", png(1)), Upload("a.png", png(2))], Limits()) == 2
    assert [item.name for item in tray.items] == ["b.png", "a.png"]
    assert [item.number for item in tray.items] == [0, 1]
    assert tray.items[0].data == png(1)


def test_an_archive_becomes_its_members_and_a_bad_member_keeps_its_sentence():
    archive = drawn.zip_of({"one.png": png(), "inner.zip": drawn.zip_of({"x.png": png()})})
    tray = Tray()
    tray.add([Upload("cells.zip", archive)], Limits())
    states = {item.name: item.error for item in tray.items}
    assert states["cells.zip/one.png"] is None
    (inner,) = [error for name, error in states.items() if "inner.zip" in name]
    assert inner
    assert [item.name for item in tray.readable()] == ["cells.zip/one.png"]


def test_the_same_file_twice_is_kept_twice():
    tray = Tray()
    tray.add([Upload("a.png", png()), Upload("a.png", png())], Limits())
    assert len(tray.items) == 2
    assert tray.items[0].sha256 == tray.items[1].sha256


def test_a_later_upload_goes_on_counting():
    tray = Tray()
    tray.add([Upload("a.png", png())], Limits())
    tray.add([Upload("b.png", png(1))], Limits())
    assert [item.number for item in tray.items] == [0, 1]


def test_files_that_the_disk_has_no_room_for_are_named_and_the_others_stay(room_for):
    contents = [png(seed) for seed in range(4)]
    tray = Tray()
    with room_for(len(contents[0]) + len(contents[1]) + 100):
        tray.add([Upload(f"{n}.png", data) for n, data in enumerate(contents)], Limits())
    assert [item.name for item in tray.items] == ["0.png", "1.png", "2.png", "3.png"]
    assert [item.error is None for item in tray.items] == [True, True, False, False]
    assert "disk for temporary files is full" in tray.items[2].error
    assert [item.data for item in tray.readable()] == contents[:2]
    # and once there is room again, uploads go on
    tray.add([Upload("later.png", contents[3])], Limits())
    assert tray.items[-1].data == contents[3]


def test_without_a_folder_for_temporary_files_each_file_says_so(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    tray = Tray()
    tray.add([Upload("a.png", png())], Limits())
    (item,) = tray.items
    assert "TMPDIR" in item.error


def test_a_tray_that_was_closed_holds_nothing_and_reads_nothing():
    tray = Tray()
    tray.add([Upload("a.png", png())], Limits())
    (item,) = tray.items
    tray.close()
    assert tray.items == []
    with pytest.raises(ImageError, match="Add the file once more"):
        item.decode(Limits())
