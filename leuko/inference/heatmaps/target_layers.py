"""Which layers of a network heatmaps can be read from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from leuko.errors import CardError
from leuko.inference.heatmaps.methods import Layer
from leuko.models.networks.network import Network

FINER_BY = 1.5
"""A finer layer has at least this many times the rows of the card's."""
LEAST_STRIDE = 4
"""Layers nearer to the picture than this see edges and specks, not parts of cells."""


def find_layers(network: Network, own: str, side_px: int) -> tuple[Layer, ...]:
    """The layer of the card, then a finer one where the network has one.

    The finer layer is the last that the whole pass goes through at the next higher resolution: a
    branch beside others would show a part of the evidence alone. Whether a layer is such a one is
    tried out: with its output cut from the graph, nothing behind it may hang on the picture.

    Args:
        network: in evaluation mode, of any float type.
        own: dotted name of the card's layer.
        side_px: side of a square that it accepts, pixels.
    """
    parameter = next(network.parameters())
    picture = torch.zeros(1, 3, side_px, side_px, device=parameter.device, dtype=parameter.dtype)
    with torch.inference_mode(mode=False), torch.no_grad():
        seen: dict[str, Tensor] = {}
        counts: dict[str, int] = {}

        def note(name: str, output: object) -> None:
            counts[name] = counts.get(name, 0) + 1
            if isinstance(output, Tensor):
                seen[name] = output

        with _listening(network.body, note):
            maps = network.maps(network.trunk(picture))
        rows = maps.shape[2]
        first = Layer(own, f"{_by(maps)}, as trained", _size(maps), maps.shape[1])
        candidates = []
        for order, (name, output) in enumerate(seen.items()):
            shown = _as_maps(network, output)
            if shown is None or counts[name] > 1:
                continue
            if FINER_BY * rows <= shown.shape[2] <= side_px // LEAST_STRIDE:
                # The coarsest first, of these whole stages before their parts, the last one first.
                rank = (shown.shape[2], name.count("."), -order)
                candidates.append((rank, name, shown))
        for _, name, shown in sorted(candidates, key=lambda candidate: candidate[0]):
            if _all_passes_through(network, name, picture):
                return first, Layer(name, f"{_by(shown)}, finer", _size(shown), shown.shape[1])
    return (first,)


def _as_maps(network: Network, output: Tensor) -> Tensor | None:
    try:
        maps = network.maps(output)
    except CardError:
        return None
    if maps.ndim != 4 or maps.shape[2] != maps.shape[3] or not maps.is_floating_point():  # noqa: PLR2004
        return None
    return maps


def _all_passes_through(network: Network, name: str, picture: Tensor) -> bool:
    module = network.body.get_submodule(name)
    handle = module.register_forward_hook(lambda _module, _inputs, output: output.detach())
    states = [(parameter, parameter.requires_grad) for parameter in network.parameters()]
    try:
        network.requires_grad_(requires_grad=False)
        with torch.enable_grad():
            return not network.trunk(picture.clone().requires_grad_()).requires_grad
    finally:
        handle.remove()
        for parameter, needed in states:
            parameter.requires_grad_(needed)


@contextmanager
def _listening(body: nn.Module, note: Callable[[str, object], None]) -> Iterator[None]:
    """Tell every named module's output, for one pass."""

    def listener(name: str) -> Callable[[nn.Module, object, object], None]:
        return lambda _module, _inputs, output: note(name, output)

    handles = []
    try:
        for name, module in body.named_modules():
            if name:
                handles.append(module.register_forward_hook(listener(name)))
        yield
    finally:
        for handle in handles:
            handle.remove()


def _size(maps: Tensor) -> tuple[int, int]:
    return maps.shape[2], maps.shape[3]


def _by(maps: Tensor) -> str:
    return f"{maps.shape[2]} × {maps.shape[3]}"
