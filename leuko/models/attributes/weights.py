"""Read and write the weight file of a model that describes cells; nothing before its hash."""

import hashlib
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save_file

from leuko.errors import WeightsError
from leuko.models.attributes.card import AttributesCard
from leuko.models.attributes.network import AttributeNetwork, build_attribute_network
from leuko.models.bounded_read import read_bounded
from leuko.models.card import WEIGHTS_FILE
from leuko.models.weights import FLOATS

LARGEST_BYTES = 45_000_000
REMEDY = "copy the model folder again from where it came from, or train the model again."


def load_attribute_network(card: AttributesCard, folder: Path) -> AttributeNetwork:
    """Verify the weight file of a folder and build its network, ready to describe cells.

    The bytes that are hashed are the bytes that are parsed.

    Args:
        card: the folder's card.
        folder: the model folder.

    Returns:
        The network in evaluation mode on the CPU, without gradients.

    Raises:
        WeightsError: when the file is missing, altered, or does not fit the card.
    """
    content = _read_verified(card, folder / WEIGHTS_FILE)
    counts = [len(each.values) for each in card.attributes]
    network = build_attribute_network(card.trunk.name, counts, card.input.side_px)
    try:
        tensors = load(content)
        for name, own in network.state_dict().items():
            if name in tensors:
                _check_values(card.id, name, tensors[name], own)
        network.load_state_dict(tensors, strict=True)
    except (RuntimeError, SafetensorError) as problem:
        raise WeightsError(
            f"The weights of '{card.id}' do not fit a {card.trunk.name} with {len(counts)} "
            f"attributes: {REMEDY} ({str(problem).splitlines()[0]})"
        ) from problem
    return network.eval().requires_grad_(requires_grad=False)


def save_attribute_weights(network: AttributeNetwork, path: Path) -> tuple[str, int]:
    """Write the weights of a network, float32.

    Args:
        network: on any device.
        path: the file to write.

    Returns:
        (sha256, bytes) of the file written.
    """
    save_file(network.tensors(), path)
    path.chmod(0o644)  # the library writes for the owner alone; whoever serves must read
    content = path.read_bytes()
    return hashlib.sha256(content).hexdigest(), len(content)


def _check_values(model_id: str, name: str, stored: torch.Tensor, own: torch.Tensor) -> None:
    fits = stored.dtype in FLOATS if own.is_floating_point() else stored.dtype == own.dtype
    if not fits or (own.is_floating_point() and not stored.isfinite().all()):
        raise WeightsError(
            f"The weights of '{model_id}' hold values in '{name}' that are no finite numbers of "
            f"the expected kind: {REMEDY}"
        )


def _read_verified(card: AttributesCard, path: Path) -> bytes:
    expected = card.weights
    if expected.bytes > LARGEST_BYTES:
        raise WeightsError(
            f"The card of '{card.id}' names weights of {expected.bytes:,} bytes, at most "
            f"{LARGEST_BYTES:,} are read: {REMEDY}"
        )
    try:
        content = read_bounded(path, expected.bytes)
    except FileNotFoundError:
        raise WeightsError(f"The weights of '{card.id}' are missing ({path.name}): {REMEDY}") from (
            None
        )
    except OSError as problem:
        raise WeightsError(
            f"The weights of '{card.id}' cannot be read ({problem.strerror or problem}): {REMEDY}"
        ) from problem
    found = hashlib.sha256(content).hexdigest()
    if found != expected.sha256:
        raise WeightsError(
            f"The weights of '{card.id}' were altered: sha256 {expected.sha256[:12]}… expected, "
            f"{found[:12]}… found; {REMEDY}"
        )
    return content
