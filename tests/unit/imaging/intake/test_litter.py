"""What systems leave behind is passed over; what anybody may have meant is not."""

import pytest

from leuko.errors import ImageError
from leuko.imaging.intake.litter import APPLE_DOUBLE, is_litter
from leuko.imaging.intake.uploads import Upload, expand_uploads
from leuko.settings import Limits
from tests import drawn

PNG = drawn.encode(drawn.draw_crop(seed=4, malignant=False, side_px=40), "PNG")


@pytest.mark.parametrize(
    "path",
    [
        ".DS_Store", "Blast/._a.png", "__MACOSX/a.png", "deep/__MACOSX/a.png", "Thumbs.db",
        "THUMBS.DB", "ehthumbs.db", "Desktop.ini", "Blast/.ipynb_checkpoints/a-checkpoint.png",
        "Blast/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg", "#recycle/a.png", "$RECYCLE.BIN/a.png",
        "System Volume Information/a.png", ".Trash-1000/files/a.png", ".Spotlight-V100/x",
        ".git/a.png", "~$labels.xlsx", ".~lock.labels.xlsx#", "Icon\r", "lost+found/a.png",
        "a.png@SynoEAStream",
    ],
)  # fmt: skip
def test_litter_is_known_by_its_name_at_any_depth(path):
    assert is_litter(path.split("/"))


@pytest.mark.parametrize(
    "path",
    [
        "a.png",
        "./a.png",
        "../a.png",
        "a..b.png",
        "..typed.png",
        "thumbs/a.png",
        "a.part",
        "tilde~$.png",
    ],
)
def test_what_anybody_may_have_meant_is_no_litter(path):
    assert not is_litter(path.split("/"))


def test_an_archive_is_read_without_its_litter():
    members = {
        "study/Blast/a.png": PNG,
        "study/Blast/._a.png": APPLE_DOUBLE + bytes(80),
        "study/Blast/.ipynb_checkpoints/a-checkpoint.png": PNG,
        "study/._labels.csv": APPLE_DOUBLE + bytes(80),
        "study/Blast/@eaDir/a.png/SYNOPHOTO_THUMB_M.jpg": PNG,
        "study/Blast/renamed.png": APPLE_DOUBLE + bytes(80),
    }
    (only,) = expand_uploads([Upload("z.zip", drawn.zip_of(members))], Limits())
    assert only.name == "z.zip/study/Blast/a.png"


def test_litter_that_is_handed_over_alone_is_no_picture_but_a_hidden_picture_is():
    lock, hidden = expand_uploads(
        [Upload("d/~$labels.xlsx", b"owner"), Upload("d/.cell.png", PNG)], Limits()
    )
    assert isinstance(lock, ImageError)
    assert "leaves beside files" in lock.reason
    assert hidden.data == PNG


def test_an_apple_double_that_is_handed_over_alone_gets_its_own_words():
    (found,) = expand_uploads([Upload("a.png", APPLE_DOUBLE + bytes(80))], Limits())
    assert isinstance(found, ImageError)
    assert "what macOS writes beside a picture" in found.reason
