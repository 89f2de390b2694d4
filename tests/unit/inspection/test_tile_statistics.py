"""Fast statistics equal NumPy's."""

import numpy as np
import pytest

from leuko.inspection.tile_statistics import (
    TILE_PX,
    counts_of_values,
    lower_percentiles,
    percentile_between,
    percentiles,
    tile_maxima,
    tile_means,
)

PERCENTS = (0, 1, 50, 90, 99, 100)


@pytest.mark.parametrize("n", [1, 2, 7, 100, 65_536])
def test_percentiles_of_bytes(n):
    values = np.random.default_rng(n).integers(0, 256, n, np.uint8)
    counts = counts_of_values(values.reshape(1, -1))
    assert percentiles(counts, PERCENTS) == pytest.approx(np.percentile(values, PERCENTS))
    lower = np.percentile(values, PERCENTS, method="lower")
    assert lower_percentiles(counts, PERCENTS) == lower.tolist()


def test_values_are_counted_where_they_are_shown():
    plane = np.random.default_rng(0).integers(0, 256, (40, 60), np.uint8)
    shown = plane % 3 == 0
    expected = np.bincount(plane[shown], minlength=256)
    assert np.array_equal(counts_of_values(plane, shown.view(np.uint8)), expected)
    assert counts_of_values(plane).sum() == plane.size


@pytest.mark.parametrize("n", [1, 2, 7, 8001])
@pytest.mark.parametrize("percent", PERCENTS)
def test_one_percentile_of_numbers(n, percent):
    values = np.random.default_rng(n).normal(size=n).astype(np.float32)
    expected = np.percentile(values, percent)
    assert percentile_between(values, percent) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize("size_px", [(TILE_PX, TILE_PX), (8, 16), (4, 4), (3, 5)])
@pytest.mark.parametrize("shape", [(256, 256), (200, 131), (16, 16), (5, 40), (1, 1)])
def test_each_tile_by_itself(shape, size_px):
    plane = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    tall, wide = (min(sides) for sides in zip(size_px, shape, strict=True))
    tiles = [
        plane[top : top + tall, left : left + wide]
        for top in range(0, shape[0] - tall + 1, tall)
        for left in range(0, shape[1] - wide + 1, wide)
    ]
    assert np.array_equal(tile_maxima(plane, size_px), [tile.max() for tile in tiles])
    if size_px[0] == size_px[1]:
        means = tile_means(plane.astype(np.float32), size_px[0])
        assert np.allclose(means, [tile.mean() for tile in tiles], rtol=1e-5)
