"""Light of drawn pictures whose light is known."""

import math

import numpy as np
import pytest

from leuko.inspection.pyramid import Copies
from leuko.inspection.quality.illumination import measure_light
from leuko.inspection.quality.measures import measure_quality

GLASS, CELL = (230, 220, 190), (90, 40, 120)


def field(glass=GLASS, cell=CELL):
    """A cell over a quarter of a picture of glass."""
    pixels = np.empty((200, 240, 3), np.uint8)
    pixels[:] = glass
    pixels[50:150, 60:180] = cell
    return pixels


def luminance(colour):
    return float(np.dot(colour, (0.299, 0.587, 0.114)))


def test_light_is_that_of_the_glass_and_contrast_reaches_to_the_cell():
    light = measure_light(Copies.of(field()), None)
    assert light.brightness == pytest.approx(luminance(GLASS) / 255, abs=0.5 / 255)
    expected = (luminance(GLASS) - luminance(CELL)) / 255
    assert light.contrast == pytest.approx(expected, abs=1 / 255)
    assert light.warmth == pytest.approx(math.log(231 / 191), abs=1e-6)
    assert light.greenness == pytest.approx(math.log(221**2 / (231 * 191)) / 2, abs=1e-6)
    assert light.filled == pytest.approx(0.25, abs=0.01)
    assert (light.clipped_dark, light.clipped_bright) == (0, 0)


def test_what_is_lost_is_counted_by_channel():
    light = measure_light(Copies.of(field(glass=(255, 255, 200), cell=(0, 90, 0))), None)
    assert light.clipped_bright == pytest.approx(0.75 * 2 / 3, abs=0.01)
    assert light.clipped_dark == pytest.approx(0.25 * 2 / 3, abs=0.01)


def test_half_of_the_grain_and_single_lost_pixels_do_not_count():
    rng = np.random.default_rng(2)
    grain = np.clip(rng.normal(128, 8, (200, 240, 1)), 0, 255).astype(np.uint8).repeat(3, axis=2)
    of_pixels = np.subtract(*np.percentile(grain, (99, 1))) / 255
    light = measure_light(Copies.of(grain), None)
    assert light.contrast == pytest.approx(of_pixels / 2, rel=0.1)
    grain[::4, ::4] = 255
    assert measure_light(Copies.of(grain), None).clipped_bright == 0


def test_on_black_only_the_cell_counts():
    pixels = np.zeros((200, 200, 3), np.uint8)
    pixels[50:150, 50:150] = (150, 60, 170)
    shown = (pixels[..., 0] > 0).astype(np.uint8)
    light = measure_light(Copies.of(pixels), shown)
    assert light.brightness == pytest.approx(luminance((150, 60, 170)) / 255, abs=1 / 255)
    assert light.contrast == 0
    assert (light.clipped_dark, light.clipped_bright) == (0, 0)
    assert light.filled == pytest.approx(0.25, abs=0.01)


@pytest.mark.parametrize("glass", [GLASS, (200, 210, 230), (120, 118, 119), (255, 240, 200)])
def test_the_colour_of_the_glass_is_found_again(glass):
    measures = measure_quality(field(glass=glass))
    assert measures.ground_colour == pytest.approx(glass, rel=0.02)
