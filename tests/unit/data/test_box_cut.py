"""What a sample means of its picture."""

import numpy as np
import pytest

from leuko.data.box_cut import cut_box
from leuko.inspection.cells.found import Box

PIXELS = np.arange(6 * 8 * 3, dtype=np.uint8).reshape(6, 8, 3)


def test_a_box_is_cut_out_and_no_box_means_the_whole():
    assert (cut_box(PIXELS, Box(2, 1, 3, 4)) == PIXELS[1:5, 2:5]).all()
    assert cut_box(PIXELS, None) is PIXELS


def test_what_a_box_says_beyond_the_border_is_left_away():
    assert cut_box(PIXELS, Box(-2, 4, 5, 9)).shape == (2, 3, 3)


def test_a_box_outside_is_refused():
    with pytest.raises(ValueError, match="outside a picture of 8 x 6"):
        cut_box(PIXELS, Box(8, 0, 3, 3))
