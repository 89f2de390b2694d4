"""Copies have the sizes and the values that are promised, whatever the picture."""

import cv2
import numpy as np
import pytest

from leuko.inspection.pyramid import (
    LONGEST_SIDE_PX,
    TINY_SIDE_PX,
    Copies,
    grey,
    halve,
    shrink,
)


def noise(*shape):
    return np.random.default_rng(1).integers(0, 256, shape, np.uint8)


@pytest.mark.parametrize("shape", [(64, 48, 3), (65, 49, 3), (2, 2), (7, 3)])
def test_half_the_size_holds_means_of_squares(shape):
    pixels = noise(*shape)
    tall, wide = shape[0] // 2, shape[1] // 2
    even = pixels[: 2 * tall, : 2 * wide].astype(float)
    expected = even.reshape(tall, 2, wide, 2, *shape[2:]).mean(axis=(1, 3))
    found = halve(pixels)
    assert found.shape == expected.shape
    assert np.abs(found - expected).max() <= 0.5


@pytest.mark.parametrize(
    ("shape", "half", "tiny"),
    [
        ((1200, 1600), (96, 128), (48, 64)),
        ((224, 224), (112, 112), (64, 64)),
        ((64, 64), (64, 64), (64, 64)),
        ((40, 40), (40, 40), (40, 40)),
        ((70, 31), (70, 31), (64, 28)),
        ((3000, 2), (256, 1), (64, 1)),
        ((1, 1), (1, 1), (1, 1)),
    ],
)
def test_copies_of_any_picture(shape, half, tiny):
    picture = noise(*shape, 3)
    copies = Copies.of(picture)
    assert copies.picture is picture
    assert max(copies.small.shape) <= max(LONGEST_SIDE_PX, 3)
    assert np.array_equal(copies.small, shrink(picture))
    assert np.array_equal(copies.luminance, cv2.cvtColor(copies.small, cv2.COLOR_RGB2GRAY))
    assert copies.half.shape == (*half, 3)
    assert copies.tiny.shape == (*tiny, 3)
    assert max(copies.tiny.shape[:2]) <= TINY_SIDE_PX


def test_a_small_copy_that_the_caller_has_is_not_made_again():
    picture = noise(600, 500, 3)
    small = shrink(picture)
    assert Copies.of(picture, small).small is small


def test_the_tiny_copy_shows_the_same_picture():
    ramp = np.repeat(np.arange(224, dtype=np.uint8)[None, :, None], 224, axis=0).repeat(3, axis=2)
    tiny = grey(Copies.of(ramp).tiny).astype(float)
    expected = (np.arange(64) + 0.5) * 3.5 - 0.5
    assert np.abs(tiny - expected).max() <= 1
