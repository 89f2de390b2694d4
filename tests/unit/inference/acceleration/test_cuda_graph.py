"""A recorded trunk gives what the trunk gives, or is not used.

No graphics card is needed: recordings are made on the processor by computing in place. Capture by
CUDA itself is not tested here; every recording is tried against its trunk before it is used.
"""

import pytest
import torch

from leuko.inference.acceleration.cuda_graph import (
    RecordedTrunk,
    Recording,
    probe,
    recorded_where_it_can_be,
)
from leuko.inference.heatmaps.gradcam import answer
from tests.made_recordings import Player

SIDE = 32


@pytest.fixture
def trunk():
    torch.manual_seed(0)
    convolution = torch.nn.Conv2d(3, 5, 3, stride=2).requires_grad_(requires_grad=False)
    return lambda pictures: convolution(pictures).relu()


def test_any_number_of_pictures_gets_its_features(trunk):
    player = Player()
    recorded = RecordedTrunk(trunk, probe(16, SIDE), (1, 16), player)
    for number in range(1, 20):
        player.played.clear()
        pictures = torch.randn(number, 3, SIDE, SIDE)
        assert torch.allclose(recorded(pictures), trunk(pictures), atol=1e-6)
        assert player.played == ([] if number > 16 else [1 if number == 1 else 16])


def test_features_stay_when_others_are_computed(trunk):
    recorded = RecordedTrunk(trunk, probe(4, SIDE), (4,), Player())
    first = recorded(torch.randn(3, 3, SIDE, SIDE))
    before = first.clone()
    recorded(torch.randn(4, 3, SIDE, SIDE))
    assert torch.equal(first, before)


def wrong(trunk, pictures):
    return Recording(lambda: None, trunk(pictures))  # plays nothing: features of zeros stay


def not_a_number(trunk, pictures):
    return Recording(lambda: None, trunk(pictures) * float("nan"))


def impossible(trunk, pictures):
    raise RuntimeError("operation not permitted when stream is capturing")


@pytest.mark.parametrize("record", [wrong, not_a_number, impossible])
def test_what_cannot_be_played_back_faithfully_is_computed_as_ever(trunk, record):
    with pytest.raises(RuntimeError):
        RecordedTrunk(trunk, probe(2, SIDE), (1, 2), record)
    assert recorded_where_it_can_be(trunk, probe(2, SIDE), (1, 2), record) is trunk


def test_an_answer_is_the_same_by_a_recorded_trunk(tiny_network):
    network = tiny_network.eval().requires_grad_(requires_grad=False)
    pictures = probe(3, 64)
    recorded = RecordedTrunk(network.trunk, probe(4, 64), (1, 4), Player())
    for found, expected in zip(
        answer(network, pictures, recorded), answer(network, pictures), strict=True
    ):
        assert torch.allclose(found, expected, atol=1e-5)


def test_noise_to_try_a_recording_with_is_always_the_same():
    assert torch.equal(probe(2, SIDE), probe(2, SIDE))
    assert probe(2, SIDE).is_contiguous(memory_format=torch.channels_last)
