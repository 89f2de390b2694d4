"""Fold batch normalisation into the convolution before it, for prediction only.

In evaluation mode a batch normalisation is one factor and one summand a channel; the convolution
can carry both. The logits stay what they were up to the rounding of float32, and the feature maps
are read and written once less.
"""

from torch import Tensor, fx, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from leuko.models.network import Network


class _Trunk(nn.Module):
    """The trunk as a module that can be traced; its submodules keep their names under ``body``."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.body = network.body
        self._network = [network]  # a list, so that the network is no submodule

    def forward(self, pictures: Tensor) -> Tensor:
        return self._network[0].trunk(pictures)


class _Tracer(fx.Tracer):
    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        is_norm = isinstance(m, nn.BatchNorm2d)  # timm's own subclasses among them
        return is_norm or super().is_leaf_module(m, module_qualified_name)


def fold_batch_norms(network: Network) -> int:
    """Fold every batch normalisation of the trunk that follows a convolution and nothing else.

    A network whose trunk cannot be traced stays as it is. Where a folded normalisation had an
    activation of its own, the activation stays under its name, so that layers named in cards are
    found and give what they gave.

    Args:
        network: in evaluation mode; changed in place.

    Returns:
        Number of normalisations folded.
    """
    traced = _Trunk(network).eval()
    try:
        graph = _Tracer().trace(traced)
    except Exception:  # noqa: BLE001  whatever a network's code does to a symbolic value
        return 0
    nodes = [node for node in graph.nodes if node.op == "call_module"]
    calls = [node.target for node in nodes]
    modules = dict(traced.named_modules())
    folded = 0
    for node in nodes:
        norm, source = modules[str(node.target)], node.args[0]
        if not isinstance(norm, nn.BatchNorm2d) or not isinstance(source, fx.Node):
            continue
        convolution = modules.get(str(source.target)) if source.op == "call_module" else None
        if (
            type(convolution) is not nn.Conv2d
            or len(source.users) > 1
            or not norm.track_running_stats
        ):
            continue
        if calls.count(node.target) > 1 or calls.count(source.target) > 1:
            continue
        traced.set_submodule(str(source.target), fuse_conv_bn_eval(convolution, norm))
        traced.set_submodule(str(node.target), _after(norm))
        folded += 1
    return folded


def _after(norm: nn.BatchNorm2d) -> nn.Module:
    """What timm's normalisations do besides normalising; nothing in PyTorch's own."""
    activation = getattr(norm, "act", None)
    return activation if isinstance(activation, nn.Module) else nn.Identity()
