"""Make a network ready to answer: what makes it fast and changes no suggestion."""

import copy
from typing import NamedTuple

import torch

from leuko.inference.acceleration.cuda_graph import Trunk, probe, recorded_where_it_can_be
from leuko.inference.acceleration.fold_batchnorm import fold_batch_norms
from leuko.inference.acceleration.fuse_relu import fuse_rectifiers
from leuko.inference.acceleration.max_pooling import pool_quickly
from leuko.models.networks.network import Network
from leuko.settings import load_settings


class Ready(NamedTuple):
    """A network on its device.

    Attributes:
        full: in float32.
        reduced: its copy with the trunk in a smaller float type; None where none is wanted.
        trunk: of the reduced one or else the full one, recorded; None to ask the network itself, as
            everywhere but on a card for which the setting ``cuda_graph`` is on.
    """

    full: Network
    reduced: Network | None
    trunk: Trunk | None


def make_ready(
    network: Network, side_px: int, device: torch.device, dtype: torch.dtype, batch: int
) -> Ready:
    """Move a network to its device and speed it up.

    Args:
        network: changed in place.
        side_px: side of the square that it reads, pixels.
        device: where it is to compute.
        dtype: float32, or the smaller type of the reduced copy.
        batch: pictures that usually share a pass.
    """
    full = network.eval().requires_grad_(requires_grad=False)
    full.to(device, memory_format=torch.channels_last)  # type: ignore[call-overload]
    fold_batch_norms(full, side_px)
    on_processor = device.type == "cpu"
    if on_processor:
        pool_quickly(full)
    reduced = None
    if dtype != torch.float32:
        reduced = copy.deepcopy(full).trunk_to(dtype, side_px)
        if on_processor:
            fuse_rectifiers(reduced, side_px)
    trunk = None
    if device.type == "cuda" and load_settings().cuda_graph:
        fast = reduced if reduced is not None else full
        like = probe(batch, side_px).to(device, dtype)
        trunk = recorded_where_it_can_be(fast.trunk, like, (1, batch))
    return Ready(full, reduced, trunk)
