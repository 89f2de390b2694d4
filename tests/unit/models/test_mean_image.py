"""The mean image of a model: as large as its square, or refused before it is decoded."""

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from leuko.errors import WeightsError
from leuko.imaging.preprocessing.steps import FitSquare, SubtractMeanImage
from leuko.models.mean_image import MEAN_IMAGE_FILE, load_mean_image, save_mean_image


def steps(content):
    return FitSquare(side_px=32), SubtractMeanImage(sha256=hashlib.sha256(content).hexdigest())


def png(width, height):
    stream = io.BytesIO()
    Image.new("RGB", (width, height)).save(stream, "PNG")
    return stream.getvalue()


def test_a_mean_image_comes_back_as_it_was_saved(tmp_path):
    pixels = np.full((32, 32, 3), 7, np.uint8)
    sha256 = save_mean_image(pixels, tmp_path)
    found = load_mean_image((FitSquare(side_px=32), SubtractMeanImage(sha256=sha256)), tmp_path)
    assert np.array_equal(found, pixels)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (png(33, 32), "33 x 32 px"),
        (png(6000, 6000), "6000 x 6000 px"),
        (png(32, 32)[:60], "no PNG that can be decoded"),
        (b"no picture", "no PNG that can be decoded"),
    ],
)
def test_a_mean_image_that_is_not_the_square_is_refused(tmp_path, content, found):
    (tmp_path / MEAN_IMAGE_FILE).write_bytes(content)
    with pytest.raises(WeightsError, match=f"must have 32 x 32 px, found {found}"):
        load_mean_image(steps(content), tmp_path)
