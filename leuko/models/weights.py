"""Read and write weight files; nothing is read before its hash is right."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file

from leuko.errors import WeightsError
from leuko.models.bounded_read import read_bounded
from leuko.models.card import WEIGHTS_FILE, ModelCard
from leuko.models.commands import training_command
from leuko.models.networks.network import Network, build_network

MAX_WEIGHTS_BYTES = 2_000_000_000
LARGEST_FLOAT32_BYTES = 45_000_000
"""Beyond this a network's kernels are stored in half precision, to keep folders easy to pass on."""

FLOATS = frozenset({torch.float32, torch.float16, torch.bfloat16})
"""What trained values may be stored as."""

WeightsPrecision = Literal["float32", "float16"]


def load_network(card: ModelCard, folder: Path) -> Network:
    """Verify the weight file of a model folder and build its network, ready to predict.

    The bytes that are hashed are the bytes that are parsed: the file is read once.

    Args:
        card: the folder's card.
        folder: the model folder.

    Returns:
        The network in evaluation mode on the CPU, without gradients.

    Raises:
        WeightsError: when the card names no weights, or the file is missing, altered, or does
            not fit the network that the card describes.
    """
    expected = card.weights
    if expected is None:
        raise WeightsError(
            f"Model '{card.id}' holds results only; train it with '{training_command(card)}'."
        )
    content = _read_verified(folder / WEIGHTS_FILE, expected.sha256, expected.bytes, card.id)
    network = build_network(
        card.architecture.library,
        card.architecture.name,
        len(card.classes),
        head=card.architecture.head,
        side_px=card.input.side_px,
    )
    try:
        tensors = load(content)
        _check_values(tensors, network, card.id)
        network.body.load_state_dict(tensors, strict=True)
    except (RuntimeError, SafetensorError) as problem:
        raise WeightsError(
            f"The weights of '{card.id}' do not fit a {card.architecture.name} with "
            f"{len(card.classes)} classes: restore the whole folder, card and weights together. "
            f"({str(problem).splitlines()[0]})"
        ) from problem
    return network.eval().requires_grad_(requires_grad=False)


def _check_values(tensors: Mapping[str, torch.Tensor], network: Network, model_id: str) -> None:
    """Check that where the network computes with floats, the file holds finite floats.

    torch converts without a word: whole numbers become weights, and NaN is a number like any other.
    """
    remedy = "copy the model folder again from where it came from, or train the model again."
    for name, own in network.body.state_dict().items():
        stored = tensors.get(name)
        if stored is None:
            continue  # load_state_dict says so
        fits = stored.dtype in FLOATS if own.is_floating_point() else stored.dtype == own.dtype
        if not fits:
            expected = "float32, float16 or bfloat16" if own.is_floating_point() else str(own.dtype)
            raise WeightsError(
                f"The weights of '{model_id}' hold '{name}' as {stored.dtype}, expected "
                f"{expected}: {remedy}"
            )
        if own.is_floating_point() and not stored.isfinite().all():
            raise WeightsError(
                f"The weights of '{model_id}' hold values in '{name}' that are no finite numbers: "
                f"{remedy}"
            )


def _read_verified(path: Path, sha256: str, n_bytes: int, model_id: str) -> bytes:
    remedy = "copy the model folder again from where it came from."
    try:
        size = path.stat().st_size
        if size != n_bytes or size > MAX_WEIGHTS_BYTES:
            raise WeightsError(
                f"The weights of '{model_id}' were altered: {n_bytes:,} bytes expected, {size:,} "
                f"found; {remedy}"
            )
        content = read_bounded(path, n_bytes)
    except FileNotFoundError:
        raise WeightsError(
            f"The weights of '{model_id}' are missing ({path.name}); {remedy}"
        ) from None
    except OSError as problem:
        raise WeightsError(
            f"The weights of '{model_id}' cannot be read ({problem.strerror or problem}); {remedy}"
        ) from problem
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        raise WeightsError(
            f"The weights of '{model_id}' were altered: sha256 {sha256[:12]}… expected, "
            f"{found[:12]}… found; {remedy}"
        )
    return content


def round_as_stored(network: Network) -> WeightsPrecision:
    """Give a network the values that its file will hold, so that what is measured is what is kept.

    Networks of more than 45 MB are rounded to half precision: kernels only, for norms and biases
    weigh little and their running variances may exceed what half precision holds.

    Args:
        network: changed in place; its tensors stay float32.

    Returns:
        The precision to give to :func:`save_weights`.

    Raises:
        WeightsError: when a kernel does not fit half precision.
    """
    state = network.body.state_dict()
    if sum(tensor.numel() * 4 for tensor in state.values()) <= LARGEST_FLOAT32_BYTES:
        return "float32"
    for name, tensor in state.items():
        if _is_kernel(tensor):
            rounded = tensor.half().float()
            if not torch.isfinite(rounded).all():
                raise WeightsError(f"'{name}' has values beyond half precision: train it anew.")
            tensor.copy_(rounded)
    return "float16"


def _is_kernel(tensor: torch.Tensor) -> bool:
    return tensor.is_floating_point() and tensor.ndim > 1


def save_weights(
    network: Network, path: Path, precision: WeightsPrecision = "float32"
) -> tuple[str, int]:
    """Write the weights of a network.

    Args:
        network: on any device.
        path: the file to write.
        precision: as :func:`round_as_stored` gave it; float16 halves the kernels alone.

    Returns:
        (sha256, bytes) of the file written.
    """
    tensors = {
        name: tensor.detach().cpu().contiguous()
        for name, tensor in network.body.state_dict().items()
    }
    if precision == "float16":
        tensors = {k: t.half() if _is_kernel(t) else t for k, t in tensors.items()}
    save_file(tensors, path)
    path.chmod(0o644)  # the library writes for the owner alone; whoever serves must read
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), len(content)


def read_tensors(path: Path) -> dict[str, torch.Tensor]:
    """Tensors of a safetensors file, by name.

    Raises:
        WeightsError: when the file is missing or no safetensors file.
    """
    try:
        return load(path.read_bytes())
    except FileNotFoundError:
        raise WeightsError(f"No weight file '{path}'.") from None
    except SafetensorError as problem:
        raise WeightsError(f"'{path.name}' is no safetensors file ({problem}).") from problem
