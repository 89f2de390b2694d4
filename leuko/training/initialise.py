"""Starting weights, and an honest sentence about where they came from."""

import hashlib
from pathlib import Path

import torch

from leuko.errors import RecipeError
from leuko.models.networks.network import Network, build_network, last_layer_tensors
from leuko.models.store import list_models
from leuko.models.weights import load_network, read_tensors
from leuko.training.recipe import NetworkRecipe

COUNTER = "num_batches_tracked"
"""Batch norms count their batches; weight files made for inference often leave the count out."""


def initialise_network(
    recipe: NetworkRecipe,
    n_classes: int,
    weights_folder: Path | None = None,
    side_px: int = 224,
) -> tuple[Network, str]:
    """Build the network of a recipe with its starting weights.

    Args:
        recipe: network, initialisation and dropout.
        n_classes: outputs of the new last layer, which always starts at random.
        weights_folder: where ``leuko:MODEL`` is looked up; by default the installed models.
        side_px: side of the square that the network will read, pixels.

    Returns:
        The network, and where its weights came from in words.

    Raises:
        RecipeError: when the initialisation names nothing, does not fit, or cannot be had.
    """
    kind, _, argument = recipe.initialisation.partition(":")
    if kind == "imagenet":
        return _from_hub(recipe, n_classes, side_px), "ImageNet weights of the library"
    network = _build(recipe, n_classes, side_px, pretrained=False)
    if kind == "scratch":
        return network, "random weights"
    if kind == "file":
        path = Path(argument)
        tensors = read_tensors(path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        words = f"file {path.name} (sha256 {digest[:12]}…)"
    else:
        source = list_models(weights_folder).get(argument)
        if source.card.architecture.name != recipe.name:
            raise RecipeError(
                f"'{argument}' is a {source.card.architecture.name}, the recipe asks for "
                f"{recipe.name}: name a model of the same network."
            )
        tensors = dict(load_network(source.card, source.folder).body.state_dict())
        words = f"trunk of {source.card.title} (sha256 {_digest(source.card.weights)}…)"
    _load_matching(network, tensors, recipe.initialisation)
    return network, words


def _digest(weights: object) -> str:
    return str(getattr(weights, "sha256", ""))[:12]


def _build(recipe: NetworkRecipe, n_classes: int, side_px: int, *, pretrained: bool) -> Network:
    return build_network(
        recipe.library,
        recipe.name,
        n_classes,
        pretrained=pretrained,
        dropout=recipe.dropout,
        head=recipe.head,
        side_px=side_px,
    )


def _from_hub(recipe: NetworkRecipe, n_classes: int, side_px: int) -> Network:
    try:
        return _build(recipe, n_classes, side_px, pretrained=True)
    except (OSError, RuntimeError) as problem:
        raise RecipeError(
            f"ImageNet weights of {recipe.name} could not be downloaded: connect to the internet, "
            "or give other weights with --initialisation file:PATH, leuko:MODEL or scratch. "
            f"({type(problem).__name__})"
        ) from problem


def _load_matching(network: Network, tensors: dict[str, torch.Tensor], name: str) -> None:
    """Load all tensors but those of the last layer; anything else missing is an error."""
    own = network.body.state_dict()
    new = last_layer_tensors(network)
    wanted = {key: value for key, value in own.items() if key not in new}
    fitting = {
        key: tensors[key]
        for key, value in wanted.items()
        if key in tensors and tensors[key].shape == value.shape
    }
    missing = [key for key in wanted if key not in fitting and not key.endswith(COUNTER)]
    if missing:
        raise RecipeError(
            f"'{name}' does not fit the network: {len(missing)} of {len(wanted)} tensors are "
            f"missing or of another shape, such as '{missing[0]}'."
        )
    network.body.load_state_dict(fitting, strict=False)
