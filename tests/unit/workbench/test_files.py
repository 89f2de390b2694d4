from pathlib import Path

import pytest

from leuko.errors import ImageError
from leuko.workbench.files import Listing, named_files
from tests import drawn

PNG = drawn.encode(drawn.draw_crop(1, True, 64), "PNG")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """Pictures by content and what is none, in folders."""
    files = {
        "a.png": PNG, "b1.png": PNG, "b2.png": PNG, "b[1].png": PNG, "deep/er/c.PNG": PNG,
        "deep/no_ending": PNG, "deep/cells.zip": drawn.zip_of({"d.png": PNG}),
        "notes.txt": b"words", "deep/table.csv": b"file,label\n",
        "._a.png": PNG, ".hidden/e.png": PNG, "deep/.ipynb_checkpoints/c.png": PNG,
    }  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*words):
    return [str(found) for found in named_files(map(Path, words)) if isinstance(found, Path)]


def test_files_stay_as_they_are_named_whether_there_or_not(folder):
    assert names("b2.png", "absent.png", "a.png") == ["b2.png", "absent.png", "a.png"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("?.png", ["a.png"]),
        ("b[12].png", ["b1.png", "b2.png"]),
        ("b*.png", ["b1.png", "b2.png", "b[1].png"]),
        ("**/*.PNG", ["deep/er/c.PNG"]),
        ("*/no*", ["deep/no_ending"]),
    ],
)
def test_a_pattern_stands_for_the_files_of_such_names_in_order(folder, pattern, found):
    assert names(pattern) == [str(Path(name)) for name in found]
    assert names(folder / pattern) == [str(folder / name) for name in found]


def test_a_file_with_brackets_in_its_name_is_meant_as_it_stands(folder):
    assert names("b[1].png") == ["b[1].png"]
    Path("b[1].png").unlink()
    assert names("b[1].png") == ["b1.png"]


def test_a_pattern_without_a_file_is_a_sentence_in_its_place(folder):
    first, refused, last = named_files([Path("a.png"), Path("*.dcm"), Path("b1.png")])
    assert (first, last) == (Path("a.png"), Path("b1.png"))
    assert isinstance(refused, ImageError)
    assert refused.file_name == "*.dcm"
    assert "No file has such a name" in refused.reason


def test_a_folder_stands_for_the_pictures_in_it_by_content_and_tells_their_number(folder):
    told, *found = named_files([Path("deep")])
    assert told == Listing(Path("deep"), 3, 1)
    assert found == [Path("deep/cells.zip"), Path("deep/er/c.PNG"), Path("deep/no_ending")]


def test_a_pattern_that_only_folders_fit_stands_for_what_is_in_them(folder):
    assert names("d*") == names("deep")


def test_a_folder_without_pictures_is_a_sentence(folder):
    (folder / "empty").mkdir()
    (refused,) = named_files([Path("empty")])
    assert isinstance(refused, ImageError)
    assert "This folder holds no picture" in refused.reason


def test_a_link_that_leads_nowhere_is_named(folder):
    (folder / "deep" / "link.png").symlink_to("gone.png")
    *_, refused = named_files([Path("deep")])
    assert isinstance(refused, ImageError)
    assert refused.file_name == str(Path("deep/link.png"))
    assert "a link to what is not there" in refused.reason


def test_links_to_folders_are_followed_once_and_never_in_a_circle(folder):
    (folder / "deep" / "round").symlink_to(folder / "deep")
    told, *_ = named_files([Path("deep")])
    assert told == Listing(Path("deep"), 3, 1)


def test_a_very_long_name_is_no_folder_and_no_traceback(folder):
    assert names("x" * 5000) == ["x" * 5000]
