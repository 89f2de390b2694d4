"""Leukocytes are found by colour, and nothing is found where there is none."""

import numpy as np
import pytest

from leuko.evaluation.segmentation import dice, enlarge
from leuko.inspection.cells.segmentation import CYTOPLASM, NUCLEUS, OUTSIDE, find_cells
from tests import drawn

GLASS, RED, PURPLE, LILAC = (226, 218, 216), (196, 158, 164), (80, 45, 125), (176, 150, 206)


def disks(side_px, *disks):
    """Filled circles of (x, y, radius, colour) on glass."""
    rows, columns = np.mgrid[0:side_px, 0:side_px]
    pixels = np.full((side_px, side_px, 3), GLASS, np.uint8)
    for x, y, radius, colour in disks:
        pixels[(columns - x) ** 2 + (rows - y) ** 2 <= radius**2] = colour
    return pixels


@pytest.mark.parametrize("malignant", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_a_drawn_cell_and_its_nucleus_are_found_where_they_were_drawn(seed, malignant):
    pixels, drawn_mask = drawn.draw_crop_and_mask(seed, malignant)
    found = enlarge(find_cells(pixels), drawn_mask.shape)
    assert dice(found > OUTSIDE, drawn_mask > OUTSIDE) > 0.95
    assert dice(found == NUCLEUS, drawn_mask == NUCLEUS) > 0.9


def test_a_nucleus_a_cytoplasm_and_red_cells_are_told_apart():
    red = [(x, y, 20, RED) for x in (25, 175) for y in (25, 100, 175)]
    mask = find_cells(disks(200, *red, (100, 100, 40, LILAC), (100, 100, 24, PURPLE)))
    assert mask[100, 100] == NUCLEUS
    assert mask[100, 132] == CYTOPLASM
    assert mask[100, 25] == mask[25, 175] == mask[100, 60 - 6] == OUTSIDE


def test_all_cells_of_a_field_are_found():
    places = [(40, 40), (40, 160), (160, 40), (160, 160), (100, 100)]
    mask = find_cells(disks(200, *((x, y, 12, PURPLE) for x, y in places)))
    assert [mask[y, x] for x, y in places] == [NUCLEUS] * 5
    assert mask[100, 40] == OUTSIDE


def test_a_platelet_beside_a_cell_is_no_cell():
    mask = find_cells(disks(200, (100, 100, 40, PURPLE), (20, 20, 4, PURPLE)))
    assert mask[100, 100] == NUCLEUS
    assert mask[20, 20] == OUTSIDE


def test_on_a_black_ground_the_cell_is_what_is_not_black():
    pixels = drawn.draw_segmented(3, malignant=True)
    found = enlarge(find_cells(pixels), pixels.shape[:2])
    assert dice(found > OUTSIDE, pixels.max(axis=2) > 0) > 0.98
    assert 0.5 < (found == NUCLEUS).sum() / (found > OUTSIDE).sum() < 1


def test_the_colour_of_the_lamp_does_not_matter():
    pixels, _ = drawn.draw_crop_and_mask(1, malignant=True)
    yellow = (pixels * np.array([1.0, 0.95, 0.6])).astype(np.uint8)
    assert dice(find_cells(yellow) > OUTSIDE, find_cells(pixels) > OUTSIDE) > 0.95


def shading():
    slope = np.linspace(0, 255, 224).astype(np.uint8)
    across, down = np.tile(slope, (224, 1)), np.tile(slope[:, None], (1, 224))
    return np.stack([across, down, np.full_like(across, 128)], axis=-1)


def grey(pixels):
    return np.repeat(pixels.mean(axis=2, keepdims=True).astype(np.uint8), 3, axis=2)


@pytest.mark.parametrize(
    "pixels",
    [
        np.zeros((90, 90, 3), np.uint8),
        np.full((90, 120, 3), 255, np.uint8),
        np.full((90, 90, 3), PURPLE, np.uint8),
        np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8),
        shading(),
        grey(drawn.draw_crop(1, malignant=True)),
        grey(drawn.draw_segmented(1, malignant=True)),
        disks(200, *((x, y, 20, RED) for x in (40, 160) for y in (40, 160))),
    ],
    ids=["black", "white", "purple", "noise", "shading", "grey", "grey on black", "red cells"],
)
def test_where_there_is_no_cell_none_is_found(pixels):
    assert not find_cells(pixels).any()


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((1, 1), (1, 1)),
        ((2, 1), (2, 1)),
        ((1, 3000), (1, 256)),
        ((3000, 2), (256, 1)),
        ((100, 120), (100, 120)),
        ((512, 256), (256, 128)),
        ((480, 640), (192, 256)),
    ],
)
def test_the_mask_has_the_proportions_of_the_picture_and_at_most_256_pixels(shape, expected):
    pixels = np.random.default_rng(1).integers(0, 256, (*shape, 3), dtype=np.uint8)
    mask = find_cells(pixels)
    assert mask.shape == expected
    assert mask.dtype == np.uint8
    assert set(np.unique(mask)) <= {OUTSIDE, CYTOPLASM, NUCLEUS}


def test_a_picture_that_may_not_be_written_to_is_read_and_stays_as_it_is():
    pixels = drawn.draw_crop(2, malignant=True)
    before = pixels.copy()
    pixels.flags.writeable = False
    assert find_cells(pixels).any()
    assert (pixels == before).all()


def test_a_large_picture_gives_the_mask_of_its_small_copy():
    pixels, _ = drawn.draw_crop_and_mask(1, malignant=False, side_px=256)
    large = pixels.repeat(4, axis=0).repeat(4, axis=1)
    assert dice(find_cells(large) > OUTSIDE, find_cells(pixels) > OUTSIDE) > 0.97
