"""What is done band by band gives what is done in one go."""

import numpy as np
import pytest

from leuko.imaging.preprocessing import study_steps
from leuko.imaging.rendering import overlay as module
from leuko.imaging.rendering.colormaps import DEFAULT_MAP
from tests.drawn import draw_segmented

BLACK = (0, 0, 0)


@pytest.mark.parametrize("band_pixels", [1, 1000, 10**6])
def test_the_centre_of_a_cell_is_that_of_its_pixels(band_pixels, monkeypatch):
    monkeypatch.setattr(study_steps, "BAND_PIXELS", band_pixels)
    pixels = np.roll(draw_segmented(seed=4, malignant=True, side_px=131), 17, axis=1)[:90]
    rows, columns = np.nonzero(pixels.max(axis=2) > study_steps.FOREGROUND_DISTANCE)
    expected = round(float(columns.mean())), round(float(rows.mean()))
    assert study_steps.cell_centre(pixels, BLACK) == expected


def test_a_picture_without_a_cell_has_its_centre_in_the_middle():
    assert study_steps.cell_centre(np.zeros((40, 60, 3), np.uint8), BLACK) == (30, 20)


@pytest.mark.parametrize("band_pixels", [1, 700])
def test_an_overlay_in_bands_is_the_overlay_in_one_go(band_pixels, monkeypatch):
    pixels = draw_segmented(seed=4, malignant=True, side_px=60)[:45]
    heat = np.random.default_rng(0).random((45, 60), np.float32)
    whole = module.overlay(pixels, heat, 0.5, DEFAULT_MAP)
    monkeypatch.setattr(module, "BAND_PIXELS", band_pixels)
    np.testing.assert_array_equal(module.overlay(pixels, heat, 0.5, DEFAULT_MAP), whole)
