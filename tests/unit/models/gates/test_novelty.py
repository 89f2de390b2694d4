import hashlib

import numpy as np
import pytest

from leuko.calibration.novelty import fit_novelty
from leuko.errors import GatesError
from leuko.models.card import read_card
from leuko.models.gates.novelty import NoveltyReference, encode_novelty, load_novelty
from tests.made_gates import novelty, with_gates
from tests.made_models import make_model_folder


@pytest.fixture
def fitted():
    pooled = np.random.default_rng(0).normal(size=(60, 20)).astype(np.float32)
    return fit_novelty(pooled, np.arange(60) % 2, directions=4)


@pytest.fixture
def folder(tmp_path):
    return make_model_folder(
        tmp_path, "made", classes=("HEM", "ALL"), malignant=("ALL",), weights=True
    )


def put(folder, content, sha256=None):
    (folder / "strangeness.safetensors").write_bytes(content)
    gate = novelty(sha256=sha256 or hashlib.sha256(content).hexdigest(), bytes=max(1, len(content)))
    return with_gates(read_card(folder), strangeness=gate)


def test_what_is_read_back_gives_the_same_novelty_to_the_last_bit(folder, fitted):
    pooled = np.random.default_rng(1).normal(size=(7, 20)).astype(np.float32)
    found = load_novelty(put(folder, encode_novelty(fitted)), folder)
    assert np.array_equal(found.of(pooled), fitted.of(pooled))


def test_a_picture_is_as_novel_alone_as_in_company(fitted):
    pooled = np.random.default_rng(1).normal(size=(7, 20)).astype(np.float32)
    assert [fitted.of(row[None])[0] for row in pooled] == pytest.approx(fitted.of(pooled).tolist())


def test_a_folder_without_gates_or_without_the_file_has_no_novelty(folder, fitted):
    assert load_novelty(read_card(folder), folder) is None
    card = put(folder, encode_novelty(fitted))
    (folder / "strangeness.safetensors").unlink()
    assert load_novelty(card, folder) is None


@pytest.mark.parametrize("change", [lambda b: b[:-1], lambda b: b + b"x", lambda b: b[::-1]])
def test_an_altered_file_is_refused_before_it_is_parsed(folder, fitted, change):
    content = encode_novelty(fitted)
    card = put(folder, content)
    (folder / "strangeness.safetensors").write_bytes(change(content))
    with pytest.raises(GatesError, match="was altered"):
        load_novelty(card, folder)


def test_a_file_of_the_right_hash_that_holds_something_else_is_refused(folder):
    for content in (b"", b"no tensors", encode_nothing()):
        with pytest.raises(GatesError, match="is not in order"):
            load_novelty(put(folder, content), folder)


def encode_nothing():
    from safetensors.numpy import save

    return save({"means": np.zeros((2, 3), np.float32)})


@pytest.mark.parametrize(
    "changes",
    [
        {"rest": 0.0},
        {"rest": float("nan")},
        {"spreads": np.zeros(1, np.float32)},
        {"directions": np.ones((1, 3), np.float32)},
        {"means": np.zeros((0, 2), np.float32)},
    ],
)
def test_values_that_give_no_distance_are_refused(changes):
    whole = {
        "means": np.zeros((2, 2), np.float32),
        "directions": np.ones((1, 2), np.float32),
        "spreads": np.ones(1, np.float32),
        "rest": 1.0,
    }
    NoveltyReference(**whole)
    with pytest.raises(ValueError, match=r"fit|number|spread"):
        NoveltyReference(**whole | changes)


def test_features_of_another_network_are_refused(fitted):
    with pytest.raises(ValueError, match="20 feature maps expected"):
        fitted.of(np.zeros((1, 21), np.float32))


def test_a_file_of_a_large_network_stays_below_a_megabyte():
    pooled = np.random.default_rng(0).normal(size=(80, 1664)).astype(np.float32)
    assert len(encode_novelty(fit_novelty(pooled, np.arange(80) % 4))) < 1_000_000
