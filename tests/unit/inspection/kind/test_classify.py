"""The kind of a picture is recognised, and what is no blood is told apart from it."""

import cv2
import numpy as np
import pytest

from leuko.calibration.kind.synthetic_negatives import FAMILIES, draw_other
from leuko.data.kind_pictures import read_blood
from leuko.imaging.decoding.decode import read_picture
from leuko.inspection.cells.segmentation import find_cells
from leuko.inspection.kind.classify import SURE_FROM, KindGuess, recognise_kind
from leuko.inspection.quality.measures import measure_quality
from leuko.labels import InputKind
from tests import drawn

DRAW = {
    InputKind.FIELD: drawn.draw_field,
    InputKind.CROP: drawn.draw_crop,
    InputKind.SEGMENTED: drawn.draw_segmented,
}
UNSEEN = 100_000
"""Seeds from here on were not drawn when the gate was fitted."""


@pytest.mark.parametrize("malignant", [False, True])
@pytest.mark.parametrize("kind", DRAW)
def test_a_drawn_picture_of_blood_is_recognised_for_sure(kind, malignant):
    for seed in range(4):
        guess = recognise_kind(DRAW[kind](seed, malignant))
        assert guess.kind is kind
        assert guess.is_sure


@pytest.mark.parametrize("family", FAMILIES)
def test_a_drawing_that_is_no_blood_is_refused(family):
    guesses = [recognise_kind(draw_other(family, UNSEEN + seed)) for seed in range(10)]
    refused = [guess for guess in guesses if guess.kind is None and guess.is_sure]
    assert len(refused) >= 8
    assert not any(guess.is_sure for guess in guesses if guess.kind is not None)


@pytest.mark.real_images
def test_held_out_pictures_of_every_public_set_are_recognised(real_images):
    sources, _ = read_blood(real_images)
    held_out = [source for source in sources if source.held_out]
    for collection in sorted({source.collection for source in held_out}):
        chosen = [source for source in held_out if source.collection == collection]
        chosen = chosen[:: max(1, len(chosen) // 20)][:20]
        guesses = [recognise_kind(read_picture(source.path).pixels) for source in chosen]
        right = [guess.kind is source.kind for guess, source in zip(guesses, chosen, strict=True)]
        assert sum(right) >= 0.9 * len(right), collection


@pytest.mark.parametrize("kind", DRAW)
def test_neither_size_nor_orientation_changes_the_kind(kind):
    pixels = DRAW[kind](3, True)
    turned = np.rot90(pixels)
    large = cv2.resize(pixels, None, fx=2.5, fy=2.5)
    assert {recognise_kind(one).kind for one in (pixels, turned, large)} == {kind}


@pytest.mark.parametrize("factors", [(1, 0.95, 0.7), (0.8, 0.8, 0.8)])
@pytest.mark.parametrize("kind", DRAW)
def test_neither_the_colour_nor_the_strength_of_the_lamp_changes_the_kind(kind, factors):
    pixels = (DRAW[kind](1, False) * np.array(factors)).astype(np.uint8)
    assert recognise_kind(pixels).kind is kind


def test_a_cell_cut_out_of_a_field_is_a_crop_and_on_black_a_segmented_cell():
    pixels, mask = drawn.draw_crop_and_mask(5, malignant=True)
    assert recognise_kind(pixels).kind is InputKind.CROP
    pixels[mask == 0] = 0
    assert recognise_kind(pixels).kind is InputKind.SEGMENTED


def test_cells_and_quality_that_were_measured_before_give_the_same_answer():
    pixels = drawn.draw_crop(2, malignant=True)
    known = find_cells(pixels), measure_quality(pixels)
    assert recognise_kind(pixels, *known) == recognise_kind(pixels)


@pytest.mark.parametrize("shape", [(1, 1), (2, 1), (1, 3000), (3000, 2), (17, 16)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_a_picture_of_any_shape_gets_an_answer(shape, level):
    guess = recognise_kind(np.full((*shape, 3), level, np.uint8))
    assert 0.25 <= guess.probability <= 1


def test_a_picture_that_may_not_be_written_to_stays_as_it_is():
    pixels = drawn.draw_field(2, malignant=True)
    before = pixels.copy()
    pixels.flags.writeable = False
    recognise_kind(pixels)
    assert (pixels == before).all()


def test_below_the_stated_probability_nothing_is_refused():
    unsure = KindGuess(InputKind.CROP, SURE_FROM - 0.01)
    assert unsure.fits(InputKind.CROP) is None
    assert unsure.fits(InputKind.FIELD) is None


def test_what_is_surely_another_kind_or_no_blood_does_not_fit():
    assert KindGuess(InputKind.CROP, SURE_FROM).fits(InputKind.CROP) is True
    assert KindGuess(InputKind.CROP, SURE_FROM).fits(InputKind.FIELD) is False
    assert KindGuess(None, 1.0).fits(InputKind.FIELD) is False
