"""Fold batch normalisation into the convolution before it, for prediction only.

In evaluation mode a batch normalisation is one factor and one summand a channel; the convolution
can carry both. The logits stay what they were up to the rounding of float32, and the feature maps
are read and written once less.

Which convolution feeds which normalisation is found by watching one pass.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from leuko.inference.acceleration.dataflow import ConvolutionWatch
from leuko.models.networks.network import Network

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


class _Watch(ConvolutionWatch):
    """Sees which normalisation takes what a convolution gives.

    Args:
        modules: name → module, of the network that is watched.
    """

    def __init__(self, modules: Mapping[str, nn.Module]) -> None:
        super().__init__(
            {
                name: module
                for name, module in modules.items()
                if type(module) is nn.Conv2d  # subclasses pad or standardise in ways of their own
            }
        )
        self._norms = {
            id(module.running_mean): name
            for name, module in modules.items()
            if isinstance(module, nn.BatchNorm2d) and module.track_running_stats
        }
        self._decides = False

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:  # noqa: ANN401  whatever the function gives
        self._decides |= func in _READS_VALUES
        return super().__torch_function__(func, types, args, kwargs)

    def taker_of(self, taken: Sequence[Tensor]) -> str | None:
        """The normalisation whose means are among what was taken."""
        return self.named(self._norms, taken)

    def pairs(self) -> list[tuple[str, str]]:
        """As for any watch; none where the trunk decides by what it sees."""
        return [] if self._decides else super().pairs()


def _after(norm: nn.Module) -> nn.Module:
    """What timm's normalisations do besides normalising; nothing in PyTorch's own."""
    activation = getattr(norm, "act", None)
    return activation if isinstance(activation, nn.Module) else nn.Identity()
