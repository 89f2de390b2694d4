"""Maps of the network become single cells."""

import numpy as np
import pytest

from leuko.inspection.cells.instances import divide, find_centres


def bump(shape, x, y, sigma):
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    return np.exp(-0.5 * ((columns - x) ** 2 + (rows - y) ** 2) / sigma**2).astype(np.float32)


def maps_of(shape, *cells):
    """Maps of ideal cells (x, y, radius of the nucleus)."""
    maps = np.zeros((3, *shape), np.float32)
    rows, columns = np.mgrid[: shape[0], : shape[1]]
    for x, y, radius in cells:
        away = np.hypot(columns - x, rows - y)
        maps[0][away <= radius] = 1
        maps[1][away <= 1.3 * radius] = 1
        maps[2] = np.maximum(maps[2], bump(shape, x, y, 0.4 * radius))
    return maps


def test_each_centre_is_a_cell_with_its_nucleus():
    cells = [(30, 30, 12), (80, 40, 10)]
    found = divide(maps_of((90, 120), *cells))
    assert len(found) == 2
    for one, (x, y, radius) in zip(found, cells, strict=True):
        assert one.centre == pytest.approx((x, y), abs=0.5)
        assert one.nucleus_px == pytest.approx(2 * radius, rel=0.05)


def test_cells_that_share_a_region_are_divided_between_their_centres():
    found = divide(maps_of((80, 120), (35, 40, 14), (63, 40, 14)))
    assert [one.centre[0] for one in found] == pytest.approx([34, 64], abs=2)
    assert found[0].nucleus_px == pytest.approx(found[1].nucleus_px, rel=0.05)


def test_a_large_and_a_small_cell_share_by_their_size():
    found = divide(maps_of((90, 130), (40, 45, 22), (76, 45, 12)))
    assert len(found) == 2
    sizes = sorted(one.nucleus_px for one in found)
    assert sizes[1] > 1.5 * sizes[0]


def test_two_peaks_without_a_dip_between_are_one_centre():
    centre = np.maximum(bump((60, 90), 36, 30, 9), 0.95 * bump((60, 90), 50, 30, 9))
    assert len(find_centres(centre)) == 1
    apart = np.maximum(bump((60, 90), 25, 30, 6), bump((60, 90), 60, 30, 6))
    assert len(find_centres(apart)) == 2


def test_a_weak_centre_or_a_speck_of_nucleus_is_no_cell():
    maps = maps_of((80, 80), (40, 40, 12))
    weak = maps.copy()
    weak[2] *= 0.3
    assert divide(weak) == []
    speck = maps_of((80, 80), (40, 40, 3))
    assert divide(speck) == []


def test_empty_maps_hold_no_cell():
    assert divide(np.zeros((3, 40, 40), np.float32)) == []
