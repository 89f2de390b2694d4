"""What a folder holds: everything that somebody may have meant, once."""

import os

from leuko.imaging.decoding.file_types import FileKind
from leuko.imaging.intake.folder import kind_on_disk, list_folder
from leuko.imaging.intake.litter import APPLE_DOUBLE
from tests import drawn


def put(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"x")


def names(root):
    return [path.relative_to(root).as_posix() for path in list_folder(root).files]


def test_litter_is_not_listed(tmp_path):
    put(tmp_path, "b/1.png", "a.png", ".DS_Store", "b/._1.png", "b/.ipynb_checkpoints/1.png",
        "Thumbs.db", "@eaDir/a.png/T.jpg")  # fmt: skip
    assert names(tmp_path) == ["a.png", "b/1.png"]
    assert list_folder(tmp_path).unread == ()


def test_a_link_to_a_folder_is_followed_once(tmp_path):
    root = tmp_path / "root"
    put(tmp_path, "elsewhere/1.png", "root/own/2.png")
    (root / "link").symlink_to(tmp_path / "elsewhere")
    (root / "again").symlink_to(root / "own")
    assert names(root) == ["link/1.png", "own/2.png"]
    assert list_folder(root).unread == (("again", "a link to a folder that is read already"),)


def test_a_link_that_leads_back_ends(tmp_path):
    put(tmp_path, "a/1.png")
    (tmp_path / "a" / "back").symlink_to(tmp_path)
    assert names(tmp_path) == ["a/1.png"]
    assert [name for name, _ in list_folder(tmp_path).unread] == ["a/back"]


def test_what_is_not_there_or_no_file_is_named(tmp_path):
    (tmp_path / "gone.png").symlink_to(tmp_path / "nothing.png")
    (tmp_path / "self.png").symlink_to(tmp_path / "self.png")
    os.mkfifo(tmp_path / "pipe.png")
    found = list_folder(tmp_path)
    assert found.files == ()
    assert dict(found.unread) == {
        "gone.png": "a link to what is not there",
        "pipe.png": "no ordinary file",
        "self.png": "a link to what is not there",
    }


def test_a_file_is_what_its_content_says(tmp_path):
    png = drawn.encode(drawn.draw_crop(seed=1, malignant=True, side_px=40), "PNG")
    for name, data in (("a.jfif", png), ("b", png), ("c.png", APPLE_DOUBLE), ("d.png", b"words")):
        (tmp_path / name).write_bytes(data)
    kinds = {path.name: kind_on_disk(path) for path in list_folder(tmp_path).files}
    assert kinds == {
        "a.jfif": FileKind.PNG, "b": FileKind.PNG, "c.png": None, "d.png": FileKind.TEXT,
    }  # fmt: skip
