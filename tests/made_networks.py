"""Networks with lively random weights, and model folders that hold them."""

from pathlib import Path

import torch
from torch import nn

from leuko import cell_classes
from leuko.models.card import ModelCard, write_card
from leuko.models.networks.network import Network, build_network, find_heatmap_layer
from leuko.models.weights import WeightsPrecision, save_weights

HEX = "0123456789abcdef" * 4
MEAN, STD = (0.6, 0.5, 0.55), (0.25, 0.2, 0.22)


def make_network(
    library: str, name: str, n_classes: int = 3, seed: int = 0, **options: object
) -> Network:
    """A network in evaluation mode whose logits and evidence differ from picture to picture.

    Random batch norms and a wide last layer stand in for training. Options are those of
    ``build_network``.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = build_network(library, name, n_classes, **options)
        for module in network.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.running_mean, std=0.1)
                nn.init.uniform_(module.running_var, 0.5, 1.5)
                nn.init.normal_(module.weight, mean=1.0, std=0.3)
                nn.init.normal_(module.bias, std=0.3)
        linear = [m for m in network.modules() if isinstance(m, nn.Linear)]
        if linear:
            nn.init.normal_(linear[-1].weight, std=0.2)
    return network.eval()


def make_card(
    network: Network,
    model_id: str = "tiny",
    *,
    library: str = "timm",
    name: str = "test_efficientnet",
    classes: tuple[str, ...] = ("Benign", "Early", "Pre"),
    malignant: tuple[str, ...] = ("Early", "Pre"),
    kind: str = "field",
    side_px: int = 64,
    **changes: object,
) -> ModelCard:
    """A valid card for a network; ``changes`` replace top-level entries."""
    raw: dict[str, object] = {
        "id": model_id,
        "title": f"Made · {model_id}",
        "architecture": {
            "library": library,
            "name": name,
            "heatmap_layer": find_heatmap_layer(network, side_px),
            "parameters": sum(p.numel() for p in network.parameters()),
        },
        "classes": classes,
        "malignant": malignant,
        "input": {
            "kind": kind,
            "side_px": side_px,
            "mean": MEAN,
            "std": STD,
            "steps": [{"step": "fit_square", "side_px": side_px}],
        },
        "dataset": {"id": "made", "title": "Made", "images": 1, "licence": "-", "source": "-"},
        "split": {
            "policy": "grouped",
            "group_meaning": "subject",
            "seed": 0,
            "sha256": HEX,
            "train": 1,
            "validation": 1,
            "test": 1,
            "test_groups": 1,
            "left_out": 0,
            "copies": 0,
        },
        "training": {
            "recipe": {},
            "initialisation": "random",
            "epochs": 1,
            "best_epoch": 1,
            "seconds": 1,
            "device": "CPU",
            "library_versions": {},
            "finished": "2025-01-01",
        },
        "weights": None,
    }
    return ModelCard.model_validate(raw | changes)


def install(
    network: Network,
    root: Path,
    model_id: str = "tiny",
    precision: WeightsPrecision = "float32",
    **options: object,
) -> Path:
    """Write a model folder with weights below ``root`` and return it; see :func:`make_card`."""
    folder = root / model_id
    folder.mkdir(parents=True)
    sha256, n_bytes = save_weights(network, folder / "model.safetensors", precision)
    weights = {"sha256": sha256, "bytes": n_bytes, "licence": "CC0", "precision": precision}
    write_card(make_card(network, model_id, weights=weights, **options), folder)
    return folder


def install_cell_model(
    root: Path, model_id: str = "cells", side_px: int = 64, **options: object
) -> Path:
    """Write the folder of a tiny model that reads the cells of a field; see :func:`install`."""
    classes = cell_classes.class_set()
    network = make_network("timm", "test_efficientnet", len(classes.names))
    steps = [
        {"step": "cut_cell", "side_px": side_px, "reach": 2.5},
        {"step": "fit_square", "side_px": side_px},
    ]
    reads = {"kind": "crop", "side_px": side_px, "mean": MEAN, "std": STD, "steps": steps}
    told_apart = {"classes": classes.names, "malignant": tuple(classes.malignant)}
    return install(network, root, model_id, **(told_apart | {"input": reads} | options))
