"""Fast statistics equal NumPy's."""

import numpy as np
import pytest

from leuko.imaging.tiles import (
    TILE_PX,
    counts_of_values,
    of_tiles,
    percentile_between,
    percentiles,
    tile_means,
)

PERCENTS = (0, 1, 50, 90, 99, 100)


@pytest.mark.parametrize("n", [1, 2, 7, 100, 65_536])
def test_percentiles_of_bytes(n):
    values = np.random.default_rng(n).integers(0, 256, n, np.uint8)
    counts = counts_of_values(values.reshape(1, -1))
    assert percentiles(counts, PERCENTS) == pytest.approx(np.percentile(values, PERCENTS))


def test_values_are_counted_where_they_are_shown():
    plane = np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)
    shown = plane % 3 == 0
    expected = np.bincount(plane[shown], minlength=256)
    assert np.array_equal(counts_of_values(plane, shown), expected)
    assert counts_of_values(plane).sum() == plane.size


@pytest.mark.parametrize("n", [1, 2, 7, 8001])
@pytest.mark.parametrize("percent", PERCENTS)
def test_one_percentile_of_numbers(n, percent):
    values = np.random.default_rng(n).normal(size=n).astype(np.float32)
    expected = np.percentile(values, percent)
    assert percentile_between(values, percent) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("side_px", [TILE_PX, 8])
@pytest.mark.parametrize("shape", [(256, 256), (200, 131), (16, 16), (5, 40), (1, 1)])
def test_each_tile_by_itself(shape, side_px):
    plane = np.random.default_rng(0).random(shape).astype(np.float32)
    tall, wide = (min(side_px, side) for side in shape)
    tiles = [
        plane[top : top + tall, left : left + wide]
        for top in range(0, shape[0] - tall + 1, tall)
        for left in range(0, shape[1] - wide + 1, wide)
    ]
    assert np.array_equal(of_tiles(plane, np.maximum, side_px), [tile.max() for tile in tiles])
    assert np.allclose(tile_means(plane, side_px), [tile.mean() for tile in tiles], rtol=1e-5)
    dark = plane < 0.01
    assert np.array_equal(
        of_tiles(dark, np.logical_or, side_px), [(tile < 0.01).any() for tile in tiles]
    )
