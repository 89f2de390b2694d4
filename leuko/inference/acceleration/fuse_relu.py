"""Let convolutions apply the rectifier that follows them, for prediction on a processor.

oneDNN rectifies while it writes, so that the feature maps are not read and written once more. The
values are the same to the bit: rounding keeps order, zero and six.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import torch
from torch import Tensor, nn

from leuko.inference.acceleration.cuda_graph import probe
from leuko.inference.acceleration.dataflow import ConvolutionWatch
from leuko.models.networks.network import Network

RECTIFIERS: Final[Mapping[type[nn.Module], tuple[str, tuple[float, ...]]]] = {
    nn.ReLU: ("relu", ()),
    nn.ReLU6: ("hardtanh", (0.0, 6.0)),
}
"""Kinds of module: their name and numbers in oneDNN's terms."""
OPERATION: Final = "_convolution_pointwise"
"""Of ``torch.ops.mkldnn``; PyTorch's own compiler uses it, but it is not documented."""


class RectifiedConvolution(nn.Module):
    """A convolution and its rectifier in one; no gradient flows through it.

    Args:
        convolution: with zeros around the maps.
        rectifier: one of ``RECTIFIERS``.
    """

    def __init__(self, convolution: nn.Conv2d, rectifier: nn.Module) -> None:
        super().__init__()
        self.convolution = convolution
        self._name, numbers = RECTIFIERS[type(rectifier)]
        self._numbers = list(numbers)

    def forward(self, maps: Tensor) -> Tensor:
        """(N, C, h, w) to what the two give one after the other."""
        own = self.convolution
        operation = getattr(torch.ops.mkldnn, OPERATION)
        rectified: Tensor = operation(
            maps, own.weight, own.bias, list(own.padding), list(own.stride), list(own.dilation),
            own.groups, self._name, self._numbers, "",
        )  # fmt: skip
        return rectified


def fuse_rectifiers(network: Network, side_px: int) -> int:
    """Fuse every rectifier of the trunk that follows a convolution and nothing else.

    Nothing is changed where this build of PyTorch lacks the operation, or where the features of a
    picture of noise would not stay the same to the bit.

    Args:
        network: in evaluation mode, its trunk in bfloat16 on the CPU; changed in place.
        side_px: side of a square that the network accepts, pixels.

    Returns:
        Number of rectifiers fused.
    """
    if not hasattr(torch.ops.mkldnn, OPERATION):
        return 0
    modules = dict(network.body.named_modules())
    picture = probe(1, side_px).to(next(network.body.parameters()).dtype)
    watch = _Watch(modules)
    with torch.inference_mode(mode=False), torch.no_grad():
        with watch:
            before = network.trunk(picture).clone()
        pairs = watch.pairs()
        for convolution, rectifier in pairs:
            own, after = modules[convolution], modules[rectifier]
            network.body.set_submodule(convolution, RectifiedConvolution(own, after))
            network.body.set_submodule(rectifier, nn.Identity())
        if _same(network, picture, before):
            return len(pairs)
    for convolution, rectifier in pairs:
        network.body.set_submodule(convolution, modules[convolution])
        network.body.set_submodule(rectifier, modules[rectifier])
    return 0


def _same(network: Network, picture: Tensor, before: Tensor) -> bool:
    try:
        return torch.equal(network.trunk(picture), before)
    except RuntimeError:
        return False  # the operation wants other arguments in this version


class _Watch(ConvolutionWatch):
    """Sees which rectifier takes what a convolution gives.

    Args:
        modules: name → module, of the network that is watched.
    """

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__(
            {
                name: one
                for name, one in modules.items()
                if type(one) is nn.Conv2d and one.padding_mode == "zeros" and one.padding != "same"
            }
        )
        self._rectifiers = {name: one for name, one in modules.items() if type(one) in RECTIFIERS}
        self._inside: str | None = None
        self._handles: list[Any] = []

    def __enter__(self) -> "_Watch":
        for name, module in self._rectifiers.items():
            self._handles += [
                module.register_forward_pre_hook(lambda *_, name=name: self._go_in(name)),
                module.register_forward_hook(lambda _one, taken, _given: self._come_out(taken)),
            ]
        super().__enter__()  # type: ignore[no-untyped-call]
        return self

    def __exit__(self, *problem: object) -> None:
        super().__exit__(*problem)  # type: ignore[no-untyped-call]
        for handle in self._handles:
            handle.remove()

    def taker_of(self, taken: Sequence[Tensor]) -> str | None:
        """The rectifier that is computing."""
        del taken
        return self._inside

    def _go_in(self, name: str) -> None:
        self._inside = name
        self.count(name)

    def _come_out(self, taken: tuple[Tensor, ...]) -> None:
        self._inside = None
        self.forget(taken[0])
