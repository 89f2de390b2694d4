import numpy as np
import pytest

from leuko.imaging.preprocessing.study_steps import (
    cell_centre,
    crop_around,
    remove_noise,
    stretch_contrast,
    subtract_channel_means,
    subtract_mean_image,
)

BLACK = (0, 0, 0)


def square_on_black(left, top, side, size=60):
    pixels = np.zeros((size, size, 3), np.uint8)
    pixels[top : top + side, left : left + side] = (120, 40, 150)
    return pixels


def test_the_centre_of_a_cell_is_its_centre_of_mass():
    assert cell_centre(square_on_black(10, 30, 11), BLACK) == (15, 35)


def test_without_a_cell_the_centre_is_the_middle():
    assert cell_centre(np.zeros((40, 60, 3), np.uint8), BLACK) == (30, 20)


def test_faint_noise_is_no_cell():
    pixels = square_on_black(10, 10, 11)
    pixels[50:] = 20
    assert cell_centre(pixels, BLACK) == (15, 15)


def test_a_crop_puts_the_centre_in_the_middle_and_pads_with_the_background():
    pixels = square_on_black(0, 0, 5)
    cropped = crop_around(pixels, (2, 2), 10, (9, 8, 7))
    assert cropped.shape == (10, 10, 3)
    np.testing.assert_array_equal(cropped[5, 5], pixels[2, 2])
    np.testing.assert_array_equal(cropped[0, 0], (9, 8, 7))
    np.testing.assert_array_equal(cropped[3:, 3:], pixels[:7, :7])


def test_a_crop_inside_the_picture_is_the_picture():
    pixels = np.arange(60 * 60 * 3, dtype=np.uint32).reshape(60, 60, 3).astype(np.uint8)
    np.testing.assert_array_equal(crop_around(pixels, (30, 30), 20, BLACK), pixels[20:40, 20:40])


def test_channel_means_by_hand():
    pixels = np.array([[[10, 0, 200], [30, 0, 100]]], np.uint8)
    expected = [[[118, 128, 178], [138, 128, 78]]]
    np.testing.assert_array_equal(subtract_channel_means(pixels), expected)


def test_a_mean_image_by_hand_and_clipped_at_both_ends():
    pixels = np.array([[[10, 255, 0]]], np.uint8)
    mean = np.array([[[20, 0, 255]]], np.uint8)
    np.testing.assert_array_equal(subtract_mean_image(pixels, mean), [[[118, 255, 0]]])


def test_a_mean_image_of_another_size_is_refused():
    with pytest.raises(ValueError, match="mean image"):
        subtract_mean_image(np.zeros((2, 2, 3), np.uint8), np.zeros((3, 3, 3), np.uint8))


def test_contrast_reaches_both_ends_and_keeps_grey_grey():
    ramp = np.linspace(100, 150, 51).round().astype(np.uint8)
    pixels = np.repeat(ramp[None, :, None], 3, axis=2)
    stretched = stretch_contrast(pixels, 0)
    assert stretched.min() == 0
    assert stretched.max() == 255
    assert (np.diff(stretched[0, :, 0].astype(int)) >= 0).all()
    assert (stretched[..., 0] == stretched[..., 1]).all()


def test_a_single_speck_is_removed_and_an_edge_stays():
    pixels = np.zeros((9, 9, 3), np.uint8)
    pixels[:, 5:] = 200
    pixels[4, 2] = 255
    cleaned = remove_noise(pixels, 3)
    assert cleaned[4, 2].max() == 0
    np.testing.assert_array_equal(cleaned[:, 5:], pixels[:, 5:])
