"""Fold batch normalisation into the convolution before it, for prediction only.

In evaluation mode a batch normalisation is one factor and one summand a channel; the convolution
can carry both. The logits stay what they were up to the rounding of float32, and the feature maps
are read and written once less.

Which convolution feeds which normalisation is found by watching one pass. ``torch.fx`` would find
it too, but while it traces it replaces methods of every module of the process, so that a model
that another thread asks meanwhile fails.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_leaves

from leuko.models.network import Network

_READS_VALUES = frozenset(
    {Tensor.item, Tensor.tolist, Tensor.__bool__, Tensor.__float__, Tensor.__int__}
)


def fold_batch_norms(network: Network, side_px: int) -> int:
    """Fold every batch normalisation of the trunk that follows a convolution and nothing else.

    A network whose trunk decides by what it sees stays as it is. Where a folded normalisation had
    an activation of its own, the activation stays under its name, so that layers named in cards
    are found and give what they gave.

    Args:
        network: in evaluation mode; changed in place.
        side_px: side of a square that the network accepts, pixels.

    Returns:
        Number of normalisations folded.
    """
    modules = dict(network.body.named_modules())
    watch = _Watch(modules)
    parameter = next(network.body.parameters())
    with torch.inference_mode(mode=False), torch.no_grad():
        picture = torch.zeros(1, 3, side_px, side_px, device=parameter.device)
        picture = picture.to(parameter.dtype)
        with watch:
            network.trunk(picture)
    pairs = watch.pairs()
    for convolution, norm in pairs:
        folded = fuse_conv_bn_eval(modules[convolution], modules[norm])
        network.body.set_submodule(convolution, folded)
        network.body.set_submodule(norm, _after(modules[norm]))
    return len(pairs)


class _Watch(TorchFunctionMode):
    """Sees what convolutions give and who takes it, in this thread alone.

    Args:
        modules: name → module, of the network that is watched.
    """

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self._convolutions = {
            id(module.weight): name
            for name, module in modules.items()
            if type(module) is nn.Conv2d  # subclasses pad or standardise in ways of their own
        }
        self._norms = {
            id(module.running_mean): name
            for name, module in modules.items()
            if isinstance(module, nn.BatchNorm2d) and module.track_running_stats
        }
        self._calls: dict[str, int] = {}
        self._given: dict[int, tuple[str, Tensor]] = {}  # the tensor too, so that its id stays
        self._takers: dict[str, list[str | None]] = {}
        self._decides = False

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  whatever the function gives
        given = func(*args, **(kwargs or {}))
        self._decides |= func in _READS_VALUES
        if not any(isinstance(one, Tensor) for one in tree_leaves(given)):
            return given  # a shape, a type, a number of axes: the values go nowhere
        taken = [one for one in tree_leaves((args, kwargs)) if isinstance(one, Tensor)]
        convolution = self._named(self._convolutions, taken)
        norm = self._named(self._norms, taken)
        for one in taken:
            if id(one) in self._given:
                self._takers[self._given[id(one)][0]].append(norm)
        if convolution is not None and isinstance(given, Tensor):
            self._given[id(given)] = convolution, given
            self._takers.setdefault(convolution, [])
        return given

    def _named(self, owners: Mapping[int, str], taken: Iterable[Tensor]) -> str | None:
        """The module whose tensor is among those that a call took; the call is counted."""
        name = next((owners[id(one)] for one in taken if id(one) in owners), None)
        if name is not None:
            self._calls[name] = self._calls.get(name, 0) + 1
        return name

    def pairs(self) -> list[tuple[str, str]]:
        """Names of convolution and normalisation that can become one."""
        if self._decides:
            return []
        return [
            (name, takers[0])
            for name, takers in self._takers.items()
            if len(takers) == 1
            and takers[0] is not None
            and self._calls[name] == self._calls[takers[0]] == 1
        ]


def _after(norm: nn.Module) -> nn.Module:
    """What timm's normalisations do besides normalising; nothing in PyTorch's own."""
    activation = getattr(norm, "act", None)
    return activation if isinstance(activation, nn.Module) else nn.Identity()
