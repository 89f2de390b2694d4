import sys

import numpy as np
import pytest
from PIL import Image

from leuko.imaging.rendering.colormaps import COLOUR_MAPS, colour_table
from leuko.imaging.rendering.overlay import colour, heat_rgba, overlay, resize_heat
from tests.drawn import draw_crop

RAMP = np.linspace(0, 1, 512, dtype=np.float32)[None, :]
CELL = draw_crop(seed=5, malignant=True, side_px=64)
HEAT = np.tile(np.linspace(0, 1, 64, dtype=np.float32), (64, 1))


def luminance(pixels):
    linear = (pixels / 255.0) ** 2.2
    return linear @ (0.2126, 0.7152, 0.0722)


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_the_tables_are_those_of_matplotlib(name):
    import matplotlib as mpl

    expected = np.rint(255 * np.array(mpl.colormaps[name].colors)).astype(np.uint8)
    assert np.array_equal(colour_table(name), expected)


def test_drawing_does_not_need_matplotlib():
    assert "matplotlib" not in sys.modules["leuko.imaging.rendering.overlay"].__dict__
    assert "matplotlib" not in sys.modules["leuko.imaging.rendering.colormaps"].__dict__


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_more_heat_is_always_brighter_in_the_map(name):
    assert (np.diff(luminance(colour_table(name))) > -1e-3).all()
    assert np.array_equal(colour(RAMP, name)[0, [0, -1]], colour_table(name)[[0, -1]])


def test_an_unknown_map_is_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="inferno, viridis, magma, cividis"):
        colour(RAMP, "jet")


@pytest.mark.parametrize("name", COLOUR_MAPS)
@pytest.mark.parametrize("opacity", [0.25, 0.5, 1.0])
def test_more_heat_is_always_more_of_the_hot_end(name, opacity):
    # On black the overlay is the map's share alone.
    blended = overlay(np.zeros((1, 512, 3), np.uint8), RAMP, opacity, name)
    assert (np.diff(luminance(blended[0])) > -2e-3).all()
    assert np.array_equal(blended[0, -1], np.rint(colour_table(name)[-1] * opacity))


def test_more_heat_is_never_more_transparent():
    alpha = heat_rgba(RAMP)[0, :, 3].astype(int)
    assert (np.diff(alpha) >= 0).all()
    assert (alpha[0], alpha[-1]) == (0, 255)


def test_the_hottest_pixel_of_a_bright_picture_does_not_wrap_round():
    white = np.full((1, 512, 3), 255, np.uint8)
    blended = overlay(white, RAMP, 1.0).astype(int)
    assert np.array_equal(blended[0, -1], colour_table()[-1])
    assert np.abs(np.diff(blended[0, 64:], axis=0)).max() < 16


def test_where_there_is_no_heat_the_picture_stays_as_it_is():
    assert np.array_equal(overlay(CELL, np.zeros((64, 64), np.float32), 1.0), CELL)
    assert np.array_equal(overlay(CELL, HEAT, 0.0), CELL)


@pytest.mark.parametrize("opacity", [0.3, 0.5, 1.0])
def test_the_overlay_is_the_compositing_that_a_browser_does(opacity):
    layer = heat_rgba(HEAT)
    layer[..., 3] = np.rint(layer[..., 3] * opacity)
    below = Image.fromarray(CELL).convert("RGBA")
    expected = np.asarray(Image.alpha_composite(below, Image.fromarray(layer)))[..., :3]
    difference = np.abs(overlay(CELL, HEAT, opacity).astype(int) - expected)
    assert difference.max() <= 1


def test_the_inputs_are_left_as_they_are():
    cell, heat = CELL.copy(), HEAT.copy()
    cell.flags.writeable = heat.flags.writeable = False
    overlay(cell, heat)
    assert np.array_equal(cell, CELL)


@pytest.mark.parametrize(
    "heat",
    [
        np.full((64, 64), np.nan, np.float32),
        np.full((64, 64), 1.01, np.float32),
        np.full((64, 64), -0.01, np.float32),
        np.full((64, 64), 1, np.uint8),
        np.zeros((64, 64, 1), np.float32),
        np.zeros((0, 64), np.float32),
    ],
)
def test_heat_outside_of_its_contract_is_refused(heat):
    with pytest.raises(ValueError, match="heat"):
        colour(heat)
    with pytest.raises(ValueError, match="heat"):
        heat_rgba(heat)
    with pytest.raises(ValueError, match="heat"):
        overlay(CELL, heat)


def test_a_picture_of_another_size_or_type_is_refused():
    for pixels in (CELL[:32], CELL[..., 0], CELL.astype(np.float32)):
        with pytest.raises(ValueError, match="pixels must be uint8"):
            overlay(pixels, HEAT)


@pytest.mark.parametrize("opacity", [-0.1, 1.1, float("nan")])
def test_an_opacity_outside_of_its_range_is_refused(opacity):
    with pytest.raises(ValueError, match="opacity"):
        overlay(CELL, HEAT, opacity)


def test_resizing_keeps_a_ramp_a_ramp_and_its_range():
    small = np.tile(np.linspace(0, 1, 7, dtype=np.float32), (5, 1))
    large = resize_heat(small, (70, 50))
    assert large.shape == (50, 70)
    assert large.dtype == np.float32
    assert (np.diff(large, axis=1) >= 0).all()
    assert large.min() == 0
    assert large.max() == 1


def test_resizing_is_not_rounded_to_bytes():
    heat = np.array([[0.0001, 0.0002], [0.0003, 0.0004]], np.float32)
    assert len(np.unique(resize_heat(heat, (9, 9)))) > 20


def test_resizing_to_the_same_size_changes_nothing():
    assert np.array_equal(resize_heat(HEAT, (64, 64)), HEAT)


def test_resizing_refuses_what_is_no_heatmap():
    for heat, size in ((HEAT[0], (4, 4)), (HEAT * np.nan, (4, 4)), (HEAT, (0, 4))):
        with pytest.raises(ValueError, match=r"heat|size"):
            resize_heat(heat, size)
