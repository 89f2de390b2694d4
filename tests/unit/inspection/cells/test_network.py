"""The finder's network is the one that was installed, and may be asked by many at once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from leuko.inspection.cells import network
from leuko.inspection.cells.network import (
    DamagedFinderError,
    checked,
    read_installed,
    read_maps,
    read_record,
)


def densities(seed=0, shape=(61, 83)):
    return np.random.default_rng(seed).integers(0, 150, (*shape, 3), np.uint8)


def test_the_installed_network_has_the_hash_of_its_record():
    content = read_installed()
    assert checked(content, read_record().sha256) == content
    assert len(content) < 2_000_000


def test_a_network_with_another_hash_is_refused():
    damaged = bytearray(read_installed())
    damaged[len(damaged) // 2] ^= 1
    with pytest.raises(DamagedFinderError, match=r"sha256.*install Leuko again"):
        checked(bytes(damaged), read_record().sha256)


def test_a_missing_network_or_record_is_named(monkeypatch):
    monkeypatch.setattr(network, "NETWORK_FILE", "elsewhere.onnx")
    with pytest.raises(DamagedFinderError, match=r"elsewhere\.onnx"):
        read_installed()
    monkeypatch.setattr(network, "RECORD_FILE", "elsewhere.json")
    with pytest.raises(DamagedFinderError, match=r"elsewhere\.json"):
        read_record()


def test_maps_have_the_size_of_the_picture_and_are_probabilities():
    maps = read_maps(densities())
    assert maps.shape == (3, 61, 83)
    assert maps.min() >= 0
    assert maps.max() <= 1


def test_many_at_once_get_what_one_alone_gets():
    inputs = [densities(seed, (40 + 8 * seed, 64)) for seed in range(8)]
    alone = [read_maps(one) for one in inputs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(read_maps, inputs))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)
