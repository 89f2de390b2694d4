import numpy as np
import pytest

from leuko.imaging.picture import Picture
from tests.drawn import draw_crop, draw_field, draw_segmented


def test_a_picture_is_rgb_bytes_and_nothing_else():
    for pixels in (
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ):
        with pytest.raises(ValueError, match="pixels must be uint8"):
            Picture("a.png", pixels, "", "PNG")


def test_the_array_that_a_picture_is_made_of_stays_writable():
    pixels = np.zeros((4, 4, 3), np.uint8)
    picture = Picture("a.png", pixels, "", "PNG")
    assert pixels.flags.writeable
    assert not picture.pixels.flags.writeable


@pytest.mark.parametrize("draw", [draw_field, draw_crop, draw_segmented])
def test_a_drawing_is_a_function_of_its_seed(draw):
    first = draw(1, malignant=True)
    assert first.dtype == np.uint8
    assert np.array_equal(first, draw(1, malignant=True))
    assert not np.array_equal(first, draw(2, malignant=True))


@pytest.mark.parametrize("draw", [draw_field, draw_crop, draw_segmented])
@pytest.mark.parametrize("seed", range(3))
def test_malignant_drawings_have_more_dark_nucleus(draw, seed):
    def dark(pixels):
        return ((pixels.sum(axis=2) > 60) & (pixels[..., 1] < 120)).mean()

    assert dark(draw(seed, malignant=True)) > 1.3 * dark(draw(seed, malignant=False))
