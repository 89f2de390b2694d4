"""Which processor computes."""

from typing import Literal

import torch

from leuko.errors import DeviceError

Precision = Literal["auto", "float32", "bfloat16"]


def choose_device(name: str = "auto") -> torch.device:
    """The device to compute on.

    Args:
        name: ``auto`` (CUDA, else Apple MPS, else CPU) or a torch device such as ``cuda:1``.

    Raises:
        DeviceError: when the device is unknown or not there; never a silent fallback.
    """
    if name == "auto":
        if torch.cuda.is_available():
            return torch.device("cuda")
        if torch.backends.mps.is_available():
            return torch.device("mps")
        return torch.device("cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise DeviceError(f"No device '{name}': use auto, cpu, cuda, cuda:1 or mps.") from None
    there = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (device.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not there.get(device.type, False):
        raise DeviceError(f"Device '{name}' is not there on this machine: use --device auto.")
    return device


def describe_device(device: torch.device) -> str:
    """Name of a device for people, such as "CPU" or "NVIDIA H200"."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return {"cpu": "CPU", "mps": "Apple GPU"}.get(device.type, str(device))


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device computes bfloat16 in hardware rather than emulating it."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported())
    if device.type == "cpu":
        return bool(torch.cpu._is_avx512_bf16_supported())  # noqa: SLF001  no public call yet
    return False


def choose_dtype(precision: Precision, device: torch.device, *, allowed: bool) -> torch.dtype:
    """Number format of a model's answers.

    Args:
        precision: ``auto`` takes bfloat16 where the device computes it and it is allowed.
        device: where the network runs.
        allowed: whether the model's card allows bfloat16.
    """
    if precision == "bfloat16":
        return torch.bfloat16
    if precision == "auto" and allowed and has_bfloat16(device):
        return torch.bfloat16
    return torch.float32
