"""A recorded trunk gives what the trunk gives, or is not used.

No graphics card is needed: recordings are made on the processor by computing in place. What is
asked of CUDA itself is only looked at for its order.
"""

from contextlib import contextmanager, nullcontext

import pytest
import torch

from leuko.inference.acceleration.cuda_graph import (
    WARM_UPS,
    RecordedTrunk,
    Recording,
    probe,
    record_on_cuda,
    recorded_where_it_can_be,
)
from leuko.inference.heatmaps.gradcam import answer

SIDE = 32


@pytest.fixture
def trunk():
    torch.manual_seed(0)
    convolution = torch.nn.Conv2d(3, 5, 3, stride=2).requires_grad_(requires_grad=False)
    return lambda pictures: convolution(pictures).relu()


class Player:
    """Records by computing in place; counts how often it plays."""

    def __init__(self):
        self.played = []

    def __call__(self, trunk, pictures):
        features = trunk(pictures)

        def play():
            self.played.append(len(pictures))
            features.copy_(trunk(pictures))

        return Recording(play, features)


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


def test_a_graph_is_captured_once_its_kernels_are_warm_and_on_a_stream_of_its_own(monkeypatch):
    done = []

    class Stream:
        def __init__(self, name="aside"):
            self.name = name

        def wait_stream(self, other):
            done.append(f"{self.name} waits for {other.name}")

    class Graph:
        def replay(self):
            done.append("replay")

    @contextmanager
    def capture(graph, capture_error_mode):
        done.append(f"capture {capture_error_mode}")
        yield
        done.append("captured")

    monkeypatch.setattr(torch.cuda, "device", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "Stream", Stream)
    monkeypatch.setattr(torch.cuda, "current_stream", lambda: Stream("current"))
    monkeypatch.setattr(torch.cuda, "stream", lambda _: nullcontext())
    monkeypatch.setattr(torch.cuda, "CUDAGraph", Graph)
    monkeypatch.setattr(torch.cuda, "graph", capture)

    def trunk(pictures):
        done.append("pass")
        return pictures + 1

    recording = record_on_cuda(trunk, torch.zeros(2))
    recording.play()
    assert recording.features.tolist() == [1, 1]
    assert done == [
        "aside waits for current", *["pass"] * WARM_UPS, "current waits for aside",
        "capture thread_local", "pass", "captured", "replay",
    ]  # fmt: skip
