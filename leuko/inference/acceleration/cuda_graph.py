"""Play a trunk's kernels back on a graphics card instead of launching them one by one.

A small network has hundreds of kernels that each take less time than their launch from Python. A
CUDA graph holds them all and is launched at once; it needs inputs of one size in one place.
"""

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import torch
from torch import Tensor

Trunk = Callable[[Tensor], Tensor]

WARM_UPS: Final = 3
"""Libraries choose their kernels and take their memory in the first passes."""
LARGEST_DIFFERENCE: Final = 0.02
"""Of the largest value; what is played back uses the same kernels, so it is far less."""


class Recording(NamedTuple):
    """A pass that can be played back.

    Attributes:
        play: computes ``features`` anew from what the recorded pictures hold now.
        features: where they are written.
    """

    play: Callable[[], object]
    features: Tensor


Record = Callable[[Trunk, Tensor], Recording]


class RecordedTrunk:
    """A trunk recorded for a few numbers of pictures; other numbers are computed as ever.

    Not safe to call from several threads at once.

    Args:
        trunk: pictures (N, 3, side, side) to features (N, ...), each picture by itself.
        like: pictures (n, 3, side, side), of the device, type and memory format of all to come, n
            at least the largest of ``sizes``.
        sizes: numbers of pictures to record, ascending. A smaller number is played in the next
            larger recording.
        record: makes a recording.

    Raises:
        RuntimeError: when the trunk cannot be recorded, or playing it back gives something else.
    """

    def __init__(
        self, trunk: Trunk, like: Tensor, sizes: Sequence[int], record: Record | None = None
    ) -> None:
        self._trunk = trunk
        self._recordings: list[tuple[Tensor, Recording]] = []
        make = record if record is not None else record_on_cuda
        with torch.inference_mode(mode=False), torch.no_grad():
            for size in sizes:
                pictures = torch.zeros_like(like[:size])
                self._recordings.append((pictures, make(trunk, pictures)))
                self._check(like[:size])

    def __call__(self, pictures: Tensor) -> Tensor:
        """Features of pictures, which no later call changes."""
        number = len(pictures)
        for place, recording in self._recordings:
            if number <= len(place):
                place[:number].copy_(pictures, non_blocking=True)
                recording.play()
                return recording.features[:number].clone()
        return self._trunk(pictures)

    def _check(self, pictures: Tensor) -> None:
        expected, played = self._trunk(pictures).float(), self(pictures).float()
        largest = float(expected.abs().max())
        difference = float((expected - played).abs().max())
        if not difference <= LARGEST_DIFFERENCE * largest:  # not a number is wrong as well
            raise RuntimeError(f"played back, features differ by {difference:.3g} of {largest:.3g}")


def probe(number: int, side_px: int) -> Tensor:
    """Pictures of noise, always the same, float32 (number, 3, side_px, side_px), channels last."""
    noise = torch.rand(number, 3, side_px, side_px, generator=torch.Generator().manual_seed(0))
    return (noise * 4 - 2).contiguous(memory_format=torch.channels_last)


def record_on_cuda(trunk: Trunk, pictures: Tensor) -> Recording:
    """Record a pass as a CUDA graph.

    Source: PyTorch's notes on CUDA graphs: warm up on a stream of its own, then capture.

    Args:
        trunk: see :class:`RecordedTrunk`.
        pictures: on a CUDA device; their memory is read at every playing.
    """
    with torch.cuda.device(pictures.device):
        aside = torch.cuda.Stream()  # type: ignore[no-untyped-call]
        aside.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(aside):
            for _ in range(WARM_UPS):
                trunk(pictures)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        # Other threads may use the card meanwhile: each page has its own.
        with torch.cuda.graph(graph, capture_error_mode="thread_local"):
            features = trunk(pictures)
    return Recording(graph.replay, features)


def recorded_where_it_can_be(
    trunk: Trunk, like: Tensor, sizes: Sequence[int], record: Record | None = None
) -> Trunk:
    """A :class:`RecordedTrunk`, or the trunk as it is where it cannot be recorded.

    Args:
        trunk: pictures to features.
        like: pictures of the kind to come.
        sizes: numbers of pictures to record, ascending.
        record: makes a recording.
    """
    try:
        return RecordedTrunk(trunk, like, sizes, record)
    except RuntimeError:
        return trunk
