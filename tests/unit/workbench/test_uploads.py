from leuko.imaging.intake.uploads import Upload
from leuko.settings import Limits
from leuko.workbench.uploads import Tray
from tests import drawn


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
