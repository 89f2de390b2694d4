import numpy as np
import pytest
from pydantic import ValidationError

from leuko.imaging.preprocessing.prepare import border_colour, fit_square, mask_corner, prepare
from leuko.imaging.preprocessing.steps import (
    CropCell,
    FitSquare,
    MaskCorner,
    RemoveNoise,
    StretchContrast,
    SubtractChannelMeans,
    SubtractMeanImage,
)
from tests import drawn

RED = (200, 10, 20)


def plain(height, width, colour=(50, 60, 70)):
    pixels = np.empty((height, width, 3), np.uint8)
    pixels[:] = colour
    return pixels


def test_a_mask_covers_the_rectangle_counted_by_hand():
    covered = mask_corner(plain(10, 20), MaskCorner(left=0.75, top=0.5, colour=RED))
    expected = plain(10, 20)
    expected[5:10, 15:20] = RED
    np.testing.assert_array_equal(covered, expected)


def test_a_pixel_that_the_mask_touches_is_covered_whole():
    step = MaskCorner(left=0.26, top=0.31, right=0.52, bottom=0.61, colour=RED)
    expected = plain(10, 10)
    expected[3:7, 2:6] = RED
    np.testing.assert_array_equal(mask_corner(plain(10, 10), step), expected)


def test_the_mask_of_the_field_models_covers_the_scale_bar():
    covered = mask_corner(plain(224, 224), MaskCorner(left=0.76, top=0.84))
    rows, columns = np.where((covered != (50, 60, 70)).any(axis=2))
    assert (rows.min(), rows.max() + 1) == (188, 224)
    assert (columns.min(), columns.max() + 1) == (170, 224)


def test_masking_leaves_the_original_alone():
    pixels = plain(10, 10)
    mask_corner(pixels, MaskCorner(left=0, top=0))
    np.testing.assert_array_equal(pixels, plain(10, 10))


def test_the_border_colour_is_the_median_of_the_outermost_ring():
    pixels = plain(5, 5, (9, 9, 9))
    pixels[1:4, 1:4] = 255
    pixels[0, :2] = 0
    assert border_colour(pixels) == (9, 9, 9)


def test_padding_has_the_border_colour_of_the_picture():
    pixels = plain(32, 64, (210, 200, 190))
    pixels[8:24, 8:56] = (0, 0, 255)
    square = fit_square(pixels, 64).pixels
    assert (square[:16] == (210, 200, 190)).all()
    assert (square[48:] == (210, 200, 190)).all()


def test_a_segmented_cell_is_padded_with_black():
    cell = drawn.draw_segmented(1, malignant=True, side_px=96)[:, 12:84]
    square = fit_square(cell, 64)
    left, _, right, _ = square.area
    assert left > 0
    assert not square.pixels[:, :left].any()
    assert not square.pixels[:, right:].any()


@pytest.mark.parametrize(
    ("height", "width", "area"),
    [
        (100, 200, (0, 16, 64, 48)),
        (200, 100, (16, 0, 48, 64)),
        (30, 40, (0, 8, 64, 56)),
        (50, 50, (0, 0, 64, 64)),
        (7, 3000, (0, 31, 64, 32)),
    ],
)
def test_the_area_is_where_the_picture_lies_in_the_square(height, width, area):
    prepared = fit_square(plain(height, width), 64)
    assert prepared.pixels.shape == (64, 64, 3)
    assert prepared.area == area


def test_a_wide_picture_is_not_squashed():
    rows, columns = np.mgrid[0:100, 0:200]
    disc = (rows - 50) ** 2 + (columns - 100) ** 2 < 40**2
    pixels = plain(100, 200, (255, 255, 255))
    pixels[disc] = 0
    dark = fit_square(pixels, 64).pixels[..., 0] < 128
    rows, columns = np.where(dark)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    assert height == width
    assert height == pytest.approx(80 * 64 / 200, abs=1.5)


def test_a_picture_of_the_exact_size_goes_through_unchanged():
    pixels = drawn.draw_crop(1, malignant=True, side_px=64)
    prepared = prepare(pixels, (FitSquare(side_px=64),))
    np.testing.assert_array_equal(prepared.pixels, pixels)
    assert prepared.area == (0, 0, 64, 64)


def test_equal_pictures_become_equal_squares():
    steps = (MaskCorner(left=0.76, top=0.84), FitSquare(side_px=64))
    first = prepare(drawn.draw_field(3, malignant=True, side_px=90), steps)
    again = prepare(drawn.draw_field(3, malignant=True, side_px=90), steps)
    np.testing.assert_array_equal(first.pixels, again.pixels)
    assert first.area == again.area


def test_steps_run_in_order_mask_first_then_square():
    pixels = plain(50, 100)
    steps = (MaskCorner(left=0.5, top=0, colour=RED), FitSquare(side_px=100))
    square = prepare(pixels, steps).pixels
    assert (square[25:75, 50:] == RED).all()
    assert (square[25:75, :50] == (50, 60, 70)).all()


def test_reduction_averages_and_does_not_drop_pixels():
    pixels = np.zeros((64, 64, 3), np.uint8)
    pixels[:, ::2] = 200  # every other column: picking pixels would give 0 or 200
    reduced = fit_square(pixels, 32).pixels
    assert abs(reduced[:, 1:-1].astype(int) - 100).max() <= 15


@pytest.mark.parametrize(
    "steps",
    [
        (),
        (MaskCorner(left=0, top=0),),
        (FitSquare(side_px=64), MaskCorner(left=0, top=0)),
    ],
    ids=["none", "mask only", "square first"],
)
def test_steps_without_a_square_at_their_end_are_refused(steps):
    with pytest.raises(ValueError, match="fit_square"):
        prepare(plain(64, 64), steps)


def test_a_square_in_the_middle_is_refused():
    steps = (FitSquare(side_px=64), MaskCorner(left=0, top=0), FitSquare(side_px=64))
    with pytest.raises(ValueError, match="fit_square"):
        prepare(plain(64, 64), steps)


def test_an_unknown_key_of_a_step_is_refused():
    with pytest.raises(ValidationError, match="size"):
        FitSquare.model_validate({"side_px": 64, "size": 3})


def test_a_crop_around_the_cell_knows_where_the_picture_lies():
    pixels = np.zeros((450, 450, 3), np.uint8)
    pixels[180:221, 80:121] = (120, 40, 150)  # centre (100, 200)
    prepared = prepare(pixels, (CropCell(side_px=128), FitSquare(side_px=128)))
    assert tuple(prepared.pixels[64, 64]) == (120, 40, 150)
    left, top = 100 - 64, 200 - 64
    assert prepared.area == (-left, -top, 450 - left, 450 - top)


def test_a_scaled_crop_scales_its_area():
    pixels = np.zeros((400, 400, 3), np.uint8)
    pixels[190:211, 190:211] = 200
    prepared = prepare(pixels, (CropCell(side_px=100), FitSquare(side_px=200)))
    assert prepared.area == (-300, -300, 500, 500)


def test_the_mean_image_is_subtracted_after_the_square():
    mean = np.full((64, 64, 3), 100, np.uint8)
    steps = (FitSquare(side_px=64), SubtractMeanImage())
    prepared = prepare(plain(64, 64), steps, mean)
    expected = np.clip(plain(64, 64).astype(int) - 100 + 128, 0, 255)
    np.testing.assert_array_equal(prepared.pixels, expected)


def test_a_missing_mean_image_is_an_error():
    with pytest.raises(ValueError, match="mean image"):
        prepare(plain(64, 64), (FitSquare(side_px=64), SubtractMeanImage()))


def test_a_mean_image_before_the_square_and_two_crops_are_refused():
    with pytest.raises(ValueError, match="wrong side"):
        prepare(plain(64, 64), (SubtractMeanImage(), FitSquare(side_px=64)))
    crops = (CropCell(side_px=32), CropCell(side_px=32), FitSquare(side_px=64))
    with pytest.raises(ValueError, match="only once"):
        prepare(plain(64, 64), crops)


def test_every_step_of_study_b_runs_and_leaves_a_picture():
    steps = (
        CropCell(side_px=128),
        SubtractChannelMeans(),
        StretchContrast(),
        RemoveNoise(),
        FitSquare(side_px=128),
    )
    pixels = prepare(drawn.draw_segmented(1, malignant=True), steps).pixels
    assert pixels.shape == (128, 128, 3)
    assert pixels.dtype == np.uint8
    assert pixels.std() > 5
