"""What the finder is taught of a picture: only what is known of it."""

import numpy as np
import pytest

from leuko.inspection.cells.mask import CYTOPLASM, NUCLEUS
from leuko.training.finder.teaching import FULL, NUCLEUS_PX, drawings, from_boxes, from_mask
from tests.drawn_fields import CELL_OF_NUCLEUS, draw_known_field


def disk_mask(width, height, x, y, nucleus):
    rows, columns = np.mgrid[:height, :width]
    away = np.hypot(columns - x, rows - y)
    mask = np.zeros((height, width), np.uint8)
    mask[away <= CELL_OF_NUCLEUS * nucleus / 2] = CYTOPLASM
    mask[away <= nucleus / 2] = NUCLEUS
    return mask


def test_a_masked_picture_is_brought_to_one_size_of_nucleus():
    pixels = draw_known_field(300, 300, [(150, 150, 80)])
    one = from_mask("here", "a", False, pixels, disk_mask(300, 300, 150, 150, 80))
    assert one.densities.shape == (150, 150, 3)
    assert one.nucleus_px == pytest.approx(NUCLEUS_PX, rel=0.02)
    assert one.labels[75, 75].tolist() == [FULL] * 4
    assert one.labels[5, 5].tolist() == [0, 0, FULL, FULL]
    assert one.instances[0].centre == pytest.approx((75, 75), abs=1)


def test_a_neighbour_that_was_not_drawn_is_unknown_and_a_platelet_is_ground():
    pixels = draw_known_field(300, 300, [(150, 150, 60), (260, 60, 60)], (), [(40, 250, 6)])
    one = from_mask("here", "a", False, pixels, disk_mask(300, 300, 150, 150, 60))
    scale = one.densities.shape[0] / 300
    neighbour, platelet = (
        one.labels[round(y * scale), round(x * scale)] for x, y in ((260, 60), (40, 250))
    )
    assert neighbour[2:].tolist() == [0, 0]
    assert platelet.tolist() == [0, 0, FULL, FULL]


def test_a_box_says_what_is_surely_cell_and_what_is_surely_none():
    radius = 60 * CELL_OF_NUCLEUS / 2
    box = tuple(round(150 + sign * radius) for sign in (-1, -1, 1, 1))
    pixels = draw_known_field(300, 300, [(150, 150, 60)])
    one = from_boxes("here", "a", False, pixels, [box])
    middle, scale = one.densities.shape[0] // 2, one.densities.shape[0] / 300
    assert one.labels[middle, middle].tolist() == [FULL] * 4
    assert one.labels[3, 3].tolist() == [0, 0, FULL, FULL]
    rim = one.labels[middle, round(middle + 0.97 * radius * scale)]
    assert rim[3] == 0


def test_a_picture_without_boxes_is_ground_all_over():
    one = from_boxes("here", "a", False, draw_known_field(200, 150), ())
    assert not one.labels[..., :2].any()
    assert (one.labels[..., 2:] == FULL).all()


def test_drawings_hold_no_cell():
    for one in list(drawings())[::25]:
        assert one.instances == ()
        assert not one.held_out
